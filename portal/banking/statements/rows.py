"""Rows of a table as the bank wrote them: lines, forwarded balances and totals told apart, signs not decided yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from portal.banking.errors import StatementRefused
from portal.banking.statements.facts import Facts, account_in, marks_closing, marks_opening
from portal.banking.statements.headings import roles_of
from portal.banking.statements.table import Row, Table
from portal.banking.statements.written import Amount, Dates, Unreadable, amount, day, decimal_mark, month_first
from portal.core.text import squeeze

_MONEY = ("amount", "debit", "credit", "fee", "balance")
_TOTAL = re.compile(r"(?:grand |sub)?(?:total|totals|totaal|totale)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """One line before its signs are decided. side: what the column of CR and DR says."""

    row: int
    on: date
    description: str
    reference: str | None
    amount: Amount | None
    debit: Amount | None
    credit: Amount | None
    fee: Amount | None
    side: str
    balance: Amount | None


@dataclass(slots=True)
class Body:
    """All rows of a table, sorted by what they are. Forwarded balances in cents by row."""

    lines: list[Written] = field(default_factory=list)
    openings: list[tuple[int, Amount]] = field(default_factory=list)
    closings: list[tuple[int, Amount]] = field(default_factory=list)
    totals: list[tuple[int, dict[str, Amount]]] = field(default_factory=list)
    account: str | None = None
    account_row: int | None = None


def body_of(table: Table, facts: Facts, today: date) -> Body:
    """Read every row. Raises StatementRefused with the first row that cannot be read."""
    columns = [table.roles[role] for role in _MONEY if role in table.roles]
    mark = decimal_mark(cell for row in table.rows for at in columns if (cell := row.cell(at)))
    dates = [row.cell(table.roles["date"]) for row in table.rows]
    how = Dates(month_first(dates), facts.first, facts.last, today)
    body = Body(account=facts.account, account_row=facts.account_row)
    for row in table.rows:
        if row.cells == ("\ufffd",):
            raise StatementRefused("A quotation mark is not closed: the file was changed or cut off.", row.number)
        if any(cell.strip() for cell in row.cells) and not roles_of(row.cells):
            _sort_in(body, row, _Reader(table, mark, how))
    _refuse_a_cut_row(table, body)
    return body


@dataclass(frozen=True, slots=True)
class _Reader:
    table: Table
    mark: str
    how: Dates

    def text(self, row: Row, role: str) -> str:
        return row.cell(self.table.roles.get(role))

    def money(self, row: Row, role: str) -> Amount | None:
        text = self.text(row, role)
        if not text or text in "-–—":
            return None
        try:
            return amount(text, self.mark)
        except Unreadable as error:
            raise StatementRefused(f"Row {row.number}: {error}.", row.number) from None

    def day(self, row: Row) -> date:
        text = self.text(row, "date") or self.text(row, "value_date")
        if not text:
            raise StatementRefused(f"Row {row.number} has an amount and no date.", row.number)
        try:
            return day(text, self.how)
        except Unreadable as error:
            raise StatementRefused(f"Row {row.number}: {error}.", row.number) from None


def _sort_in(body: Body, row: Row, read: _Reader) -> None:
    first = next(cell.strip() for cell in row.cells if cell.strip())
    words = f"{first} {read.text(row, 'description')}"
    moves = any(read.text(row, role) for role in ("amount", "debit", "credit", "fee"))
    if _TOTAL.match(first):
        with suppress(StatementRefused):  # other figures may stand in the columns of a total
            body.totals.append((row.number, dict(_figures(row, read))))
    elif (marks_opening(words) or marks_closing(words)) and (not moves or not read.text(row, "balance")):
        _forwarded(body, row, read, opening=marks_opening(words))
    elif moves:
        body.lines.append(_line(row, read))
        _note_account(body, row, read)


def _figures(row: Row, read: _Reader) -> Iterator[tuple[str, Amount]]:
    for role in _MONEY:
        if (found := read.money(row, role)) is not None:
            yield role, found


def _forwarded(body: Body, row: Row, read: _Reader, *, opening: bool) -> None:
    found = dict(_figures(row, read))
    figure = found.get("balance") or next(iter(found.values()), None)
    if figure is not None:
        (body.openings if opening else body.closings).append((row.number, figure))


def _line(row: Row, read: _Reader) -> Written:
    reference = squeeze(read.text(row, "reference")) if "reference" in read.table.roles else None
    return Written(
        row=row.number,
        on=read.day(row),
        description=squeeze(read.text(row, "description")),
        reference=reference,
        amount=read.money(row, "amount"),
        debit=read.money(row, "debit"),
        credit=read.money(row, "credit"),
        fee=read.money(row, "fee"),
        side=read.text(row, "side").upper(),
        balance=read.money(row, "balance"),
    )


def _note_account(body: Body, row: Row, read: _Reader) -> None:
    stated = account_in(read.text(row, "account"))
    if not stated:
        return
    if body.account is None:
        body.account, body.account_row = stated, row.number
    elif body.account.lstrip("0") != stated.lstrip("0"):
        raise StatementRefused(f"Row {row.number} is of another account, {stated}, than the rows above.", row.number)


def _refuse_a_cut_row(table: Table, body: Body) -> None:
    """The last row of a file that does not end with its line: cut off when it has fewer cells than the one above."""
    filled = [row for row in table.rows if any(row.cells)]
    if table.whole or not filled or not table.headings:
        return
    *above, last = filled
    width = len(above[-1].cells) if above else len(table.headings)
    known = {row for row, _ in (*body.openings, *body.closings, *body.totals)}
    if len(last.cells) < width and last.number not in known:
        raise StatementRefused(f"Row {last.number} is incomplete: the file was cut off.", last.number)
