"""The words of banking: what a statement says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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
    the file tells neither. proved: whether each amount was checked against a printed balance or total. mapping_id: the
    columns a person named, where the file was read by them.
    """

    layout: str
    account: str | None
    currency: str
    opening: Money | None
    closing: Money | None
    lines: tuple[ReadLine, ...]
    proved: bool = True
    mapping_id: int | None = None

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


class LineState(StrEnum):
    """Where a statement line stands. *matched*: certain, about to be booked; *allocated*: booked; *suspense*: in the
    books, and nobody knows whose it is.
    """

    IMPORTED = "imported"
    MATCHED = "matched"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    IGNORED = "ignored"
    ALLOCATED = "allocated"
    SUSPENSE = "suspense"


#: What nobody has explained yet; these lines are the work list.
LEFT = (LineState.SUGGESTED, LineState.UNMATCHED)
#: What a person may decide: what is left, and what waits in suspense.
OPEN_TO_PEOPLE = (*LEFT, LineState.SUSPENSE)
#: On its way through the machine.
MOVING = (LineState.IMPORTED, LineState.MATCHED)


#: how an offer says that it is one of several
TOGETHER = "together these have the amount"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person may choose for a line: a payment or invoices of one customer, and why."""

    why: str
    invoice: str | None = None
    payment_id: int | None = None


@dataclass(frozen=True, slots=True)
class LineInfo:
    """A line as pages show it. by_itself: whether no person decided it."""

    id: int
    account_id: int
    day: date
    amount: Money
    fee: Money
    description: str
    reference: str
    state: LineState
    reasons: tuple[str, ...]
    offers: tuple[Offer, ...]
    payment_id: int | None
    journal_id: int | None
    reason: str
    by_itself: bool
    version: int

    @property
    def left(self) -> bool:
        """Whether it waits for a person."""
        return self.state in LEFT

    @property
    def to_decide(self) -> bool:
        """Whether a person may say whose it is."""
        return self.state in OPEN_TO_PEOPLE

    @property
    def best(self) -> tuple[Offer, ...]:
        """The likeliest choice: one payment, or the invoices that together are the amount."""
        if not self.offers:
            return ()
        first = self.offers[0]
        if first.payment_id is not None or TOGETHER not in first.why:
            return (first,)
        return tuple(each for each in self.offers if each.invoice and each.why == first.why)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. gap: what is missing beside it, in words; empty when nothing is."""

    statement_id: int
    layout: str
    added: int
    already: int
    gap: str


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """One import in the list of imports."""

    id: int
    account_id: int
    file_name: str
    layout: str
    first: date
    last: date
    added: int
    already: int
    gap: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures above the work list: of the last thirty days what was booked by itself and by people; what is left.

    unexplained: the amounts of what is left; suspense: of what is in the books and nobody's.
    """

    by_itself: int
    by_people: int
    left: int
    moving: int
    unexplained: Money
    in_suspense: int
    suspense: Money

    @property
    def share(self) -> int | None:
        """How many of a hundred booked lines booked themselves; None while none was booked."""
        booked = self.by_itself + self.by_people
        return None if not booked else self.by_itself * 100 // booked
