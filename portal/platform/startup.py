"""What happens once before a web server serves: the database is reached, measured against the pools, and migrated.

Source: requirements.md C04 (connection budget), A12, P28; design.md 9 (AUTO_MIGRATE, ADMIN_EMAIL).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from portal.platform import migrate
from portal.platform.config import Settings

#: scheduled jobs, probes, a person with a database shell
SPARE_CONNECTIONS = 5
#: what the server keeps for its administrators and replicas
RESERVE_CONNECTIONS = 10
PATIENCE_SECONDS = 60.0
RETRY_SECONDS = 1.0
log = logging.getLogger("portal.startup")


def prepare(
    settings: Settings,
    make_app: Callable[[], Flask],
    *,
    most_connections: int,
    first_steps: Callable[[Flask], None] | None = None,
    patience: float = PATIENCE_SECONDS,
) -> int:
    """Make ready to serve; 0, or 1 with a line in the log that says what is in the way.

    most_connections: what all web workers together may open.
    first_steps: runs inside the application, after the migration.
    """
    limit = settings.db_pool_size + settings.db_max_overflow
    log.info("Database connection pool initialized (min=%d, max=%d)", settings.db_pool_size, limit)
    try:
        behind = _ask(settings, most_connections, patience if settings.auto_migrate else 0.0)
    except OperationalError as error:
        log.critical("the database does not answer: %s", type(error.orig).__name__)
        return 1 if settings.auto_migrate else 0  # without migrations, /health tells until it is back
    except TooManyConnections as error:
        log.critical("%s", error)
        return 1
    if behind and not settings.auto_migrate:
        log.warning("migrations are pending and AUTO_MIGRATE is off: /health answers 503 until they have run")
        return 0
    return _migrate(make_app, first_steps) if behind or first_steps else 0


class TooManyConnections(Exception):
    """The pools together could open more connections than the database allows."""


def _ask(settings: Settings, most_connections: int, patience: float) -> bool:
    """Whether migrations are pending. Waits for a database that is still starting."""
    options = {"timeout": 5} if settings.sqlite else {"connect_timeout": 5}
    engine = create_engine(settings.database_url, poolclass=NullPool, connect_args=options)
    end = time.monotonic() + patience
    while True:
        try:
            with engine.connect() as connection:
                _check_budget(connection, most_connections, settings)
                return migrate.pending(connection)
        except OperationalError:
            if time.monotonic() >= end:
                raise
            log.warning("waiting for the database")
            time.sleep(RETRY_SECONDS)


def _check_budget(connection: Connection, most_connections: int, settings: Settings) -> None:
    if connection.dialect.name == "sqlite":
        return
    allowed = int(connection.execute(text("SELECT @@max_connections")).scalar_one())
    embedded = 2 * (settings.ocr_concurrency + 3) if settings.embedded_worker else 0  # lanes and their parent
    needed = most_connections + embedded + SPARE_CONNECTIONS
    log.info("database connections: at most %d of %d", needed, allowed)
    if needed > allowed - RESERVE_CONNECTIONS:
        raise TooManyConnections(
            f"up to {needed} database connections are possible, but max_connections is {allowed} and "
            f"{RESERVE_CONNECTIONS} stay in reserve: lower GUNICORN_WORKERS, GUNICORN_THREADS or DB_POOL_SIZE, "
            "or raise max_connections"
        )


def _migrate(make_app: Callable[[], Flask], first_steps: Callable[[Flask], None] | None) -> int:
    app = make_app()
    try:
        with app.app_context():
            migrate.upgrade_guarded()
            if first_steps is not None:
                first_steps(app)
    except (SQLAlchemyError, migrate.StillMigrating) as error:
        log.critical("the database could not be migrated", exc_info=error)
        return 1
    return 0
