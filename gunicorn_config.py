"""How Gunicorn serves the portal: ``gunicorn --config gunicorn_config.py app:app``.

Read by the arbiter at start and at every SIGHUP. The arbiter never keeps code of ours that a worker would inherit, so
SIGHUP serves new code; new libraries need a restart. Before the first worker the settings are checked and the database
is migrated in a process of its own; beside the workers the arbiter keeps one embedded job worker alive.
Source: requirements.md P03–P09, P27, P28, A03, A10, A12, C02–C04; design.md 8 and 9;
docs/decisions/0006-gthread.md.
"""

from __future__ import annotations

import gc
import importlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
_OURS = {"app", "logging_config", "monitoring", "portal", "prometheus_client"}
#: Imported once, by the arbiter, and shared by all workers: they start in a fraction of the time, in less memory.
_LIBRARIES = (
    "PIL.Image", "alembic.context", "argon2", "boto3", "brotli", "flask_migrate", "flask_sqlalchemy", "flask_wtf",
    "holidays", "numpy", "psutil", "pymysql", "pypdf", "rapidfuzz", "redis", "sqlalchemy.dialects.mysql.pymysql",
    "sqlalchemy.dialects.sqlite", "wtforms",
)  # fmt: skip


def forget_our_modules() -> None:
    """Drop what this process has imported of ours: who imports it next reads it from disk."""
    for name in [name for name in sys.modules if name.partition(".")[0] in _OURS]:
        del sys.modules[name]


if __name__ == "__config__":  # the name under which Gunicorn reads this file
    forget_our_modules()

from portal.platform import config as portal_config  # noqa: E402 - after forgetting; "config" is a setting of gunicorn
from portal.platform.config import ConfigError  # noqa: E402

if TYPE_CHECKING:
    from flask import Flask


def cores(cgroup: Path = Path("/sys/fs/cgroup"), affinity: int | None = None) -> int:
    """CPU cores this process may use: its affinity, or its container's quota (rounded up) where that is less.

    Without this a container with one CPU on a machine with 64 would start 129 workers (C02).
    """
    allowed = affinity if affinity is not None else len(os.sched_getaffinity(0))
    quota = _quota(cgroup)
    return max(1, allowed if quota is None else min(allowed, math.ceil(quota)))


