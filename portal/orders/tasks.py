"""What orders bring into the running application: invariants, and what the calendar ends."""

from __future__ import annotations

from datetime import time

from portal.orders import service
from portal.platform import jobs
from portal.platform.jobs.types import JsonDict

EXPIRE, LAPSE = "orders.expire_quotes", "orders.lapse_approvals"


def register() -> None:
    """Add the invariants of orders to the self-check, and say what happens every night."""
    service.register_invariants()
    jobs.register(EXPIRE, queue="default", work=_nothing, effect=_expire, words="Expire quotes whose last day is over")
    jobs.register(LAPSE, queue="default", work=_nothing, effect=_lapse, words="Cancel orders that nobody approved")
    jobs.every(EXPIRE, daily_at=time(0, 20))
    jobs.every(LAPSE, daily_at=time(0, 40))


def _nothing(_payload: JsonDict) -> None:
    return None


def _expire(_payload: JsonDict, _result: None) -> None:
    service.expire_quotes()


def _lapse(_payload: JsonDict, _result: None) -> None:
    service.lapse_old()
