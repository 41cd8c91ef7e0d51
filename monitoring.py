"""What probes, load balancers and scrapers ask: /health, /metrics, /status, /monitoring/stats.

Full answers are for probe networks, for holders of METRICS_TOKEN, or for everybody where MONITORING_PUBLIC says so;
strangers learn whether the portal works and nothing about how. Nothing here signs in, writes, or waits for a sample.
Source: requirements.md P15–P19, B06, B07, C01, C06–C08; design.md 9 ("Who sees monitoring").
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, cast

import psutil
from flask import Blueprint, Flask, Response, abort, current_app, jsonify, make_response, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from portal import __version__
from portal.core import clock
from portal.platform import config, health, jobs, metrics, ratelimit
from portal.platform.db import db, reading
from portal.platform.health import Finding, Report, Status
from portal.platform.http import access

APPLICATION = "360Degree Supply portal"
CURE = (
    "This is for operators. Call it from a probe network (PROBE_NETWORKS, not through a proxy), send "
    "'Authorization: Bearer <METRICS_TOKEN>', or set MONITORING_PUBLIC=true."
)
ENGINE_SECONDS = 60.0
_TEXT_TYPES = {"text/plain", "application/openmetrics-text"}

blueprint = Blueprint("monitoring", __name__)
_engine: list[tuple[float, Finding]] = []
_started = time.monotonic()


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    checks = health.init_app(app, app.extensions["settings"])
    checks.register("ocr", reading_engine)
    with app.app_context():
        metrics.watch_pool(db.engine)
    metrics.at_scrape("queue", _queue_figures)
    psutil.cpu_percent(interval=None)  # the first sample is the time from here on: later ones never wait
    psutil.Process().cpu_percent(interval=None)


@blueprint.get("/health", strict_slashes=False)
@access.machine
def healthy() -> ResponseReturnValue:
    """Whether this portal can serve: for load balancers and readiness probes. 503 when it cannot."""
    if not _sees_all() and (refused := ratelimit.first_refused(ratelimit.HEALTH, ratelimit.address())):
        return ratelimit.too_many(refused)
    found = health.database_of(current_app)
    answer = {"status": found.status, "database": found.status, "timestamp": _now()}
    if found.facts.get("reason") == "migrations pending":
        answer["database"] = "migrations pending"
    return _uncached(jsonify(answer)), _code(found.status)


@blueprint.get("/health/live")
@access.machine
def live() -> ResponseReturnValue:
    """Whether this process answers at all, whatever the database does: for liveness probes (C07)."""
    return _uncached(jsonify(status=Status.HEALTHY, timestamp=_now()))


@blueprint.get("/health/detailed")
@access.machine
def detailed() -> ResponseReturnValue:
    """Every part the portal stands on; strangers get the same keys with status words only."""
    report = health.registry_of(current_app).report()
    full = _sees_all()
    checks = {name: _shown(report, name, full=full) for name in report.findings}
    body = jsonify(
        status=report.status,
        database=report.findings["database"].status,
        timestamp=_now(),
        checks=checks,
        **({"version": __version__, "environment": config.current().environment} if full else {}),
    )
    return _uncached(body), _code(report.status)


@blueprint.get("/status")
@access.machine
def status() -> ResponseReturnValue:
    """Which application this is."""
    return _uncached(
        jsonify(
            application=APPLICATION,
            version=__version__,
            environment=config.current().environment,
            timestamp=_now(),
        )
    )


def _operators_only(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Others get 403 with the cure."""

    @wraps(view)
    def guarded() -> ResponseReturnValue:
        if not _sees_all():
            return _uncached(jsonify(error="forbidden", detail=CURE)), 403
        return view()

    return guarded


@blueprint.get("/metrics")
@access.machine
@_operators_only
def numbers() -> ResponseReturnValue:
    """Figures of this machine and of all workers: JSON, or Prometheus text where Accept asks for it (C01)."""
    if not config.current().metrics_enabled:
        abort(404)
    response = _exposition() if _wants_exposition() else _uncached(jsonify(_figures()))
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/metrics/prometheus")
@access.machine
@_operators_only
def prometheus() -> ResponseReturnValue:
    """The same counters, always as Prometheus text."""
    if not config.current().metrics_enabled:
        abort(404)
    return _exposition()


@blueprint.get("/monitoring/stats")
@access.machine
@_operators_only
def stats() -> ResponseReturnValue:
    """The queue and the database pools of all processes together (B06)."""
    try:
        with reading():
            queue = jobs.stats()
            hands = sum(worker.lanes for worker in jobs.workers())
    except SQLAlchemyError:
        current_app.logger.error("the job table does not answer")
        return _uncached(jsonify(error="unavailable", detail="The database does not answer.")), 503
    return _uncached(
        jsonify(
            timestamp=_now(),
            message_queue={
                "num_workers": hands,
                "queue_size": queue["queue_size"],
                "total_processed": queue["total_processed"],
                "running": hands > 0,
                "failed": queue["failed"],
                "oldest_seconds": queue["oldest_seconds"],
                "queues": queue["queues"],
            },
            database_pool=_pool(),
        )
    )


