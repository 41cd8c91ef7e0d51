"""The words of signing a month of a bank account off."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from portal.core.money import Money


@dataclass(frozen=True, slots=True)
class Figures:
    """What a month of an account comes to: counts of lines, and cents. Balances are None where no file states them.

    unexplained: what the balances moved by beyond the lines, and the amounts of lines nobody decided, both without sign.
    """

    lines: int
    by_itself: int
    by_people: int
    aside: int
    suspense: int
    left: int
    moving: int
    opening: int | None
    money_in: int
    money_out: int
    fees: int
    closing: int | None
    booked: int
    suspended: int
    unexplained: int

    def as_json(self) -> dict[str, int | None]:
        """The figures by their names."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def chained(self) -> bool:
        """Whether a statement states both balances."""
        return self.opening is not None and self.closing is not None

    @property
    def all_decided(self) -> bool:
        """Whether no line waits for a person or the machine."""
        return not (self.left or self.moving)


@dataclass(frozen=True, slots=True)
class SignedMonth:
    """A month as it was signed off. live: it was not reopened since."""

    id: int
    account_id: int
    month: date
    live: bool
    figures: Figures
    note: str
    signed_by: int
    signed_name: str
    signed_at: datetime
    asked_by: int | None
    asked_at: datetime | None
    asked_reason: str
    reopened_by: int | None
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class MonthInList:
    """A month of an account in the list: how many lines, how many wait, how many are in suspense."""

    account_id: int
    month: date
    lines: int
    waits: int
    suspense: int
    signed: SignedMonth | None = None


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def last_of(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def money(cents: int | None, currency: str) -> Money | None:
    """Cents as money, where there are any."""
    return None if cents is None else Money(cents, currency)
