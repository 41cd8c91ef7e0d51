"""Statements that are tables: every bank's CSV, and spreadsheets."""

from __future__ import annotations

from datetime import date

from portal.banking.errors import StatementRefused
from portal.banking.statements.bytes_of import text_of
from portal.banking.statements.facts import Facts, facts_of
from portal.banking.statements.headings import layout_of
from portal.banking.statements.rows import Body, body_of
from portal.banking.statements.signs import Sense, Signed, make_sense
from portal.banking.statements.table import Table, table_of
from portal.banking.types import ReadLine, Statement
from portal.core.money import Money

#: Layouts that always end with a balance carried forward or a total: without it, the file was cut off.
_CLOSED = frozenset({"capitec_business", "nedbank", "standard_bank"})


def read(content: bytes, today: date) -> Statement:
    """Read a delimited file. Raises StatementRefused with the row that is wrong."""
    return from_table(table_of(text_of(content)), today)


def from_table(table: Table, today: date, layout: str = "") -> Statement:
    """Read a table that was found in a file, and prove it by its balances."""
    layout = layout or layout_of(table.headings, [row.cells for row in table.titles])
    facts = facts_of(table.titles)
    body = body_of(table, facts, today)
    if not body.lines:
        raise StatementRefused("The statement has no lines.")
    total = body.totals[-1][1].get("balance") if body.totals and layout == "capitec_business" else None
    sense = make_sense(body, facts.opening, total.cents if total else facts.closing)
    _prove(sense, table)
    _prove_totals(sense, body, facts, layout)
    return _statement(sense, body, facts, layout)


def _prove(sense: Sense, table: Table) -> None:
    if sense.broken:
        row = sense.broken[0]
        last = max(each.line.row for each in sense.lines)
        if not table.whole and last - row == 1:
            row = last  # newest first and cut off: the last row's own balance is short of digits
        raise StatementRefused(
            f"Row {row}: the balance is not the balance before plus this row’s amount. A row is missing, or an amount "
            "was changed.",
            row,
        )
    if any(each.balance is not None for each in sense.lines) and sense.lines[-1].balance is None and not sense.closing:
        row = sense.lines[-1].line.row
        raise StatementRefused(f"Row {row} has no balance: the file was cut off.", row)


def _prove_totals(sense: Sense, body: Body, facts: Facts, layout: str) -> None:
    reached = _reached(sense)
    if sense.closing is not None and reached is not None and reached != sense.closing:
        row = sense.closing_row or (body.totals[-1][0] if body.totals else None)
        raise StatementRefused("The closing balance is not what the lines add up to. Rows are missing at the end.", row)
    if layout in _CLOSED and sense.opening is not None and sense.closing is None:
        raise StatementRefused("The statement has no closing balance: the file was cut off.")
    if facts.count and facts.count != len(sense.lines):
        raise StatementRefused(
            f"The statement says it has {facts.count} transactions and holds {len(sense.lines)}.", facts.count_row
        )
    if layout == "capitec_business" and body.totals:
        row, figures = body.totals[-1]
        for role, sum_ in (("amount", sum(e.amount for e in sense.lines)), ("fee", sum(e.fee for e in sense.lines))):
            if (figure := figures.get(role)) is not None and abs(figure.cents) != abs(sum_):
                raise StatementRefused(f"Row {row}: the total is not what the rows add up to.", row)


def _reached(sense: Sense) -> int | None:
    """The balance after the last line, as printed or as it follows."""
    at = sense.opening
    for each in sense.lines:
        at = each.balance if each.balance is not None else None if at is None else at + each.amount + each.fee
    return at


def _statement(sense: Sense, body: Body, facts: Facts, layout: str) -> Statement:
    def money(cents: int) -> Money:
        return Money(cents, facts.currency)

    first = sense.lines[0]
    opening = sense.opening
    if opening is None and first.balance is not None:
        opening = first.balance - first.amount - first.fee
    closing = sense.closing if sense.closing is not None else _reached(sense)
    return Statement(
        layout=layout,
        account=body.account,
        currency=facts.currency,
        opening=None if opening is None else money(opening),
        closing=None if closing is None else money(closing),
        lines=tuple(_line(each, facts.currency) for each in sense.lines),
        proved=opening is not None,
    )


def _line(each: Signed, currency: str) -> ReadLine:
    balance = None if each.balance is None else Money(each.balance, currency)
    written = each.line
    return ReadLine(
        written.row, written.on, Money(each.amount, currency), Money(each.fee, currency),
        written.description, written.reference, balance,
    )  # fmt: skip
