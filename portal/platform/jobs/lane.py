"""A lane: one process that takes jobs of its queues, one after the other, until it is told to stop or is worn."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.platform.config import Settings
from portal.platform.db import db
from portal.platform.jobs import registry
from portal.platform.jobs.attempt import run
from portal.platform.jobs.process import die_with, memory_of
from portal.platform.jobs.queue import claim
from portal.platform.jobs.slate import Slate
from portal.platform.jobs.types import OCR, OTHER_QUEUES, Claimed

log = logging.getLogger("portal.jobs")

#: A lane is replaced by a fresh process after so many jobs, or once it has grown so large.
JOBS_IN_A_LIFE = 1000
WORN_BYTES = 300 * 1024 * 1024
_SHORTEST_IDLE, _LONGEST_IDLE = 0.3, 1.0
_DATABASE_GONE = 5.0


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """Which queues a lane serves, and how far it stands back for the web workers (nice)."""

    name: str
    queues: tuple[str, ...]
    nice: int = 0


def lanes_for(settings: Settings, cores: int) -> tuple[LaneSpec, ...]:
    """One lane for each reading at once, and one or two for everything else, so that a long import delays no mail."""
    reading = tuple(LaneSpec(f"ocr{number + 1}", (OCR,), nice=10) for number in range(settings.ocr_concurrency))
    others: tuple[LaneSpec, ...] = (LaneSpec("other1", OTHER_QUEUES),)
    if cores > 1:
        others += (LaneSpec("other2", tuple(queue for queue in OTHER_QUEUES if queue != "imports")),)
    return reading + others


def become(app: Flask, spec: LaneSpec, slate: Slate, owner: str, supervisor: int) -> int:
    """In the forked process: serve until stopped or worn. The exit code.

    It leads a group, not a session: Linux may share the processor out by session (autogroup), and then niceness counts
    within a session only.
    """
    die_with(supervisor)
    os.setpgid(0, 0)
    lane = Lane(app, spec, slate, owner)
    signal.signal(signal.SIGTERM, lane.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if spec.nice:
        os.nice(spec.nice)
    with app.app_context():
        db.engine.dispose(close=False)  # connections belong to the process that opened them
    lane.serve()
    return 0


class Lane:
    """The loop of one lane."""

    def __init__(self, app: Flask, spec: LaneSpec, slate: Slate, owner: str) -> None:
        self.app, self.spec, self.slate, self.owner = app, spec, slate, owner
        self.settings: Settings = app.extensions["settings"]
        self.stopping = False
        self._turn = 0

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """SIGTERM: finish the job at hand, take no other."""
        self.stopping = True

    def serve(self) -> None:
        """Claim and run until stopped or worn."""
        pauses = idle_pauses()
        for _ in range(JOBS_IN_A_LIFE):
            claimed = self._next(pauses)
            if claimed is None:
                return
            pauses = idle_pauses()
            self._run(claimed)
            if memory_of(os.getpid()) > WORN_BYTES:
                return

    def _next(self, pauses: Iterator[float]) -> Claimed | None:
        """The next job, waited for; None when told to stop."""
        while not self.stopping:
            try:
                with self.app.app_context():
                    claimed = claim(self._queues(), owner=self.owner, lease_seconds=self.settings.job_lease_seconds)
            except SQLAlchemyError as error:
                log.warning("lane %s: the database does not answer: %s", self.spec.name, error)
                time.sleep(_DATABASE_GONE)
                continue
            if claimed is not None:
                return claimed
            time.sleep(next(pauses))
        return None

    def _queues(self) -> tuple[str, ...]:
        """The lane's queues, another one first each time, so that a long one starves none."""
        queues = self.spec.queues
        self._turn = (self._turn + 1) % len(queues)
        return queues[self._turn :] + queues[: self._turn]

    def _run(self, claimed: Claimed) -> None:
        try:
            limit_s = registry.handler(claimed.kind).limit_s
        except LookupError:  # run() records it
            limit_s = self.settings.job_lease_seconds
        self.slate.begin(claimed.id, limit_s)
        try:
            with self.app.app_context():
                run(claimed)
        finally:
            self.slate.end()


def idle_pauses() -> Iterator[float]:
    """Seconds between looks at an empty queue: short after work, longer as it stays quiet."""
    pause = _SHORTEST_IDLE
    while True:
        yield pause
        pause = min(_LONGEST_IDLE, pause * 1.3)
