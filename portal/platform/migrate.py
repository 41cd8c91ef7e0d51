"""Bring the database to this version's schema, once, however many containers start at the same moment.

Whoever takes the lease row migrates; the others wait until the schema is there. The lease runs out by the database's
own clock, so a container that dies while it migrates is followed by another one. No GET_LOCK: it means nothing on a
cluster. Source: requirements.md P28; design.md 9 and 10.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import BigInteger, Column, ColumnElement, Engine, Integer, MetaData, String, Table, func, insert, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import CreateTable

from portal.platform.config import ROOT
from portal.platform.db import db

MIGRATIONS = ROOT / "migrations"
LEASE_SECONDS = 30
BEAT_SECONDS = 10.0
LOOK_SECONDS = 0.25
WAIT_SECONDS = 600.0
log = logging.getLogger("portal.migrate")

#: Not part of the schema that migrations make: it is there before the first of them.
_lease = Table(
    "migration_lease",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("owner", String(120)),
    Column("ends", BigInteger, nullable=False),
)


class StillMigrating(Exception):
    """Somebody else held the lease for longer than any migration should take."""


@lru_cache(maxsize=4)
def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder))


def pending(connection: Connection, folder: Path = MIGRATIONS) -> bool:
    """Whether migrations of this version are missing. A newer database, as during a rolling update, lacks none."""
    applied = MigrationContext.configure(connection).get_current_heads()
    scripts = _scripts(folder)
    try:
        known = {script.revision for script in scripts.iterate_revisions(applied, "base")} if applied else set()
    except CommandError:  # a revision this version does not know: the database is ahead of us
        return False
    return not set(scripts.get_heads()) <= known


def upgrade_guarded(wait_seconds: float = WAIT_SECONDS) -> bool:
    """Migrate the current application's database unless it is up to date; whether this process did it.

    Waits while another process migrates. Raises StillMigrating, or what the migration raises.
    """
    owner = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    end = time.monotonic() + wait_seconds
    engine = db.engine
    _prepare(engine)
    while _is_pending(engine):
        if not _claim(engine, owner):
            if time.monotonic() > end:
                raise StillMigrating(f"the schema was not ready after {wait_seconds:.0f} s")
            time.sleep(LOOK_SECONDS)
            continue
        with _held(engine, owner):
            if _is_pending(engine):
                _upgrade()
                return True
    log.info("the database schema is up to date")
    return False


def _upgrade() -> None:
    started = time.monotonic()
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    log.info("the database schema was migrated in %.1f s", time.monotonic() - started)


def _is_pending(engine: Engine) -> bool:
    with engine.connect() as connection:
        return pending(connection)


def _prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(CreateTable(_lease, if_not_exists=True))
    try:
        with engine.begin() as connection:
            connection.execute(insert(_lease).values(id=1, owner=None, ends=0))
    except IntegrityError:
        return  # it is there already


def _clock(engine: Engine) -> ColumnElement[int]:
    """Whole seconds by the database's clock."""
    if engine.dialect.name == "sqlite":
        return func.strftime("%s", "now").cast(Integer)
    return func.unix_timestamp()


def _claim(engine: Engine, owner: str) -> bool:
    """Take the lease if nobody holds it, or keep it."""
    now = _clock(engine)
    free = (_lease.c.owner.is_(None)) | (_lease.c.ends < now) | (_lease.c.owner == owner)
    wanted = update(_lease).where(_lease.c.id == 1, free).values(owner=owner, ends=now + LEASE_SECONDS)
    try:
        with engine.begin() as connection:
            return connection.execute(wanted).rowcount == 1
    except DBAPIError:  # a lock conflict: somebody else was faster, or a migration holds SQLite's only write lock
        return False


@contextmanager
def _held(engine: Engine, owner: str) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            _claim(engine, owner)

    heart = threading.Thread(target=beat, name="migration-lease", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()
        with engine.begin() as connection:
            connection.execute(update(_lease).where(_lease.c.owner == owner).values(owner=None, ends=0))
