"""Matching after an import, and booking what is certain: one job a line, so that none holds up another."""

from __future__ import annotations

from datetime import time
from typing import Any

from portal.banking import service
from portal.banking.match import Answer
from portal.banking.service.importing import MATCH
from portal.banking.service.matching import BOOK
from portal.payments import service as payments
from portal.platform import jobs

CHASE, CHASE_ONE = "banking.chase", "banking.chase_payment"


def register() -> None:
    """Tell the worker how statements are matched and lines booked, and what the self-check asks of us."""
    service.register_invariants()
    jobs.register(MATCH, queue="imports", work=_match, effect=_keep, words="Match a bank statement")
    jobs.register(CHASE, queue="default", work=_late, effect=_chase_each, words="Look for money that is late")
    jobs.register(
        CHASE_ONE, queue="notifications", work=lambda _payload: None, effect=_chase, words="Ask where a payment is"
    )
    jobs.every(CHASE, daily_at=time(9, 0))
    jobs.register(
        BOOK, queue="imports", work=lambda _payload: None, effect=_book, words="Book a line of a bank statement"
    )


def _late(_payload: dict[str, Any]) -> list[int]:
    return service.to_chase()


def _chase_each(_payload: dict[str, Any], payment_ids: list[int]) -> None:
    for payment_id in payment_ids:
        jobs.enqueue(CHASE_ONE, {"payment_id": payment_id}, dedupe=f"{CHASE_ONE}:{payment_id}")


def _chase(payload: dict[str, Any], _nothing: None) -> None:
    payments.chase(payload["payment_id"])


def _match(payload: dict[str, Any]) -> dict[int, Answer]:
    return service.answers_for(payload["statement_id"])


def _keep(payload: dict[str, Any], answers: dict[int, Answer]) -> None:
    service.keep(payload["statement_id"], answers)


def _book(payload: dict[str, Any], _nothing: None) -> None:
    service.book(payload["line_id"])
