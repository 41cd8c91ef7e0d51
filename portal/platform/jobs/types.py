"""Values of the job queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any, TypedDict

JsonDict = dict[str, Any]

#: ``ocr`` has lanes of its own; the others share lanes, asked in turn.
OCR = "ocr"
OTHER_QUEUES = ("notifications", "default", "webhooks", "imports")
QUEUES = (OCR, *OTHER_QUEUES)
#: A document that ends its process is tried this often, then given up (design.md 8).
MOST_CRASHES = 2


class Outcome(StrEnum):
    """How one attempt ended. lost: the lease went to somebody else, so nothing was written."""

    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"
    LOST = "lost"


class GiveUp(Exception):
    """Raised by work: another attempt would fail alike; the message is the reason staff read."""


class Poison(Exception):
    """Raised by work: the input broke its bounds of memory or time; counts as a crash."""


@dataclass(frozen=True, slots=True)
class Handler:
    """What a kind of job does. limit_s: seconds after which an attempt is killed; words: for the staff page."""

    kind: str
    queue: str
    work: Callable[[JsonDict], Any]
    effect: Callable[[JsonDict, Any], None]
    failed: Callable[[JsonDict, str], None] | None
    attempts: int
    limit_s: int
    words: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that recurs: every so many seconds, or daily at a South-African time."""

    kind: str
    seconds: int | None
    daily_at: time | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job this process may run while it holds the lease."""

    id: int
    kind: str
    queue: str
    payload: JsonDict
    owner: str
    attempt: int


@dataclass(frozen=True, slots=True)
class JobInfo:
    """A job as staff see it."""

    id: int
    kind: str
    words: str
    queue: str
    state: str
    attempts: int
    max_attempts: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """A worker that was seen lately."""

    name: str
    host: str
    pid: int
    lanes: int
    started_at: datetime
    seen_at: datetime


class Stats(TypedDict):
    """Figures for monitoring. Ages are seconds; oldest is None when nothing waits that is due."""

    num_workers: int
    queue_size: int
    running: int
    failed: int
    total_processed: int
    oldest_seconds: float | None
    queues: dict[str, int]
