"""Every metric of the portal, in one place: what is counted, with which labels, and what scrapers get.

Under gunicorn each process keeps its numbers in files of PROMETHEUS_MULTIPROC_DIR, and whichever process is asked adds
them all up: any web worker answers for all, and for the embedded worker. Units are seconds and bytes; money is cents.
Names: requirements.md E11 and 5.4.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, exposition, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Engine, Pool, event
from sqlalchemy.orm import Session

from portal import __version__
from portal.platform import config
from portal.platform.db import db

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
_JOB_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 600)
_WAITING = "counts that wait for the commit"
#: methods of strangers' own invention would make as many label values as they like
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

requests_total = Counter("api_requests_total", "Requests answered.", ("method", "endpoint", "status"))
request_seconds = Histogram(
    "http_request_duration_seconds", "Time to answer a request.", ("method", "endpoint"), buckets=_REQUEST_SECONDS
)
processing_seconds = Histogram(
    "processing_time_seconds", "Time one attempt of a background job took.", ("kind",), buckets=_JOB_SECONDS
)
jobs_total = Counter("jobs_total", "Attempts of background jobs, by outcome.", ("kind", "outcome"))
cache_hits = Counter("cache_hits_total", "Values found in the cache.")
cache_misses = Counter("cache_misses_total", "Values looked for in the cache and not found.")
limited_total = Counter("rate_limited_requests_total", "Requests refused with 429.", ("rule",))

uploads_total = Counter("pop_uploads_total", "Proofs of payment taken in.", ("channel", "type"))
decisions_total = Counter("pop_decisions_total", "Verdicts and staff decisions on proofs.", ("decision", "reason"))
field_confidence = Histogram(
    "pop_field_confidence",
    "Confidence of a field that was read, from 0 to 1.",
    ("field",),
    buckets=(0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1),
)
reading_seconds = Histogram("pop_processing_seconds", "Time to read one proof.", buckets=_JOB_SECONDS)
review_age_seconds = Histogram(
    "pop_review_age_seconds",
    "How long a proof waited for a person.",
    buckets=(60, 300, 900, 3600, 4 * 3600, 24 * 3600, 72 * 3600),
)
gateway_webhooks = Counter("gateway_webhooks_total", "Notices of payment gateways judged.", ("gateway", "verdict"))
invoices_issued = Counter("invoice_issued_total", "Invoices issued.")
payments_confirmed_cents = Counter("payments_confirmed_cents_total", "Money confirmed, in cents of rand.")
money_problems = Gauge(
    "money_problems", "Rows that break an invariant of money, by the check that found them.", ("check",),
    multiprocess_mode="mostrecent",
)  # fmt: skip

pool_size = Gauge("db_pool_size", "Connections the pools of all processes may keep.", multiprocess_mode="livesum")
pool_open = Gauge("db_pool_connections", "Connections open in all processes.", multiprocess_mode="livesum")
pool_used = Gauge("db_pool_checked_out", "Connections in use in all processes.", multiprocess_mode="livesum")
pool_overflow = Gauge(
    "db_pool_overflow", "Connections open beyond the pool size, in all processes.", multiprocess_mode="livesum"
)


def observe_request(method: str, endpoint: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    method = method if method in _METHODS else "other"
    requests_total.labels(method, endpoint, str(status)).inc()
    request_seconds.labels(method, endpoint).observe(seconds)


def observe_job(kind: str, outcome: str, seconds: float) -> None:
    """Count one attempt of a background job. outcome: done, retry, dead or lost."""
    jobs_total.labels(kind, outcome).inc()
    processing_seconds.labels(kind).observe(seconds)


def when_committed(count: Callable[[], None]) -> None:
    """Count something once the current transaction is committed; never when it is rolled back or tried again."""
    db.session().info.setdefault(_WAITING, []).append(count)


def _committed(session: Session) -> None:
    for count in session.info.pop(_WAITING, []):
        count()


def _rolled_back(session: Session) -> None:
    session.info.pop(_WAITING, None)


event.listen(db.session, "after_commit", _committed)
event.listen(db.session, "after_rollback", _rolled_back)


def watch_pool(engine: Engine) -> None:
    """Keep the pool's gauges true: they change when a connection is opened, taken, given back or closed."""
    size: int = getattr(engine.pool, "size", int)()
    pool_size.set(size)

    def changed(*_: Any) -> None:
        used, opened = _counts(engine.pool)
        pool_used.set(used)
        pool_open.set(opened)
        pool_overflow.set(max(0, opened - size))

    def given_back(*_: Any) -> None:
        used, _opened = _counts(engine.pool)
        pool_used.set(max(0, used - 1))  # told just before the pool has it back

    for name in ("connect", "checkout", "close", "invalidate"):
        event.listen(engine, name, changed)
    event.listen(engine, "checkin", given_back)


def _counts(pool: Pool) -> tuple[int, int]:
    """Connections in use and connections open, of this process."""
    used: int = getattr(pool, "checkedout", int)()
    idle: int = getattr(pool, "checkedin", int)()
    return used, used + idle


_at_scrape: dict[str, Callable[[], Iterable[Metric]]] = {}


def at_scrape(name: str, collect: Callable[[], Iterable[Metric]]) -> None:
    """Add figures that are looked up when somebody asks, such as the length of a queue. The name is ours alone."""
    _at_scrape[name] = collect


class _AtScrape:
    """What is read at the moment of the scrape."""

    def collect(self) -> Iterable[Metric]:
        memory = GaugeMetricFamily("worker_resident_memory_bytes", "Memory in use by a process.", labels=["pid"])
        for pid, resident in sorted(siblings().items()):
            memory.add_metric([str(pid)], resident)
        version = GaugeMetricFamily("portal_build_info", "The version that runs.", labels=["version"])
        version.add_metric([__version__], 1)
        yield from (memory, version)
        for collect in _at_scrape.values():
            yield from collect()


class _OfThisProcess:
    """The default registry, as a collector."""

    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()


def siblings() -> dict[int, int]:
    """Resident bytes of this process and those its parent started with it, by pid."""
    found: dict[int, int] = {}
    alone = multiprocess_dir() is None
    family = [psutil.Process()] if alone else psutil.Process(os.getppid()).children(recursive=True)
    for process in family:
        with suppress(psutil.Error):
            found[process.pid] = process.memory_info().rss
    return found


def multiprocess_dir() -> str | None:
    """Where the processes' numbers are, or None when this process counts for itself."""
    return config.server().metrics_dir


def registry() -> CollectorRegistry:
    """Everything countable: of all processes under gunicorn, of this one elsewhere."""
    whole = CollectorRegistry()
    folder = multiprocess_dir()
    if folder is None:
        whole.register(_OfThisProcess())
    else:
        _bury(Path(folder))
        multiprocess.MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    whole.register(_AtScrape())
    return whole


def _bury(folder: Path) -> None:
    """Gauges of processes that are gone (killed workers, lanes of the embedded worker) no longer count."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            file.unlink(missing_ok=True)


def scrape(accept: str) -> tuple[bytes, str]:
    """The exposition and its content type: OpenMetrics where the scraper asks for it, else Prometheus text."""
    encoder, content_type = exposition.choose_encoder(accept)
    return encoder(registry()), content_type


def value(name: str) -> float:
    """The sum of all samples of a name, over all processes and labels."""
    return sum(sample.value for family in registry().collect() for sample in family.samples if sample.name == name)
