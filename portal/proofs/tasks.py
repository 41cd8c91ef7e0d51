"""The job that reads a proof."""

from __future__ import annotations

from typing import Any

from portal.platform import jobs
from portal.proofs import service
from portal.proofs.service import holding, incoming, recalling
from portal.proofs.types import Reading

MAIL = "proofs.mail"


def register() -> None:
    """Tell the worker how proofs are read: the work outside a transaction, the verdict inside one."""
    jobs.register("proofs.read", queue="ocr", work=_read, effect=_record, failed=_give_up, attempts=4, limit_s=120)
    jobs.register(
        holding.TAKE_EFFECT, queue="default", work=lambda _payload: None, effect=_take_effect, failed=_come_back,
        words="A decision on a proof takes effect",
    )  # fmt: skip
    jobs.register(
        recalling.JOB, queue="default", work=lambda _payload: None, effect=_call_back,
        words="Automatic accepts go back to people",
    )  # fmt: skip
    jobs.register(
        MAIL, queue="default", work=_fetch, effect=_nothing_more, words="Proofs that came by mail", limit_s=300
    )
    jobs.every(MAIL, seconds=60)


def _fetch(_payload: dict[str, Any]) -> int:
    return incoming.fetch()


def _nothing_more(_payload: dict[str, Any], _count: int) -> None:
    """Each mail was taken in by itself: one that fails holds up no other."""


def _read(payload: dict[str, Any]) -> Reading:
    return service.read(payload["proof_id"], payload["storage_key"])


def _record(payload: dict[str, Any], reading: Reading) -> None:
    service.record(payload["proof_id"], reading)


def _give_up(payload: dict[str, Any], error: str) -> None:
    service.give_up(payload["proof_id"], error)


def _take_effect(payload: dict[str, Any], _nothing: None) -> None:
    holding.take_effect(payload["proof_id"], payload["version"])


def _come_back(payload: dict[str, Any], error: str) -> None:
    holding.give_up(payload["proof_id"], payload["version"], error)


def _call_back(payload: dict[str, Any], _nothing: None) -> None:
    recalling.step(payload["recall_id"])