def _quota(cgroup: Path) -> float | None:
    """The CPU quota in cores, of cgroup v2 or v1; None when there is no limit."""
    try:
        limit, period = (cgroup / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            limit = (cgroup / "cpu" / "cpu.cfs_quota_us").read_text().strip()
            period = (cgroup / "cpu" / "cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    return int(limit) / int(period) if limit.isdigit() and int(limit) > 0 and int(period) > 0 else None


def _settings() -> portal_config.Server:
    try:
        return portal_config.server()
    except ConfigError as error:
        _refuse(error)


def _refuse(error: ConfigError) -> NoReturn:
    for line in error.lines:
        print(line, file=sys.stderr)  # noqa: T201 - there is no log yet
    sys.exit(3)


_server = _settings()

bind = f"{_server.host}:{_server.port}"
workers = _server.workers or cores() * 2 + 1
worker_class = "gthread"  # named openly: "sync" with threads would become it silently, and sync ignores keepalive
threads = _server.threads
worker_connections = _server.worker_connections
timeout = _server.timeout
graceful_timeout = _server.graceful_timeout
keepalive = _server.keepalive
max_requests = _server.max_requests
max_requests_jitter = _server.max_requests_jitter
preload_app = False  # with it SIGHUP would go on serving the old code (reliability.md E19)
control_socket_disable = True
chdir = str(ROOT)
proc_name = "supply-portal"
loglevel = _server.log_level.lower()
logger_class = "logging_config.ServerLog"
accesslog = None  # the application logs one line for each request, with its duration, person and request id
errorlog = "-"


def _metrics_parent() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own inside it, mode 0700
    return memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


def _metrics_dir() -> Path:
    """Where the processes of this arbiter count; a folder of another one is never touched."""
    return Path(_server.metrics_dir) if _server.metrics_dir else _metrics_parent() / f"portal-metrics-{os.getpid()}"


raw_env = [f"PROMETHEUS_MULTIPROC_DIR={_metrics_dir()}"]


def _empty_metrics_dir() -> None:
    """A clean folder for this start; those of arbiters that were killed go as well."""
    for stale in _metrics_parent().glob("portal-metrics-*"):
        pid = stale.name.rpartition("-")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(stale, ignore_errors=True)
    folder = _metrics_dir()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


# -- hooks: each logs one line ------------------------------------------------------------------------------------------


def on_starting(server: Any) -> None:
    """Before anything listens: check the settings, migrate, say how much will be served at once."""
    server.log.info("Supply portal: Starting Gunicorn")
    server.log.info("Workers: %d, Threads per worker: %d", server.cfg.workers, server.cfg.threads)
    server.log.info("Total concurrent requests: %d", server.cfg.workers * server.cfg.threads)
    _empty_metrics_dir()
    preparation = _start_preparation()
    for library in _LIBRARIES:
        importlib.import_module(library)
    gc.freeze()  # what is shared is never written to by the collector of a worker
    if code := preparation.wait():
        server.log.error("The portal is not started: see the lines above")
        sys.exit(code)


def when_ready(server: Any) -> None:
    """The socket listens: start the embedded worker beside the web workers."""
    from portal.platform.jobs import embedded

    server.embedded_worker = embedded.start(portal_config.load())
    server.log.info("Gunicorn is ready to accept requests")


def on_reload(server: Any) -> None:
    """SIGHUP: new code may bring migrations, and the embedded worker runs that code too."""
    server.log.info("Reloading: workers with the new code follow")
    if _start_preparation().wait():
        server.log.error("The new code is not ready to serve: see the lines above")
    keeper = getattr(server, "embedded_worker", None)
    if keeper is not None:
        keeper.restart()


def post_fork(server: Any, worker: Any) -> None:
    """In a new worker: nothing of the arbiter's code, and not its pipe to the embedded worker."""
    keeper = getattr(server, "embedded_worker", None)
    if keeper is not None:
        keeper.forget()
    forget_our_modules()
    accept_only_with_a_free_thread(worker)
    worker.log.info("Worker started (pid %d)", worker.pid)


def accept_only_with_a_free_thread(worker: Any) -> None:
    """Let a gthread worker take a new connection only when one of its threads can serve it at once.

    By itself it accepts up to worker_connections, and those beyond its threads wait behind slow requests while other
    workers idle (docs/decisions/0006). Connections kept open between requests need no thread and do not count.
    """
    accept, enable = worker.accept, worker.set_accept_enabled

    def busy() -> bool:
        at_work = worker.nr_conns - len(worker.keepalived_conns) - len(worker.pending_conns)
        return bool(at_work >= worker.cfg.threads)

    def accept_one(listener: Any) -> None:
        accept(listener)
        if busy():
            enable(False)

    worker.accept = accept_one
    worker.set_accept_enabled = lambda wanted: enable(wanted and not busy())


def worker_int(worker: Any) -> None:
    """SIGINT or SIGQUIT: the worker ends."""
    worker.log.info("Worker interrupted (pid %d)", worker.pid)


def worker_abort(worker: Any) -> None:
    """SIGABRT: the worker did not answer the arbiter for the whole timeout."""
    worker.log.error("Worker aborted after %d s without a sign of life (pid %d)", timeout, worker.pid)


def worker_exit(server: Any, worker: Any) -> None:
    """The worker has served its requests and ends."""
    server.log.info("Worker exited (pid %d)", worker.pid)


def child_exit(_arbiter: Any, worker: Any) -> None:
    """In the arbiter: a dead worker's gauges no longer count; its counters do."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid, str(_metrics_dir()))  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """The last one: end the embedded worker, remove the counters."""
    keeper = getattr(server, "embedded_worker", None)
    if keeper is not None:
        keeper.stop()
    if not _server.metrics_dir:
        shutil.rmtree(_metrics_dir(), ignore_errors=True)
    server.log.info("Gunicorn has shut down")


# -- preparation, in a process of its own -------------------------------------------------------------------------------


def _start_preparation() -> subprocess.Popen[bytes]:
    """Run prepare() in another process, so that the arbiter imports no code that workers would inherit."""
    return subprocess.Popen([sys.executable, str(ROOT / "gunicorn_config.py")], cwd=ROOT)


def prepare() -> int:
    """Check settings and database, migrate, and make the first administrator's link; the exit status."""
    from logging_config import setup_logging
    from portal.platform import startup

    try:
        settings = portal_config.load()
    except ConfigError as error:
        _refuse(error)
    setup_logging(settings, sys.stdout)
    most = workers * min(threads + 1, settings.db_pool_size + settings.db_max_overflow)
    first_steps = _log_first_link if settings.admin_email else None
    return startup.prepare(settings, _made_app, most_connections=most, first_steps=first_steps)


def _made_app() -> Flask:
    from app import app

    return app


def _log_first_link(app: Flask) -> None:
    """ADMIN_EMAIL on an empty database: one link, for one use, to choose the administrator's password."""
    from portal.accounts import service as accounts
    from portal.platform.db import transaction

    email = app.extensions["settings"].admin_email
    link = transaction(lambda: accounts.first_admin_link(email))
    if link is not None:
        app.logger.warning("First administrator %s: choose a password at %s", email, link)


if __name__ == "__main__":
    sys.exit(prepare())
