"""When money that was paid should be seen at the bank: by rail, cut-off, weekend and public holiday.

Source: docs/rules/confirmation.md, C8; requirements.md 4.5.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from portal.core import clock
from portal.core.money import Money
from portal.payments.types import Rail

#: Between banks an ordinary EFT takes one or two banking days; the others are there within the hour.
BANKING_DAYS = {Rail.EFT: 2, Rail.SAME_BANK: 0, Rail.RTC: 0, Rail.PAYSHAP: 0}
#: Banks take part in the clearing of a day until the middle of the afternoon; what comes later goes the next day.
CUT_OFF = time(15, 0)
#: What is larger cannot have gone by this rail, whatever the paper says.
_LARGEST = {Rail.PAYSHAP: Money.zar(50_000_00), Rail.RTC: Money.zar(5_000_000_00)}
_PAYSHAP = re.compile(r"\bpay ?shap\b", re.IGNORECASE)
_RTC = re.compile(r"\b(?:rtc|real[ -]?time|immediate|instant|pay (?:and|&) clear)\b", re.IGNORECASE)


def rail_of(payment_type: str, amount: Money, *, same_bank: bool) -> Rail:
    """How the money travels, by what the proof calls it. Larger sums than a rail carries go by ordinary EFT."""
    rail = Rail.PAYSHAP if _PAYSHAP.search(payment_type) else Rail.RTC if _RTC.search(payment_type) else Rail.EFT
    if rail is Rail.EFT and same_bank:
        return Rail.SAME_BANK
    largest = _LARGEST.get(rail)
    return Rail.EFT if largest is not None and amount.currency == "ZAR" and amount > largest else rail


def expected_on(paid_on: date, rail: Rail = Rail.EFT, seen_at: datetime | None = None) -> date:
    """The last day on which money paid that day should have reached our account; a banking day.

    seen_at: when we first knew of it. On the day of payment itself, that is the latest it can have been paid: before
    the cut-off the clearing of that day took it along, after it the next day's may have.
    """
    day = paid_on
    if seen_at is not None and clock.day_of(seen_at) == paid_on and _late(seen_at):
        day += timedelta(days=1)
    if not (wanted := BANKING_DAYS[rail]):
        return day if is_banking_day(day) else _next_banking_day(day)
    for _ in range(wanted):
        day = _next_banking_day(day)
    return day


def _late(moment: datetime) -> bool:
    return moment.astimezone(clock.SAST).time() >= CUT_OFF


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
