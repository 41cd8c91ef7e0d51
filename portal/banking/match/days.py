"""South-African business days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


def business_days(first: date, last: date) -> int:
    """How many business days lie after the first day up to the last; 0 when that is not later."""
    if (last - first).days > 60:
        return (last - first).days * 5 // 7
    days = (first + timedelta(days=passed) for passed in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 and day not in _holidays(day.year) for day in days)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ZA", years=year))
