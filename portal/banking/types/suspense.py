"""The words of suspense: money in the books that nobody knows the owner of, and how long it has waited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.money import Money

#: How many days each age reaches; the last one has no end.
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("week", 0, 7), ("month", 8, 30), ("two", 31, 60), ("three", 61, 90), ("older", 91, None),
)  # fmt: skip
AGE_WORDS = {
    "week": "Up to a week", "month": "8 to 30 days", "two": "31 to 60 days", "three": "61 to 90 days",
    "older": "Over 90 days",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Age:
    """One age: its name in addresses, what people call it, how many lines and their sum."""

    name: str
    words: str
    count: int
    amount: Money


def days_of(name: str, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of an age; None where it has no end, and for a name that there is not."""
    for known, youngest, oldest in AGES:
        if known == name:
            first = None if oldest is None else today - timedelta(days=oldest)
            return first, today - timedelta(days=youngest)
    return None, None
