"""What invoices bring into the running application: their invariants, reminders each morning, interest each month."""

from __future__ import annotations

from datetime import time

from portal.core import clock
from portal.invoices import service
from portal.invoices.service import disputing, interest, reminding
from portal.platform import jobs
from portal.platform.http import shell_counts
from portal.platform.jobs.types import JsonDict

REMIND, REMIND_ONE = "invoices.remind", "invoices.remind_customer"
INTEREST, INTEREST_ONE = "invoices.interest", "invoices.charge_interest"


def register() -> None:
    """Say how these jobs are done and when."""
    service.register_invariants()
    shell_counts.register("invoices", disputing.open_count)
    jobs.register(REMIND, queue="default", work=_late, effect=_remind_all, words="Look for invoices to remind of")
    jobs.register(REMIND_ONE, queue="notifications", work=_nothing, effect=_remind, words="Remind a customer")
    jobs.register(INTEREST, queue="default", work=_to_charge, effect=_charge_all, words="Look for interest to charge")
    jobs.register(INTEREST_ONE, queue="default", work=_nothing, effect=_charge, words="Charge a customer interest")
    jobs.every(REMIND, daily_at=time(8, 0))
    jobs.every(INTEREST, daily_at=time(5, 0))


def _nothing(_payload: JsonDict) -> None:
    return None


def _late(_payload: JsonDict) -> list[int]:
    return reminding.late_customers()


def _remind_all(_payload: JsonDict, customers: list[int]) -> None:
    for customer_id in customers:
        _enqueue(REMIND_ONE, customer_id)


def _remind(payload: JsonDict, _result: None) -> None:
    reminding.remind(int(payload["customer_id"]))


def _to_charge(_payload: JsonDict) -> list[int]:
    """Interest runs to the end of last month and no day is charged twice: only the first run of a month finds some."""
    return interest.customers_to_charge()


def _charge_all(_payload: JsonDict, customers: list[int]) -> None:
    for customer_id in customers:
        _enqueue(INTEREST_ONE, customer_id)


def _charge(payload: JsonDict, _result: None) -> None:
    interest.charge(int(payload["customer_id"]))


def _enqueue(kind: str, customer_id: int) -> None:
    key = f"{kind}:{customer_id}@{clock.today().isoformat()}"
    jobs.enqueue(kind, {"customer_id": customer_id}, dedupe=key, customer_id=customer_id)
