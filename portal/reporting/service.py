"""Figures for people who run the house."""

from __future__ import annotations

from datetime import timedelta

from portal.core import clock
from portal.reporting import queries
from portal.reporting.types import DAYS, Dashboard


def dashboard() -> Dashboard:
    """Everything on the first page of our staff, in six queries."""
    today = clock.today()
    money = queries.money_by_day(today - timedelta(days=DAYS - 1), today)
    return Dashboard(
        today=today,
        money=money,
        debtors=queries.debtors_by_age(today),
        waiting=queries.waiting(clock.now()),
        weeks=queries.weeks_of_answers(today),
        late=queries.late_payments(today),
        largest=queries.largest_overdue(today),
        any_payment=any(each.confirmed or each.verified for each in money),
    )
