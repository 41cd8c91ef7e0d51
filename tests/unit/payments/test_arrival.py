"""When money should be at the bank, by rail, cut-off and South-African banking days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.core.money import Money
from portal.payments.arrival import CUT_OFF, expected_on, is_banking_day, rail_of
from portal.payments.types import Rail

R100 = Money.zar(100_00)
days = st.dates(date(2024, 1, 1), date(2031, 12, 31))
rails = st.sampled_from(Rail)
times = st.times()


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.SAST)


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


@pytest.mark.parametrize(
    ("paid_on", "hour", "rail", "expected"),
    [
        (date(2026, 3, 16), time(14, 59), Rail.EFT, date(2026, 3, 18)),
        (date(2026, 3, 16), time(15, 0), Rail.EFT, date(2026, 3, 19)),
        (date(2026, 3, 13), time(17, 0), Rail.EFT, date(2026, 3, 17)),  # Friday evening, as Saturday
        (date(2026, 3, 16), time(9, 0), Rail.PAYSHAP, date(2026, 3, 16)),
        (date(2026, 3, 16), time(20, 0), Rail.PAYSHAP, date(2026, 3, 17)),
        (date(2026, 3, 14), time(9, 0), Rail.RTC, date(2026, 3, 16)),  # Saturday
        (date(2026, 4, 2), time(16, 0), Rail.SAME_BANK, date(2026, 4, 7)),  # before Easter
    ],
)
def test_the_cut_off_and_the_rail_count(paid_on: date, hour: time, rail: Rail, expected: date) -> None:
    assert expected_on(paid_on, rail, at(paid_on, hour)) == expected


def test_every_day_of_a_year_is_expected_on_the_second_banking_day_after_it() -> None:
    """By the calendar alone, counted another way."""
    day = date(2026, 1, 1)
    while day.year == 2026:
        after = [day + timedelta(days=n) for n in range(1, 15)]
        assert expected_on(day) == [each for each in after if is_banking_day(each)][1]
        day += timedelta(days=1)


@given(days, rails, times)
def test_money_is_expected_on_a_banking_day_that_is_not_before_it_was_paid(day: date, rail: Rail, hour: time) -> None:
    found = expected_on(day, rail, at(day, hour))
    assert is_banking_day(found)
    assert day <= found <= day + timedelta(days=12)


@given(days, rails, times, times)
def test_later_is_never_expected_earlier(day: date, rail: Rail, first: time, second: time) -> None:
    early, late = sorted((first, second))
    assert expected_on(day, rail, at(day, early)) <= expected_on(day, rail, at(day, late))
    assert expected_on(day, rail, at(day, late)) <= expected_on(day + timedelta(days=1), rail, at(day, late))


@given(days, times)
def test_no_rail_is_slower_than_an_ordinary_eft(day: date, hour: time) -> None:
    slowest = expected_on(day, Rail.EFT, at(day, hour))
    assert all(expected_on(day, rail, at(day, hour)) <= slowest for rail in Rail)


@given(days, rails, times, st.integers(1, 30))
def test_only_the_day_of_payment_itself_has_a_cut_off(day: date, rail: Rail, hour: time, later: int) -> None:
    assert expected_on(day, rail, at(day + timedelta(days=later), hour)) == expected_on(day, rail)
    if hour < CUT_OFF:
        assert expected_on(day, rail, at(day, hour)) == expected_on(day, rail)


@pytest.mark.parametrize(
    ("words", "amount", "same_bank", "rail"),
    [
        ("PayShap payment", R100, False, Rail.PAYSHAP),
        ("Pay Shap", Money.zar(50_000_01), False, Rail.EFT),
        ("RTC", R100, True, Rail.RTC),
        ("Real-time clearing", Money.zar(5_000_000_01), False, Rail.EFT),
        ("Pay and Clear", R100, False, Rail.RTC),
        ("Immediate payment", R100, False, Rail.RTC),
        ("Once-off payment", R100, True, Rail.SAME_BANK),
        ("", R100, False, Rail.EFT),
        ("ARTCRAFT EFT", R100, False, Rail.EFT),
    ],
)
def test_what_a_proof_calls_it_says_the_rail(words: str, amount: Money, same_bank: bool, rail: Rail) -> None:
    assert rail_of(words, amount, same_bank=same_bank) is rail
