"""Delimited text as rows of cells, and where its table begins."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from portal.banking.errors import StatementRefused
from portal.banking.statements.headings import roles_of
from portal.banking.statements.written import Dates, Unreadable, amount, decimal_mark, is_day

_MARKS = ",;\t|"
_MOST_ROWS = 150_000
_HEAD, _SAMPLE = 60, 200
_TOO_LONG = re.compile(r"[^\n]{20000}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, counted from 1 with every title and empty row."""

    number: int
    cells: tuple[str, ...]

    def cell(self, at: int | None) -> str:
        """The text of a column; empty where the row is shorter."""
        return self.cells[at].strip() if at is not None and at < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """Title rows, which column holds what, and the rows below. headings: empty where the bank prints none."""

    titles: tuple[Row, ...]
    headings: tuple[str, ...]
    roles: dict[str, int]
    rows: tuple[Row, ...]
    whole: bool = True


def table_of(text: str) -> Table:
    """Cut delimited text into a table. Raises StatementRefused when there is none in it."""
    if _TOO_LONG.search(text):
        raise StatementRefused("The file has rows longer than any statement’s.")
    best, most = "", 0
    for mark in _separators(text):
        found = find_table(list(islice(_rows(text, mark), _HEAD + _SAMPLE)))
        if found and len(found.roles) > most:
            best, most = mark, len(found.roles)
    table = find_table(list(_rows(text, best)), whole=text.endswith("\n")) if best else None
    if table is None:
        raise StatementRefused(
            "No table of dates and amounts was found. Download the statement from the bank as CSV, OFX, MT940, CAMT.053 "
            "or Excel."
        )
    return table


def all_rows(text: str) -> list[Row]:
    """Every row of delimited text, by the separator that cuts most rows into the same number of cells.

    Raises StatementRefused when none cuts it into columns.
    """
    if _TOO_LONG.search(text):
        raise StatementRefused("The file has rows longer than any statement’s.")
    best, most = "", 0
    for mark in _separators(text):
        widths = Counter(len(row.cells) for row in islice(_rows(text, mark), _HEAD + _SAMPLE) if len(row.cells) > 1)
        if widths and (count := max(width * number for width, number in widths.items())) > most:
            best, most = mark, count
    if not best:
        raise StatementRefused("The file has no columns.")
    return list(_rows(text, best))


def _separators(text: str) -> str:
    told = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    return told[1] if told else "".join(mark for mark in _MARKS if mark in text)


def _rows(text: str, mark: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > _MOST_ROWS:
                raise StatementRefused(f"The file has more than {_MOST_ROWS} rows. Download a shorter period.")
            yield Row(number, tuple(cells))
    except csv.Error:
        # as a rule the wrong separator; where it is the right one, the broken row has no amount and is refused there
        yield Row(number + 1, ("\ufffd",))


def find_table(rows: Sequence[Row], *, whole: bool = True) -> Table | None:
    """The table among rows: below its headings, or the first row that begins one without."""
    for at, row in enumerate(rows[:_HEAD]):
        if roles := roles_of(row.cells):
            return Table(tuple(rows[:at]), row.cells, roles, tuple(rows[at + 1 :]), whole)
    return _without_headings(rows, whole=whole)


def _without_headings(rows: Sequence[Row], *, whole: bool) -> Table | None:
    """A table whose columns are told by what stands in them: one of dates, one or more of amounts, one of words."""
    start = next((at for at, row in enumerate(rows[:_HEAD]) if _begins(row)), None)
    if start is None:
        return None
    body = [row for row in rows[start:] if any(row.cells)]
    dates = next(at for at, cell in enumerate(body[0].cells) if is_day(cell, Dates()))
    width = max(len(row.cells) for row in body[:_SAMPLE])
    money = [at for at in range(width) if at != dates and _is_money([row.cell(at) for row in body[:_SAMPLE]])]
    words = [
        at for at in range(width) if at != dates and at not in money and any(row.cell(at) for row in body[:_SAMPLE])
    ]
    if not words or not money:
        return None
    roles = {"date": dates, "description": max(words, key=lambda at: sum(len(row.cell(at)) for row in body[:_SAMPLE]))}
    if len(money) == 1:
        roles["amount"] = money[0]
    elif len(money) == 2:
        roles |= {"amount": money[0], "balance": money[1]}
    else:
        roles |= {"debit": money[-3], "credit": money[-2], "balance": money[-1]}
    if others := [at for at in words if at != roles["description"]]:
        roles["reference"] = others[0]
    return Table(tuple(rows[:start]), (), roles, tuple(rows[start:]), whole)


def _begins(row: Row) -> bool:
    filled = [cell.strip() for cell in row.cells if cell.strip()]
    return len(filled) >= 3 and any(is_day(cell, Dates()) for cell in filled) and any(map(_reads, filled))


def _is_money(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    mark = decimal_mark(filled)
    return bool(filled) and sum(_reads(cell, mark) for cell in filled) * 10 >= len(filled) * 9


def _reads(text: str, mark: str = "") -> bool:
    try:
        amount(text, mark or decimal_mark([text]))
    except Unreadable:
        return False
    return True
