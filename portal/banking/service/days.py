"""On which day a line of the bank is booked."""

from __future__ import annotations

from datetime import date

from portal.banking.models import StatementLine
from portal.banking.queries import months
from portal.core import clock
from portal.ledger import service as ledger


def value_day(line: StatementLine) -> date:
    """The bank's day; today, where that day's month is closed or signed off.

    Source: docs/rules/ledger.md, L13; docs/rules/reconciliation.md, B17.
    """
    closed = ledger.standing().closed_until
    if closed is not None and line.day <= closed:
        return clock.today()
    return clock.today() if months.live_months(line.bank_account_id, line.day, line.day) else line.day
