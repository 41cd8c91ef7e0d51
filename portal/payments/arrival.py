"""When money that was paid should be seen at the bank."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

#: Between banks an ordinary EFT takes one or two banking days (docs/rules/confirmation.md, C8).
BANKING_DAYS = 2


def expected_on(paid_on: date) -> date:
    """The last day on which an ordinary EFT of that day should have reached our account."""
    day = paid_on
    for _ in range(BANKING_DAYS):
        day = _next_banking_day(day)
    return day


def _next_banking_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


def is_banking_day(day: date) -> bool:
    """Monday to Friday, no South-African public holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ZA", years=year))
