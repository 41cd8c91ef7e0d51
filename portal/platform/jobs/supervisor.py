"""The worker's parent process: forks lanes, keeps their leases alive, ends those that overrun, replaces the dead.

It has one thread and closes its database connections before every fork, so that forking is safe (an SQLite
connection carried across a fork can damage the file). It runs no handler; only the ``failed`` hook of a job whose
lane died. Source: design.md 8; reliability.md F2, F3, F7, F11.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import secrets
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.core import clock
from portal.platform.config import Settings
from portal.platform.db import db, transaction
from portal.platform.jobs import crew, process
from portal.platform.jobs.attempt import fail_lane, reap_expired
from portal.platform.jobs.lane import LaneSpec, become, lanes_for
from portal.platform.jobs.queue import extend, release
from portal.platform.jobs.schedule import Clockwork
from portal.platform.jobs.slate import Slate

log = logging.getLogger("portal.jobs")

_TICK = 0.5
_LONGEST_PAUSE = 10.0
_QUICK_DEATH = 2.0


@dataclass(slots=True)
class LaneSeat:
    """A lane's place: the process in it now, and how often it died young in a row."""

    spec: LaneSpec
    slate: Slate = field(default_factory=Slate)
    pid: int | None = None
    owner: str = ""
    sentence: str | None = None
    born: float = 0.0
    due: float = 0.0
    early_deaths: int = 0


class Supervisor:
    """Runs lanes until SIGTERM, SIGINT or the end of the parent's pipe; then drains."""

    def __init__(self, app: Flask, *, parent_pipe: bool = False, drain_seconds: float = 30.0) -> None:
        self.app = app
        self.settings: Settings = app.extensions["settings"]
        self.parent_pipe, self.drain_seconds = parent_pipe, drain_seconds
        self.name = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(3)}"
        self.seats = [LaneSeat(spec) for spec in lanes_for(self.settings, len(os.sched_getaffinity(0)))]
        self.stopping = False
        self.clockwork = Clockwork()
        self._births = 0
        self._next_beat = 0.0
        self._next_reaping = 0.0
        self._wake_reader, self._wake_writer = os.pipe()

    def run(self) -> int:
        """Serve until told to stop. The exit code."""
        self._listen()
        process.adopt_orphans()
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        log.info("worker %s starts with %d lanes", self.name, len(self.seats), extra={"event_type": "worker_start"})
        try:
            while not self.stopping:
                self._tick()
            self._drain()
        finally:
            self._end_everything()
        log.info("worker %s ends", self.name, extra={"event_type": "worker_stop"})
        return 0

    def _tick(self) -> None:
        self._fill_seats()
        self._wait(_TICK)
        self._bury()
        self._sentence()
        self._chores()

    # -- signals and waiting -----------------------------------------------------------------------------------------

    def _listen(self) -> None:
        for end in (self._wake_reader, self._wake_writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _wait(self, seconds: float) -> None:
        """Until something happens: a child ends, a signal comes, the parent goes, or the time is over."""
        ears = [self._wake_reader] + ([0] if self.parent_pipe else [])
        ready, _, _ = select.select(ears, [], [], seconds)
        if self._wake_reader in ready:
            os.read(self._wake_reader, 4096)
        if 0 in ready and not os.read(0, 4096):
            log.info("worker %s: the parent is gone", self.name)
            self.parent_pipe, self.stopping = False, True

    # -- lanes -------------------------------------------------------------------------------------------------------

    def _fill_seats(self) -> None:
        for seat in self.seats:
            if seat.pid is None and time.monotonic() >= seat.due:
                self._fork(seat)

    def _fork(self, seat: LaneSeat) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self._births += 1
        seat.owner = f"{self.name}/{seat.spec.name}.{self._births}"
        seat.slate, seat.sentence, seat.born = Slate(), None, time.monotonic()
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # what is shared stays shared
        pid = os.fork()
        if pid == 0:
            self._be_a_lane(seat, parent)
        gc.unfreeze()
        seat.pid = pid

    def _be_a_lane(self, seat: LaneSeat, parent: int) -> None:
        """Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (self._wake_reader, self._wake_writer):
                os.close(end)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            code = become(self.app, seat.spec, seat.slate, seat.owner, parent)
        except BaseException:
            log.exception("lane %s broke", seat.spec.name)
        finally:
            logging.shutdown()
            os._exit(code)

    def _bury(self) -> None:
        """Take the exits of ended children; what a dead lane held is recorded as failed at once."""
        died = False
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                seat = next((seat for seat in self.seats if seat.pid == pid), None)
                if seat is not None:
                    died = True
                    self._vacate(seat, status)
        if died:
            process.end_orphans(but={seat.pid for seat in self.seats if seat.pid})

    def _vacate(self, seat: LaneSeat, status: int) -> None:
        seat.pid = None
        young = time.monotonic() - seat.born < _QUICK_DEATH
        seat.early_deaths = seat.early_deaths + 1 if young else 0
        pause = min(_LONGEST_PAUSE, 0.5 * 2**seat.early_deaths) if young else 0.0
        seat.due = time.monotonic() + pause
        if status == 0:
            return
        reason = seat.sentence or process.ending_of(status)
        log.warning("lane %s: %s", seat.spec.name, reason, extra={"event_type": "lane_died"})
        with self._database():
            fail_lane(seat.owner, reason)

    def _sentence(self) -> None:
        """End lanes whose job takes too long or too much memory."""
        for seat in self.seats:
            if seat.pid is None or seat.sentence or not seat.slate.job_id:
                continue
            if (limit_s := seat.slate.overrun) is not None:
                seat.sentence = f"took longer than {limit_s} seconds"
            elif process.memory_of(seat.pid) > self.settings.job_memory_bytes:
                seat.sentence = f"used more than {self.settings.job_memory_bytes >> 20} MB of memory"
            if seat.sentence:
                process.end_tree(seat.pid)

    # -- chores ------------------------------------------------------------------------------------------------------

    def _chores(self) -> None:
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + self.settings.job_heartbeat_seconds
            with self._database():
                transaction(self._beat)
        if now >= self._next_reaping:
            self._next_reaping = now + min(5.0, self.settings.job_heartbeat_seconds)
            with self._database():
                reap_expired()
        if not self.stopping:
            with self._database():
                self.clockwork.tick(clock.now())

    def _beat(self) -> None:
        alive = [seat.owner for seat in self.seats if seat.pid is not None]
        if alive:
            extend(alive, self.settings.job_lease_seconds)
        crew.sign_in(self.name, lanes=len(self.seats))

    @contextlib.contextmanager
    def _database(self) -> Iterator[None]:
        """A database that does not answer is no reason to die: leases hold until it is back."""
        try:
            with self.app.app_context():
                yield
        except SQLAlchemyError as error:
            log.warning("worker %s: the database does not answer: %s", self.name, error)

    # -- the end -----------------------------------------------------------------------------------------------------

    def _drain(self) -> None:
        for seat in self.seats:
            if seat.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(seat.pid, signal.SIGTERM)
        end = time.monotonic() + self.drain_seconds
        while time.monotonic() < end and any(seat.pid for seat in self.seats):
            self._wait(0.2)
            self._bury()
            self._sentence()
            self._chores()

    def _end_everything(self) -> None:
        for seat in self.seats:
            if seat.pid is None:
                continue
            process.end_tree(seat.pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(seat.pid, 0)
            with self._database():
                transaction(partial(release, seat.owner))
        process.end_orphans(but=())
        with self._database():
            transaction(lambda: crew.sign_out(self.name))
