"""What a row of a table of prices or of exchange rates would do, or why it cannot (docs/rules/imports.md I6 to I8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.catalog.types.imports import Change, Outcome, PriceRow, RowPlan
from portal.catalog.types.prices import CURRENCIES, LONGEST_LIST_NAME, MICROS, Rate
from portal.core.errors import BadInput
from portal.core.money import Money

#: The columns of a table of prices. Those of the list itself are needed once, and only for a list that is new.
PRICE_COLUMNS = ("list", "currency", "first_day", "last_day", "customers", "code", "from_quantity", "price")
RATE_COLUMNS = ("day", "currency", "rate")
LARGEST_QUANTITY = 99_999
#: In the column of customers: the list is for everybody. In that of the last day: the list has no end.
EVERYBODY, OPEN = "everybody", "open"
_LIST_CELLS = ("currency", "first_day", "last_day", "customers")
_LARGEST_RATE = 1_000_000 * MICROS


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A price list as it stands or as a table wants it. customers: codes. last_day: None without an end."""

    name: str
    currency: str
    first_day: date
    last_day: date | None
    everybody: bool
    customers: frozenset[str]

    def cells(self) -> dict[str, str]:
        """The list as the cells of its row."""
        return {
            "currency": self.currency,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat() if self.last_day else OPEN,
            "customers": EVERYBODY if self.everybody else " ".join(sorted(self.customers)),
        }


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list as it stands, with its prices in cents by code and quantity."""

    facts: ListFacts
    prices: Mapping[tuple[str, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SaidList:
    """What a whole table says of one list: each cell where it stands first, and the line that names the list first."""

    name: str
    line: str
    cells: Mapping[str, str]


def list_key(name: str) -> str:
    """Lists whose names differ in spaces or case only are one."""
    return " ".join(name.split()).casefold()


def said_of(rows: Collection[Mapping[str, str]]) -> dict[str, SaidList]:
    """The lists that a table names, by key."""
    found: dict[str, SaidList] = {}
    for row in rows:
        name = " ".join(row.get("list", "").split())
        earlier = found.get(list_key(name), SaidList(name, row.get("#", ""), {}))
        mine = {cell: row[cell] for cell in _LIST_CELLS if row.get(cell)}
        found[list_key(name)] = SaidList(earlier.name, earlier.line, {**mine, **earlier.cells})
    return found


def wanted_list(
    said: SaidList, known: ListFacts | None, customers: Collection[str]
) -> tuple[ListFacts | None, list[str]]:
    """The list as a table wants it, and what is wrong with that. customers: codes that exist."""
    reasons: list[str] = []
    if not 3 <= len(said.name) <= LONGEST_LIST_NAME:
        return None, [f"list: write a name of 3 to {LONGEST_LIST_NAME} letters"]
    currency = said.cells.get("currency", known.currency if known else "").upper()
    if currency not in CURRENCIES:
        reasons.append(f"currency: a new list needs one of {', '.join(CURRENCIES)}")
    elif known and currency != known.currency:
        reasons.append(f"currency: {known.name} is in {known.currency}; make a new list for {currency}")
    first = _cell(said, "first_day", day_of, known.first_day if known else None, reasons)
    last = _cell(said, "last_day", _end_of, known.last_day if known else None, reasons)
    if first is None and not reasons:
        reasons.append("first_day: a new list needs it")
    if first and last and last < first:
        reasons.append("last_day: it lies before the first day")
    codes = said.cells.get("customers")
    everybody = codes.casefold() == EVERYBODY if codes else known.everybody if known else False
    names = known.customers if known else frozenset()
    if codes:
        names = frozenset() if everybody else frozenset(re.split(r"[\s,;]+", codes.strip().upper()))
        reasons += [f"customers: there is no customer {code[:20]}" for code in sorted(names - set(customers))]
    if reasons or first is None:
        return None, reasons
    return ListFacts(known.name if known else said.name, currency, first, last, everybody, names), []


def _cell(
    said: SaidList, name: str, read: Callable[[str], date | None], otherwise: date | None, reasons: list[str]
) -> date | None:
    if name not in said.cells:
        return otherwise
    try:
        return read(said.cells[name])
    except BadInput as error:
        reasons.append(f"{name}: {error.words}")
        return None


def day_of(cell: str) -> date:
    """A day as a cell has it; spreadsheets add a midnight. Raises BadInput."""
    try:
        return date.fromisoformat(cell.strip().removesuffix(" 00:00:00").replace("/", "-"))
    except ValueError:
        raise BadInput("write the day like 2026-03-16") from None


def _end_of(cell: str) -> date | None:
    return None if cell.casefold() == OPEN else day_of(cell)


def price_plan(
    row: Mapping[str, str], said: SaidList, known: KnownList | None, wanted: ListFacts | None, faults: list[str],
    products: Mapping[str, str], formula: str,
) -> RowPlan:  # fmt: skip
    """What a row would do to the price list that it names.

    said, wanted, faults: of that list in the whole table. products: name by code. Source: docs/rules/imports.md I6, I7.
    """
    number, sku = int(row.get("#", "0")), row.get("code", "").upper()[:40]
    reasons = [f"{name}: a formula is not read; write its value" for name in PRICE_COLUMNS if row.get(name) == formula]
    if reasons:
        return RowPlan(number, sku if row.get("code") != formula else "", Outcome.WRONG, reasons=tuple(reasons))
    reasons += faults
    reasons += [f"{name}: line {said.line} says another of this list" for name in _other_cells(row, said)]
    if sku not in products:
        reasons.append("code: no product has it")
    quantity = _quantity(row.get("from_quantity", ""), reasons)
    price = _price(row.get("price", ""), wanted.currency if wanted else "ZAR", reasons)
    if reasons or wanted is None:
        return RowPlan(number, sku, Outcome.WRONG, reasons=tuple(reasons))
    listed = PriceRow(wanted.name, sku, quantity, price)
    cents = known.prices.get((sku, quantity)) if known else None
    before = "" if cents is None else Money(cents, wanted.currency).plain
    changes = _list_changes(known, wanted) if row.get("#", "") == said.line else []
    if before != (price.plain if price else ""):
        changes.append(Change(f"{wanted.name}, from {quantity}", before, price.plain if price else ""))
    outcome = Outcome.UNCHANGED if not changes else Outcome.NEW if known is None or not before else Outcome.CHANGED
    return RowPlan(number, sku, outcome, tuple(changes), listed=listed)


def _other_cells(row: Mapping[str, str], said: SaidList) -> list[str]:
    return [cell for cell in _LIST_CELLS if row.get(cell) and row[cell] != said.cells.get(cell)]


def _list_changes(known: KnownList | None, wanted: ListFacts) -> list[Change]:
    before = known.facts.cells() if known else {}
    new = [] if known else [Change("list", "", wanted.name)]
    return new + [
        Change(name, before.get(name, ""), cell) for name, cell in wanted.cells().items() if before.get(name) != cell
    ]


def _quantity(cell: str, reasons: list[str]) -> int:
    figures = (cell or "1").replace(" ", "").replace("\u00a0", "").removesuffix(".0")
    if figures.isascii() and figures.isdigit() and len(figures) < 9 and 1 <= int(figures) <= LARGEST_QUANTITY:
        return int(figures)
    reasons.append(f"from_quantity: write a whole number from 1 to {LARGEST_QUANTITY}")
    return 1


def _price(cell: str, currency: str, reasons: list[str]) -> Money | None:
    if not cell:
        return None
    try:
        price = Money.parse(cell, currency)
    except BadInput as error:
        reasons.append(f"price: {error.words}")
        return None
    if price.cents < 0:
        reasons.append("price: a price is not below nothing")
    return price


def rate_plan(row: Mapping[str, str], known: Mapping[tuple[str, date], int], today: date, formula: str) -> RowPlan:
    """What a row would do to the table of exchange rates. known: millionths by currency and day.

    Source: docs/rules/imports.md I8.
    """
    number, named = int(row.get("#", "0")), row.get("day", "")[:40]
    reasons = [f"{name}: a formula is not read; write its value" for name in RATE_COLUMNS if row.get(name) == formula]
    if reasons:
        return RowPlan(number, "", Outcome.WRONG, reasons=tuple(reasons))
    currency = (row.get("currency") or CURRENCIES[1]).upper()
    if currency not in CURRENCIES[1:]:
        reasons.append(f"currency: write {', '.join(CURRENCIES[1:])}")
    day, micros = today, 0
    try:
        day = day_of(row.get("day", ""))
    except BadInput as error:
        reasons.append(f"day: {error.words}")
    if day > today:
        reasons.append("day: a rate is written on its day or later, not before")
    try:
        micros = micros_of(row.get("rate", ""))
    except BadInput as error:
        reasons.append(f"rate: {error.words}")
    if reasons:
        return RowPlan(number, named, Outcome.WRONG, reasons=tuple(reasons))
    rate, before = Rate(currency, day, micros), known.get((currency, day))
    if before == micros:
        return RowPlan(number, day.isoformat(), Outcome.UNCHANGED, rate=rate)
    was = "" if before is None else Rate(currency, day, before).words
    change = Change(f"rand for one {currency}", was, rate.words)
    outcome = Outcome.NEW if before is None else Outcome.CHANGED
    return RowPlan(number, day.isoformat(), outcome, (change,), rate=rate)


def micros_of(written: str) -> int:
    """Millionths of a rand of a rate as people write it, like ``18.2145``. Raises BadInput."""
    try:
        rate = Decimal(written.strip().replace(",", "."))
    except InvalidOperation:
        rate = Decimal(0)
    whole = rate * MICROS if rate.is_finite() else Decimal(0)
    if not 0 < whole < _LARGEST_RATE or whole != whole.to_integral_value() or "e" in written.casefold():
        raise BadInput("Write the rand for one unit, at most six places, like 18.2145.", field="rate")
    return int(whole)
