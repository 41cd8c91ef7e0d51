"""Rows of exchange rates: what they would do, and how they are written (docs/rules/imports.md I8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from portal.catalog.queries import money_rows as queries
from portal.catalog.reader import sheets
from portal.catalog.types import CURRENCIES, ROWS_AT_ONCE, Outcome, RowPlan
from portal.catalog.types.money_rows import day_of, rate_plan
from portal.core import clock
from portal.core.errors import BadInput
from portal.platform import audit


def plans(rows: Sequence[Mapping[str, str]], start: int = 0, end: int | None = None) -> Iterator[RowPlan]:
    """What rows would do as the rates stand; a day that stands in the file twice is wrong there."""
    first_of: dict[tuple[str, date | None], str] = {}
    for row in rows:
        first_of.setdefault(_key(row), row.get("#", ""))
    some = rows[start:end]
    for at in range(0, len(some), ROWS_AT_ONCE):
        part = some[at : at + ROWS_AT_ONCE]
        known = queries.rates_of(day for row in part if (day := _key(row)[1]) is not None)
        for row in part:
            made = rate_plan(row, known, clock.today(), sheets.FORMULA)
            if made.outcome is not Outcome.WRONG and first_of[_key(row)] != row.get("#", ""):
                words = f"day: it stands in line {first_of[_key(row)]} already"
                made = replace(made, outcome=Outcome.WRONG, changes=(), reasons=(words,), rate=None)
            yield made


def _key(row: Mapping[str, str]) -> tuple[str, date | None]:
    day = None
    with suppress(BadInput):
        day = day_of(row.get("day", ""))
    return (row.get("currency") or CURRENCIES[1]).upper(), day


def save(rows: Sequence[Mapping[str, str]], start: int, end: int, by: str) -> tuple[int, int]:
    """Write a part of the rows; how many rates were changed and how many are new."""
    made = [each for each in plans(rows, start, end) if each.outcome in {Outcome.NEW, Outcome.CHANGED}]
    rates = [each.rate for each in made if each.rate is not None]
    queries.write_rates(
        [
            {"currency": each.currency, "day": each.day, "micros": each.micros, "written_by": by, "written_at": clock.now()}
            for each in rates
        ]
    )  # fmt: skip
    if made:
        changes = {each.sku: f"{change.before or 'none'} → {change.after}" for each in made for change in each.changes}
        audit.record("exchange-rate.imported", f"rates:{made[0].sku}", after={"by": by, "rates": changes})
    changed = sum(each.outcome is Outcome.CHANGED for each in made)
    return changed, len(made) - changed
