"""Whether what the portal stands on answers: a registry of checks, each with a second to answer.

Checks run beside each other, each in its own thread, so a dead service delays the report by one budget and not by
many. A check that still hangs from last time is not started again. Findings carry no text of exceptions: what went
wrong inside is in the log. Source: requirements.md P15, P16; design.md 9.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from portal.core.errors import Unavailable
from portal.platform import cache, config, jobs, migrate, storage
from portal.platform.config import Settings
from portal.platform.db import reading

BUDGET_SECONDS = 1.0
REPORT_SECONDS = 5.0
PROBE_SECONDS = 0.5
FULL_PERCENT = 90.0
log = logging.getLogger("portal.health")


class Status(StrEnum):
    """degraded: the portal works, with something missing. unhealthy: it cannot serve."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. facts: plain values for those who may see everything, never secrets."""

    status: Status
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings at one moment. milliseconds: how long each took."""

    status: Status
    findings: Mapping[str, Finding]
    milliseconds: Mapping[str, float]


@dataclass(slots=True)
class _Check:
    work: Callable[[], Finding]
    vital: bool
    busy: threading.Lock = field(default_factory=threading.Lock)


class Registry:
    """The checks of one application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._checks: dict[str, _Check] = {}
        self._lock = threading.Lock()
        self._kept: tuple[float, Report] | None = None

    def register(self, name: str, work: Callable[[], Finding], *, vital: bool = False) -> None:
        """Add a check, run inside an application context. Without a vital one the portal is unhealthy."""
        self._checks[name] = _Check(work, vital)

    def report(self) -> Report:
        """Every finding, at most REPORT_SECONDS old: strangers cannot make us ask more often."""
        with self._lock:
            now = time.monotonic()
            if self._kept is None or now - self._kept[0] > REPORT_SECONDS:
                self._kept = (time.monotonic(), self._examine())
            return self._kept[1]

    def _examine(self) -> Report:
        answers: dict[str, tuple[Finding, float]] = {}
        threads = [
            threading.Thread(target=self._run, args=(name, check, answers), name=f"health-{name}", daemon=True)
            for name, check in self._checks.items()
        ]
        for thread in threads:
            thread.start()
        end = time.monotonic() + BUDGET_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        silent = (Finding(Status.UNHEALTHY, {"reason": "no answer in time"}), BUDGET_SECONDS * 1000)
        seen = {name: answers.get(name, silent) for name in self._checks}
        return Report(
            self._overall({name: finding.status for name, (finding, _) in seen.items()}),
            {name: finding for name, (finding, _) in seen.items()},
            {name: spent for name, (_, spent) in seen.items()},
        )

    def _run(self, name: str, check: _Check, answers: dict[str, tuple[Finding, float]]) -> None:
        if not check.busy.acquire(blocking=False):
            return
        started = time.perf_counter()
        try:
            with self._app.app_context():
                finding = check.work()
            answers[name] = (finding, round((time.perf_counter() - started) * 1000, 1))
        finally:
            check.busy.release()

    def _overall(self, found: Mapping[str, Status]) -> Status:
        if any(status is Status.UNHEALTHY and self._checks[name].vital for name, status in found.items()):
            return Status.UNHEALTHY
        worst = any(status is not Status.HEALTHY for status in found.values())
        return Status.DEGRADED if worst else Status.HEALTHY


class DatabaseProbe:
    """Asks the database by a connection of its own, so that neither a full pool nor a long timeout delays the answer.

    The answer is kept for PROBE_SECONDS; of several who ask at once, one goes and the others wait for it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = _probe_engine(settings)
        self._lock = threading.Lock()
        self._kept: tuple[float, Finding] | None = None

    def ask(self) -> Finding:
        """healthy, or unhealthy with the reason: no answer, or migrations pending."""
        with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > PROBE_SECONDS:
                finding = self._look()
                self._kept = (time.monotonic(), finding)
            return self._kept[1]

    def _look(self) -> Finding:
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
                if self._settings.auto_migrate:
                    return Finding(Status.HEALTHY)
                pending = migrate.pending(connection)
        except SQLAlchemyError as error:
            log.error("the database does not answer: %s", type(error).__name__)
            self._engine.dispose()
            return Finding(Status.UNHEALTHY, {"reason": "no answer"})
        return Finding(Status.UNHEALTHY, {"reason": "migrations pending"}) if pending else Finding(Status.HEALTHY)


def _probe_engine(settings: Settings) -> Engine:
    if settings.sqlite:
        path = settings.database_url.removeprefix("sqlite:///")
        return create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", connect_args={"timeout": 1})
    second = {"connect_timeout": 1, "read_timeout": 1, "write_timeout": 1}
    return create_engine(
        settings.database_url, pool_size=1, max_overflow=0, pool_timeout=1, pool_recycle=60, connect_args=second
    )


def init_app(app: Flask, settings: Settings) -> Registry:
    """The platform's own checks; features add theirs with registry_of(app).register."""
    registry = Registry(app)
    probe = DatabaseProbe(settings)
    app.extensions["health"], app.extensions["database_probe"] = registry, probe
    registry.register("database", probe.ask, vital=True)
    registry.register("cache", _cache)
    registry.register("storage", _storage, vital=True)
    registry.register("worker", _worker)
    registry.register("disk", _disk)
    return registry


def registry_of(app: Flask) -> Registry:
    """The checks of an application."""
    found: Registry = app.extensions["health"]
    return found


def database_of(app: Flask) -> Finding:
    """The database alone, for the load balancer's question."""
    probe: DatabaseProbe = app.extensions["database_probe"]
    return probe.ask()


def _cache() -> Finding:
    link = cache.link()
    if link is None:
        return Finding(Status.HEALTHY, {"kind": "memory"})
    return Finding(Status.HEALTHY if link.alive() else Status.DEGRADED, {"kind": "redis"})


def _storage() -> Finding:
    kind = "s3" if config.current().s3_bucket else "folder"
    try:
        storage.check()
    except Unavailable as error:
        log.error("documents cannot be kept: %s", type(error).__name__)
        return Finding(Status.UNHEALTHY, {"kind": kind})
    return Finding(Status.HEALTHY, {"kind": kind})


def _worker() -> Finding:
    try:
        with reading():
            seen = jobs.stats()
    except SQLAlchemyError as error:
        log.error("the job table does not answer: %s", type(error).__name__)
        return Finding(Status.DEGRADED, {"reason": "no answer"})
    facts = {
        "workers": seen["num_workers"],
        "queued": seen["queue_size"],
        "failed": seen["failed"],
        "oldest_seconds": seen["oldest_seconds"],
    }
    return Finding(Status.HEALTHY if seen["num_workers"] else Status.DEGRADED, facts)


def _disk() -> Finding:
    folder = config.current().data_dir
    try:
        usage = shutil.disk_usage(folder if folder.exists() else "/")
    except OSError:
        return Finding(Status.DEGRADED, {"reason": "no answer"})
    percent = round(usage.used / (usage.used + usage.free) * 100, 1)
    status = Status.HEALTHY if percent < FULL_PERCENT else Status.DEGRADED
    return Finding(status, {"percent": percent, "free_bytes": usage.free})
