"""Documents that people send in place of a proof of payment: not one of them says that we were paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

import numpy as np
from PIL import Image

from portal.core.money import Money, total
from portal.demo import names
from portal.demo.drawing import pictures
from portal.demo.drawing.facts import Drawn
from portal.demo.drawing.sheets import dated, written
from portal.demo.drawing.typesetting import typeset


class Paper(StrEnum):
    """What it is."""

    RECEIPT = "receipt"  # a till slip, photographed
    QUOTATION = "quotation"
    OTHER_INVOICE = "other_invoice"  # of another supplier, to the same customer
    STATEMENT = "statement"  # a page of a bank statement
    NOTHING = "nothing"  # a picture without a word


@dataclass(frozen=True, slots=True)
class _Sheet:
    title: str
    source: list[str]
    head: list[tuple[str, str]]
    columns: list[str]
    lines: list[list[str]]
    totals: list[tuple[str, str]]
    notes: list[str]
    slip: bool = False


def paper(kind: Paper | str, *, day: date, amount: Money, seed: int = 0) -> Drawn:
    """A paper of this kind and day whose total is `amount`, with invented firms."""
    kind = Paper(kind)
    random = Random(f"{kind} {day} {amount.cents} {seed}")
    if kind is Paper.NOTHING:
        return Drawn(pictures.jpeg(contours(random), 80), "image/jpeg", f"IMG_{day:%Y%m%d}_0007.jpg")
    sheet = _SHEETS[kind](random, day, amount)
    data = asdict(sheet) | {"from": sheet.source, "day": (day.year, day.month, day.day)}
    pdf = typeset("papers", data)
    if kind is Paper.RECEIPT:
        photo = pictures.photographed(pictures.page_of(pdf, dpi=220), random)
        return Drawn(pictures.jpeg(photo, 80), "image/jpeg", f"IMG_{day:%Y%m%d}_0004.jpg")
    return Drawn(pdf, "application/pdf", f"{kind.replace('_', ' ')} {day:%Y-%m-%d}.pdf")


def contours(random: Random, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Contour lines of an open pit, in the brand's petrol on warm paper: no letter anywhere."""
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-0.75, 0.75, size[1]))
    height = np.zeros_like(x)
    for _ in range(6):
        at_x, at_y = random.uniform(-0.9, 0.9), random.uniform(-0.6, 0.6)
        wide, deep = random.uniform(0.25, 0.7), random.uniform(-1.0, 1.0)
        height += deep * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * wide**2))
    bands = height * 14
    near = np.abs(bands - np.round(bands)) / np.maximum(np.hypot(*np.gradient(bands)), 1e-6)
    line = np.clip(1.6 - near, 0, 1)[..., None]
    ground, ink = np.array([246, 245, 241]), np.array([11, 74, 91])
    return Image.fromarray((ground * (1 - line) + ink * line).astype(np.uint8), "RGB")


def _rand(amount: Money) -> str:
    return written(amount, {"prefix": "R ", "thousands": " "})


def _parts(random: Random, amount: Money, count: int) -> list[Money]:
    """`count` amounts that add up to the total."""
    cuts = sorted(random.randrange(amount.cents + 1) for _ in range(count - 1))
    return [Money(b - a, amount.currency) for a, b in zip([0, *cuts], [*cuts, amount.cents], strict=True)]


def _receipt(random: Random, day: date, amount: Money) -> _Sheet:
    goods = random.sample(_GROCERIES, 5)
    lines = [[name, part.plain] for name, part in zip(goods, _parts(random, amount, 5), strict=True)]
    return _Sheet(
        "TAX INVOICE",
        ["MARULA SUPERMARKET", "12 Acacia Mall, Rustenburg", "Tel 014 555 0199", "VAT 4010293847"],
        [("Till 04  Cashier 17", f"{day:%d/%m/%Y} 17:{random.randrange(10, 60)}")],
        ["", ""],
        lines,
        [("TOTAL", amount.plain), ("CARD", amount.plain), ("CHANGE", "0.00")],
        ["Thank you for shopping with us", "Keep this slip for exchanges"],
        slip=True,
    )


def _letter(title: str, notes: list[str]) -> Callable[[Random, date, Money], _Sheet]:
    def fill(random: Random, day: date, amount: Money) -> _Sheet:
        buyer = random.choice(names.CUSTOMERS)
        goods = random.sample(_SERVICES, 3)
        parts = _parts(random, amount, 3)
        lines = [[name, "1", _rand(part), _rand(part)] for name, part in zip(goods, parts, strict=True)]
        number = f"{title[:2].upper()}{random.randrange(10_000, 99_999)}"
        return _Sheet(
            title,
            ["Tamboti Fabrication CC", "9 Forge Street, Brits", "012 555 0171", "VAT 4020394857"],
            [("Number", number), ("Date", dated(day, "%-d %B %Y")), ("For", buyer.name), ("VAT no", buyer.vat_number or "")],
            ["Description", "Qty", "Price", "Amount"],
            lines,
            [("Total incl. VAT", _rand(total(parts)))],
            notes,
        )  # fmt: skip

    return fill


def _statement(random: Random, day: date, amount: Money) -> _Sheet:
    balance, lines = Money.zar(random.randrange(100_000_00, 400_000_00)), []
    for index in range(14):
        moved = amount if index == 9 else Money.zar(random.randrange(50_00, 30_000_00))
        into = random.random() < 0.4 and index != 9
        balance = balance + moved if into else balance - moved
        when = day - timedelta(days=14 - index)
        shown = ["", _rand(moved)] if into else [_rand(moved), ""]
        lines.append([f"{when:%d/%m/%Y}  {random.choice(_INTO if into else _OUT)}", *shown, str(balance)])
    return _Sheet(
        "Account statement",
        ["Karooveld Drilling (Pty) Ltd", "Business current account ****4433", f"Page 2 of 5, to {day:%d/%m/%Y}"],
        [("Opening balance", "carried from page 1"), ("Branch", "250655")],
        ["Date and description", "Payments", "Deposits", "Balance"],
        lines,
        [("Balance carried forward", str(balance))],
        [],
    )


_GROCERIES = (
    "Brown bread 700g", "Full cream milk 2L", "Maize meal 5kg", "Rooibos 80s", "Chicken portions", "Sunflower oil 2L",
    "Washing powder", "Apples 1.5kg", "Eggs 18s", "Instant coffee",
)  # fmt: skip
_SERVICES = (
    "Conveyor guard, galvanised", "Site welding, per day", "Hand rail section 3 m", "Chute liner plate 10 mm",
    "Structural drawing", "Delivery to site", "Stair tread, expanded metal",
)  # fmt: skip
_INTO = ("Deposit customer", "Payment received", "Interest", "Credit transfer")
_OUT = (
    "EFT payment supplier",
    "Debit order insurance",
    "Fuel card",
    "Cash withdrawal",
    "Salaries",
    "Monthly service fee",
)
_SHEETS: dict[Paper, Callable[[Random, date, Money], _Sheet]] = {
    Paper.RECEIPT: _receipt,
    Paper.QUOTATION: _letter("Quotation", ["Valid for 30 days. Please quote the number when you order."]),
    Paper.OTHER_INVOICE: _letter("Tax invoice", ["Please pay within 30 days into First National Bank, 62333888111."]),
    Paper.STATEMENT: _statement,
}
