"""The words of banking: what a statement says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.core.money import Money, total


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One row of a statement that moved money.

    amount: paid in (positive) or out, without the bank's fee of the same row; fee: signed as it moves the balance.
    reference: None where the layout has no such column. balance: after the line, None where none is printed.
    row: row of the file from 1, or number of the entry in formats that have no rows.
    """

    row: int
    on: date
    amount: Money
    fee: Money
    description: str
    reference: str | None
    balance: Money | None

    @property
    def moved(self) -> Money:
        """By how much the balance changed."""
        return self.amount + self.fee


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement file, read and proved, oldest line first.

    account: as the file states it. opening and closing: as stated, or as they follow from the balances; None when
    the file tells neither. proved: whether each amount was checked against a printed balance or total.
    """

    layout: str
    account: str | None
    currency: str
    opening: Money | None
    closing: Money | None
    lines: tuple[ReadLine, ...]
    proved: bool = True

    @property
    def moved(self) -> Money:
        """What all its lines add up to."""
        return total((line.moved for line in self.lines), self.currency)


def same_account(stated: str, asked: str) -> bool:
    """Whether two writings name one account: spaces, dashes, a mask and lost leading zeros do not count."""
    stated, asked = _plain(stated), _plain(asked)
    shown = stated.lstrip("*X")
    if len(shown) < len(stated):
        return len(shown) >= 4 and asked.endswith(shown)
    return stated.lstrip("0") == asked.lstrip("0")


def _plain(account: str) -> str:
    return "".join(letter for letter in account.upper() if letter.isalnum() or letter == "*")
