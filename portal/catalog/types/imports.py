"""What a row of an imported table would do: to which product, from what to what, or why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from portal.catalog.types.details import LARGEST_PACK, barcode_of, un_number_of
from portal.catalog.types.goods import ProductDraft, ProductInfo
from portal.catalog.types.prices import Rate
from portal.catalog.types.stock import LARGEST_COUNT
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.core.vat import VatCode

MOST_ROWS = 20_000
#: Rows that are written in one transaction.
ROWS_AT_ONCE = 1_000
#: The columns of an export, and those that an import reads; only the code is needed in every file.
COLUMNS = (
    "code", "name", "category", "unit", "pack", "pieces", "price", "price_usd", "vat", "on_sale", "barcode", "un_number",
    "on_hand", "reorder_level", "description",
)  # fmt: skip
#: What a product that is new needs besides its code.
NEEDED = ("name", "category", "unit", "price")
_YES, _NO = frozenset({"yes", "y", "true", "1", "ja"}), frozenset({"no", "n", "false", "0", "nee"})


#: The field of a product that a column is about, and how its cell is read.
Reader: TypeAlias = tuple[str, Callable[[str], object]]
_SKU = re.compile(r"[A-Z0-9][A-Z0-9.-]{1,39}")


class Outcome(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


class ImportKind(StrEnum):
    """What the rows of a table are."""

    PRODUCTS = "products"
    PRICES = "prices"
    RATES = "rates"


class ImportState(StrEnum):
    """Where an import stands."""

    PREVIEW = "preview"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would be another. before: empty for a new product."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What one row would do. number: its line in the file. sku: what the row is called, a product's code or a day.

    draft, listed, rate: the product, price or rate as it would be, by the kind of the table; None for a wrong row.
    on_hand and reorder_level: None where the file says nothing of stock. words: what a new row is, for its preview.
    """

    number: int
    sku: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    draft: ProductDraft | None = None
    on_hand: int | None = None
    reorder_level: int | None = None
    listed: PriceRow | None = None
    rate: Rate | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of a table. price: None where it is taken off the list."""

    list_name: str
    sku: str
    from_quantity: int
    price: Money | None


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """An import as its page shows it. position: how many rows are written or passed over."""

    id: int
    file_name: str
    state: ImportState
    row_count: int
    position: int
    counts: Mapping[Outcome, int]
    by: str
    created_at: datetime
    finished_at: datetime | None
    kind: ImportKind = ImportKind.PRODUCTS


def plan(row: Mapping[str, str], known: ProductInfo | None, shelves: Mapping[str, str], formula: str) -> RowPlan:
    """What a row would do to the product that has its code, None when there is none.

    row: cells by column; a column that the file has not leaves the product as it is. shelves: slug by slug and by
    name in small letters. formula: what a formula was read as. Source: docs/rules/imports.md I2 to I4.
    """
    number, sku = int(row.get("#", "0")), row.get("code", "").upper()
    cells = {name: cell for name, cell in row.items() if name in COLUMNS}
    formulas = tuple(f"{name}: a formula is not read; write its value" for name in cells if cells[name] == formula)
    if formulas:
        return RowPlan(number, sku if cells.get("code") != formula else "", Outcome.WRONG, reasons=formulas)
    if not _SKU.fullmatch(sku):
        return RowPlan(number, sku[:40], Outcome.WRONG, reasons=("code: write it like HH-12-R2AT",))
    reasons = [] if known else [f"{name}: a new product needs it" for name in NEEDED if not cells.get(name)]
    read = _read(cells, {**_readers(shelves), **_STOCK_READERS}, reasons)
    if reasons:
        return RowPlan(number, sku, Outcome.WRONG, reasons=tuple(reasons))
    on_hand, reorder_level = read.pop("on_hand", None), read.pop("reorder_level", None)
    before = _draft_of(known) if known else None
    base = before or ProductDraft(sku, "", "", "", "", "", Money.zar(0), VatCode.STANDARD)
    draft = replace(base, **read)  # type: ignore[arg-type]
    draft = replace(draft, hazardous=bool(draft.un_number))
    stock = {"on_hand": on_hand, "reorder_level": reorder_level}
    changes = (*_differences(before, draft), *_stock_differences(known, stock))
    outcome = Outcome.NEW if known is None else Outcome.CHANGED if changes else Outcome.UNCHANGED
    return RowPlan(
        number, sku, outcome, changes, (), draft, on_hand if isinstance(on_hand, int) else None,
        reorder_level if isinstance(reorder_level, int) else None, words=f"{draft.name}, {draft.price}",
    )  # fmt: skip


def _read(cells: Mapping[str, str], readers: Mapping[str, Reader], reasons: list[str]) -> dict[str, object]:
    """The values of the cells that say something, by field; what is wrong with the others goes to the reasons."""
    values: dict[str, object] = {}
    for name, (field, read) in readers.items():
        if name not in cells or (not cells[name] and name in (*NEEDED, *_STOCK_READERS)):
            continue
        try:
            values[field] = read(cells[name])
        except BadInput as error:
            reasons.append(f"{name}: {error.words}")
    return values


def _readers(shelves: Mapping[str, str]) -> dict[str, Reader]:
    return {
        "name": ("name", lambda cell: _text(cell, 3, 160)),
        "category": ("category", lambda cell: _shelf(cell, shelves)),
        "unit": ("unit", lambda cell: _text(cell, 1, 30)),
        "pack": ("pack", lambda cell: _text(cell, 0, 60)),
        "pieces": ("pack_size", lambda cell: _whole(cell or "1", 1, LARGEST_PACK)),
        "price": ("price", lambda cell: _money(cell, "ZAR")),
        "price_usd": ("usd", lambda cell: _money(cell, "USD") if cell else None),
        "vat": ("vat_code", _vat),
        "on_sale": ("active", _yes),
        "barcode": ("barcode", barcode_of),
        "un_number": ("un_number", un_number_of),
        "description": ("description", lambda cell: _text(cell, 0, 4000)),
    }


def _text(cell: str, least: int, most: int) -> str:
    if not least <= len(cell) <= most or not all(sign.isprintable() or sign == "\n" for sign in cell):
        raise BadInput(f"write {least} to {most} letters")
    return cell


def _shelf(cell: str, shelves: Mapping[str, str]) -> str:
    found = shelves.get(cell.casefold())
    if found is None:
        raise BadInput(f"there is no category “{cell[:60]}”; make it first")
    return found


def _whole(cell: str, least: int, most: int) -> int:
    figures = cell.replace(" ", "").replace("\u00a0", "").removesuffix(".0")
    if not (figures.isascii() and figures.isdigit() and len(figures) < 12 and least <= int(figures) <= most):
        raise BadInput(f"write a whole number from {least} to {most}")
    return int(figures)


def _money(cell: str, currency: str) -> Money:
    amount = Money.parse(cell, currency)
    if amount.cents < 0:
        raise BadInput("a price is not below nothing")
    return amount


def _vat(cell: str) -> VatCode:
    try:
        return VatCode(cell.casefold() or VatCode.STANDARD)
    except ValueError:
        raise BadInput("write standard, zero or exempt") from None


def _yes(cell: str) -> bool:
    if cell.casefold() in _NO:
        return False
    if cell.casefold() in _YES or not cell:
        return True
    raise BadInput("write yes or no")


_STOCK_READERS: dict[str, Reader] = {
    "on_hand": ("on_hand", lambda cell: _whole(cell, 0, LARGEST_COUNT)),
    "reorder_level": ("reorder_level", lambda cell: _whole(cell, 0, LARGEST_COUNT)),
}


def _draft_of(known: ProductInfo) -> ProductDraft:
    return ProductDraft(
        known.sku, known.name, known.description, known.category_slug, known.unit, known.pack, known.price,
        known.vat_code, known.active, known.usd, known.barcode, known.pack_size, known.hazardous, known.un_number,
        known.specs,
    )  # fmt: skip


def values_of(draft: ProductDraft) -> dict[str, str]:
    """A product as the cells of its row, stock left out."""
    return {
        "name": draft.name,
        "category": draft.category,
        "unit": draft.unit,
        "pack": draft.pack,
        "pieces": str(draft.pack_size),
        "price": draft.price.plain,
        "price_usd": draft.usd.plain if draft.usd else "",
        "vat": draft.vat_code.value,
        "on_sale": "yes" if draft.active else "no",
        "barcode": draft.barcode or "",
        "un_number": draft.un_number,
        "description": draft.description,
    }


def _differences(before: ProductDraft | None, after: ProductDraft) -> list[Change]:
    old = values_of(before) if before else {}
    return [
        Change(name, old.get(name, ""), value) for name, value in values_of(after).items() if old.get(name, "") != value
    ]


def _stock_differences(known: ProductInfo | None, stock: Mapping[str, object]) -> list[Change]:
    level = known.stock if known else None
    old = {"on_hand": level.on_hand, "reorder_level": level.reorder_level} if level else {}
    return [
        Change(name, str(old.get(name, "")), str(value))
        for name, value in stock.items()
        if value is not None and old.get(name) != value
    ]
