"""An invoice as staff type it: a head and as many lines as there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices.forms.credit import quantity, stripped
from portal.invoices.types import LONGEST_DESCRIPTION, LONGEST_PO_NUMBER, DraftLine, InvoiceDraft
from portal.platform.fields import MoneyField

FIELDS = ("sku", "description", "quantity", "unit", "price", "less", "vat")
FIRST_LINES, MORE_LINES, MOST_LINES = 5, 5, 100
_LONGEST = {"sku": 40, "description": LONGEST_DESCRIPTION, "unit": 30}
#: What the catalogue knows of an article: description, unit, price without VAT if it has one, VAT code.
Article = tuple[str, str, Money | None, VatCode]


class HeadForm(FlaskForm):  # type: ignore[misc]
    """Everything of an invoice but its lines."""

    po_number = StringField("The customer’s PO number", [Length(max=LONGEST_PO_NUMBER)], filters=[stripped])
    supplied_on = DateField("Day of supply", [Optional()])
    less_whole = StringField("Discount on all lines", [Length(max=6)], filters=[stripped])
    carriage = MoneyField("Delivery charge without VAT", [Optional()])
    delivery = TextAreaField("Delivered to", [Length(max=400)], filters=[stripped])
    version = HiddenField()
    step = HiddenField()

    def charge(self, currency: str) -> Money | None:
        """The delivery charge that was typed, in the customer's currency."""
        return None if self.carriage.data is None else Money(self.carriage.data.cents, currency)


def hundredths(text: str) -> int | None:
    """``12.5`` or ``12,5 %`` as 1250; None when it is no percentage from 0 to 100."""
    found = quantity(text.replace("%", "")) if text.strip() else Decimal(0)
    if found is None or found > 100 or found * 100 != int(found * 100):
        return None
    return int(found * 100)


@dataclass(slots=True)
class Lines:
    """The typed lines, in their order; errors by the name of a field, like ``price-2``."""

    typed: list[dict[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    lines: list[DraftLine] = field(default_factory=list)

    @classmethod
    def empty(cls, count: int = FIRST_LINES) -> Lines:
        """Blank ones."""
        return cls(typed=[dict.fromkeys(FIELDS, "") for _ in range(count)])

    @classmethod
    def of(cls, draft: InvoiceDraft) -> Lines:
        """Those of a draft, and a few blank ones."""
        made = cls(typed=[_shown(line) for line in draft.lines])
        return made.longer(2)

    @classmethod
    def read(cls, values: Mapping[str, str], articles: Mapping[str, Article]) -> Lines:
        """From fields like ``price-2``. A line with nothing but a code known to the catalogue is filled in from it."""
        made = cls()
        for number in range(1, MOST_LINES + 1):
            if f"description-{number}" not in values:
                break
            typed = {name: values.get(f"{name}-{number}", "").strip()[:400] for name in FIELDS}
            _fill(typed, articles)
            made.typed.append(typed)
            made._take(number, typed)
        return made

    def longer(self, count: int = MORE_LINES) -> Lines:
        """The same with blank lines at the end."""
        room = max(0, min(count, MOST_LINES - len(self.typed)))
        self.typed.extend(dict.fromkeys(FIELDS, "") for _ in range(room))
        return self

    def priced_in(self, currency: str) -> tuple[DraftLine, ...]:
        """The lines that were typed, in the customer's currency."""
        return tuple(replace(line, unit_price=Money(line.unit_price.cents, currency)) for line in self.lines)

    def _take(self, number: int, typed: dict[str, str]) -> None:
        if not any(typed[name] for name in ("sku", "description", "quantity", "price")):
            return
        before = len(self.errors)
        for name, most in _LONGEST.items():
            if len(typed[name]) > most:
                self.errors[f"{name}-{number}"] = f"At most {most} characters."
        if not typed["description"]:
            self.errors[f"description-{number}"] = "Say what was supplied."
        amount, less = quantity(typed["quantity"]), hundredths(typed["less"])
        if not amount:
            self.errors[f"quantity-{number}"] = "Write the quantity like 2 or 1.5."
        if less is None:
            self.errors[f"less-{number}"] = "Write a discount in percent like 10 or 2.5."
        price = self._price(number, typed["price"])
        if len(self.errors) == before and amount and price is not None and less is not None:
            code = VatCode(typed["vat"]) if typed["vat"] in set(VatCode) else VatCode.STANDARD
            self.lines.append(DraftLine(typed["description"], typed["sku"], amount, typed["unit"], price, code, less))

    def _price(self, number: int, text: str) -> Money | None:
        try:
            price = Money.parse(text)
        except BadInput as error:
            self.errors[f"price-{number}"] = error.words
            return None
        if price.cents < 0:
            self.errors[f"price-{number}"] = "A price is not below nothing."
        return price


def codes(values: Mapping[str, str]) -> Iterable[str]:
    """The codes that were typed."""
    return [text.strip() for name, text in values.items() if name.startswith("sku-") and text.strip()][:MOST_LINES]


def _fill(typed: dict[str, str], articles: Mapping[str, Article]) -> None:
    known = articles.get(typed["sku"])
    if known is None:
        return
    description, unit, price, code = known
    if not typed["description"] and not typed["price"]:
        typed["vat"] = code.value
    typed["description"] = typed["description"] or description
    typed["unit"] = typed["unit"] or unit
    typed["price"] = typed["price"] or (price.plain if price else "")
    typed["quantity"] = typed["quantity"] or "1"


def _shown(line: DraftLine) -> dict[str, str]:
    less = f"{Decimal(line.discount) / 100:f}" if line.discount else ""
    return {
        "sku": line.sku, "description": line.description, "quantity": f"{line.quantity:f}", "unit": line.unit,
        "price": line.unit_price.plain, "less": less, "vat": line.vat_code.value,
    }  # fmt: skip
