"""Files that hold several statements: of one account they are joined, of several one must be named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portal.banking.errors import StatementRefused
from portal.banking.types import Statement, same_account
from portal.core.text import listed


def chosen(statements: Sequence[Statement], account: str | None) -> Statement:
    """The one statement that is meant. account: the number asked for, None when nobody asked."""
    if account:
        statements = [each for each in statements if same_account(each.account or account, account)] or statements
    accounts = list(dict.fromkeys(each.account or "" for each in statements))
    if len(accounts) > 1:
        raise StatementRefused(f"The file holds several accounts: {listed(accounts)}. Say which one is meant.")
    return _joined(sorted(statements, key=_first_day))


def _first_day(each: Statement) -> int:
    return each.lines[0].on.toordinal() if each.lines else 0


def _joined(statements: Sequence[Statement]) -> Statement:
    """Statements of one account, one after the other; where one ends the next has to begin."""
    whole = statements[0]
    for part in statements[1:]:
        if whole.closing is not None and part.opening is not None and whole.closing != part.opening:
            row = part.lines[0].row if part.lines else None
            raise StatementRefused(
                f"One statement in the file ends with {whole.closing} and the next begins with {part.opening}: "
                "a day is missing.",
                row,
            )
        whole = replace(
            whole,
            opening=whole.opening if whole.opening is not None else part.opening,
            closing=part.closing,
            lines=whole.lines + part.lines,
        )
    return whole


def prove(statement: Statement) -> Statement:
    """Check that the opening balance and the lines give the closing one. Raises StatementRefused."""
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        raise StatementRefused("The statement has no opening or no closing balance: it was cut off.")
    if opening + statement.moved != closing:
        raise StatementRefused(
            f"The lines do not add up: {opening} and {statement.moved} are {opening + statement.moved}, "
            f"and the statement closes with {closing}. An entry is missing, or an amount was changed."
        )
    return statement
