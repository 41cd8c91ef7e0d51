"""When money should be at the bank, by South-African banking days."""

from __future__ import annotations

from datetime import date

import pytest

from portal.payments.arrival import expected_on, is_banking_day


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        (date(2026, 3, 16), date(2026, 3, 18)),  # Monday
        (date(2026, 3, 13), date(2026, 3, 17)),  # Friday, over a weekend
        (date(2026, 3, 14), date(2026, 3, 17)),  # Saturday
        (date(2026, 4, 2), date(2026, 4, 8)),  # Thursday before Good Friday and Family Day
        (date(2026, 12, 31), date(2027, 1, 5)),  # over New Year's Day and a weekend
    ],
)
def test_two_banking_days_later(paid_on: date, expected: date) -> None:
    assert expected_on(paid_on) == expected


@pytest.mark.parametrize("day", [date(2026, 3, 21), date(2026, 9, 24), date(2026, 12, 25), date(2026, 8, 10)])
def test_weekends_and_public_holidays_are_no_banking_days(day: date) -> None:
    assert not is_banking_day(day)
