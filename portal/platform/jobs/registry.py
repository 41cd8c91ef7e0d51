"""Which kinds of jobs there are. Features register theirs in tasks.py; everybody enqueues by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import TypeVar

from portal.platform.jobs.types import QUEUES, Handler, JsonDict, Schedule

R = TypeVar("R")
_handlers: dict[str, Handler] = {}
_schedules: dict[str, Schedule] = {}


def register(
    kind: str,
    *,
    queue: str,
    work: Callable[[JsonDict], R],
    effect: Callable[[JsonDict, R], None],
    failed: Callable[[JsonDict, str], None] | None = None,
    attempts: int = 4,
    limit_s: int = 1800,
    words: str | None = None,
) -> None:
    """Say how jobs of a kind are done. Registering a kind again replaces it.

    work: reads and computes, calls other systems; outside any transaction; what it returns goes to effect.
    effect: writes, in the one transaction that also marks the job done, so it happens exactly once.
    failed: writes, in the transaction that gives the job up; gets the reason.
    attempts: the first one included. limit_s: seconds one attempt may take before its process is killed.
    words: what staff read, like "Read a proof of payment".
    """
    if queue not in QUEUES:
        raise ValueError(f"no such queue: {queue}")
    _handlers[kind] = Handler(kind, queue, work, effect, failed, attempts, limit_s, words or kind)


def every(kind: str, *, seconds: int | None = None, daily_at: time | None = None) -> None:
    """Run a registered kind again and again, with an empty payload: one job row a period, however many workers."""
    if (seconds is None) == (daily_at is None):
        raise ValueError("either seconds or daily_at")
    _schedules[kind] = Schedule(kind, seconds, daily_at)


def handler(kind: str) -> Handler:
    """How a kind is done. Raises LookupError for an unknown one."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"no handler for jobs of kind {kind}") from None


def words_of(kind: str) -> str:
    """What staff read for a kind."""
    known = _handlers.get(kind)
    return known.words if known else kind


def schedules() -> tuple[Schedule, ...]:
    """All that recurs."""
    return tuple(_schedules.values())
