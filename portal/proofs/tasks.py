"""The job that reads a proof."""

from __future__ import annotations

from typing import Any

from portal.platform import jobs
from portal.proofs import service
from portal.proofs.types import Reading


def register() -> None:
    """Tell the worker how proofs are read: the work outside a transaction, the verdict inside one."""
    jobs.register("proofs.read", queue="ocr", work=_read, effect=_record, failed=_give_up, attempts=4, limit_s=120)


def _read(payload: dict[str, Any]) -> Reading:
    return service.read(payload["proof_id"], payload["storage_key"])


def _record(payload: dict[str, Any], reading: Reading) -> None:
    service.record(payload["proof_id"], reading)


def _give_up(payload: dict[str, Any], error: str) -> None:
    service.give_up(payload["proof_id"], error)