def reading_engine() -> Finding:
    """Whether tesseract runs; asked at most once a minute, because it costs a process."""
    from portal.proofs.reader.tesseract import EngineMissing, find_program  # brings numpy: workers do without it

    if _engine and time.monotonic() - _engine[0][0] < ENGINE_SECONDS:
        return _engine[0][1]
    try:
        program, data = find_program()
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=True)
        version = (answer.stdout or answer.stderr).split("\n", 1)[0]
        found = Finding(Status.HEALTHY, {"engine": version, "packaged": data is not None})
    except (EngineMissing, OSError, subprocess.SubprocessError):
        found = Finding(Status.DEGRADED, {"reason": "tesseract does not run"})
    _engine[:] = [(time.monotonic(), found)]
    return found


def _sees_all() -> bool:
    """Whether the caller may have full answers: design.md 9."""
    settings = config.current()
    if settings.monitoring_public:
        return True
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.metrics_token}"
    if settings.metrics_token and hmac.compare_digest(given.encode(), wanted.encode()):
        return True
    return not _came_through_a_proxy() and _in_networks(request.remote_addr, settings.probe_networks)


def _came_through_a_proxy() -> bool:
    """Behind a proxy on this machine every stranger's address would be loopback: such requests prove nothing."""
    names = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
    return any(key in names or key.startswith("HTTP_X_FORWARDED") for key in request.environ)


def _in_networks(address: str | None, networks: tuple[str, ...]) -> bool:
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return any(known in ipaddress.ip_network(network, strict=False) for network in networks)


def _shown(report: Report, name: str, *, full: bool) -> dict[str, object]:
    finding = report.findings[name]
    if not full:
        return {"status": finding.status}
    return {"status": finding.status, "duration_ms": report.milliseconds[name], **finding.facts}


def _wants_exposition() -> bool:
    """Whether the caller reads Prometheus text; parameters such as version= are not part of the type."""
    asked = request.args.get("format")
    if asked:
        return asked == "prometheus"
    accepted = {part.split(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")}
    return bool(accepted & _TEXT_TYPES)


def _exposition() -> Response:
    body, kind = metrics.scrape(request.headers.get("Accept", ""))
    return _uncached(make_response(body, 200, {"Content-Type": kind}))


def _figures() -> dict[str, Any]:
    memory, process = psutil.virtual_memory(), psutil.Process()
    return {
        "timestamp": _now(),
        "version": __version__,
        "system": {
            "cpu_percent": psutil.cpu_percent(interval=None),
            "cpu_count": psutil.cpu_count(),
            "load_average": list(os.getloadavg()),
            "memory": {
                "total": memory.total,
                "available": memory.available,
                "used": memory.used,
                "percent": memory.percent,
            },
            "disk": _disk(),
        },
        "process": {
            "pid": process.pid,
            "memory_rss_bytes": process.memory_info().rss,
            "cpu_percent": process.cpu_percent(interval=None),
            "threads": process.num_threads(),
            "uptime_seconds": round(time.monotonic() - _started, 1),
        },
        "workers": [{"pid": pid, "memory_rss_bytes": rss} for pid, rss in sorted(metrics.siblings().items())],
        "requests": {"total": int(metrics.value("api_requests_total"))},
        "database": {"dialect": db.engine.dialect.name, "max_overflow": _max_overflow(), **_pool()},
    }


def _disk() -> dict[str, object]:
    folder = config.current().data_dir
    usage = psutil.disk_usage(str(folder if folder.exists() else Path("/")))
    return {"total": usage.total, "used": usage.used, "free": usage.free, "percent": usage.percent}


def _pool() -> dict[str, int]:
    """pool_size is each process's; the others are sums over all processes."""
    return {
        "pool_size": config.current().db_pool_size,
        "total_connections": int(metrics.value("db_pool_connections")),
        "checked_out_connections": int(metrics.value("db_pool_checked_out")),
        "overflow_connections": int(metrics.value("db_pool_overflow")),
    }


def _max_overflow() -> int:
    return config.current().db_max_overflow


def _queue_figures() -> Iterator[Metric]:
    """The queue at the moment of a scrape; nothing while the database is away."""
    try:
        with reading():
            queue = jobs.stats()
    except SQLAlchemyError:
        return
    length = GaugeMetricFamily("job_queue_length", "Jobs that wait.", labels=["queue"])
    for name, waiting in queue["queues"].items():
        length.add_metric([name], waiting)
    yield length
    yield GaugeMetricFamily(
        "job_oldest_wait_seconds", "Age of the oldest job that waits.", queue["oldest_seconds"] or 0
    )
    yield GaugeMetricFamily("job_workers", "Workers that are alive.", queue["num_workers"])
    yield GaugeMetricFamily("jobs_given_up", "Jobs that failed for good and wait for a person.", queue["failed"])


def _code(status: Status) -> int:
    return 503 if status is Status.UNHEALTHY else 200


def _now() -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
