"""The database: one engine, one session a request or job, and the ways a transaction is begun and retried.

Rules: reliability.md 1 (E1–E7) and 4, stack.md 0.1. On MariaDB every transaction is READ COMMITTED; on SQLite a
transaction that may write begins IMMEDIATE, one that only reads begins plainly.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, TypeDecorator, event, text
from sqlalchemy.engine import Connection, CursorResult, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.dml import UpdateBase

from portal.platform.config import Settings

T = TypeVar("T")

#: deadlock, lock wait timeout, record changed since last read (Galera and snapshot isolation)
RETRYABLE = {1213, 1205, 1020}
_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


class Base(DeclarativeBase):
    """All tables. Constraints are named, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC with microseconds; comes back with its zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "mysql":
            from sqlalchemy.dialects.mysql import DATETIME  # only where MySQL is used

            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def engine_options(settings: Settings) -> dict[str, Any]:
    """What SQLAlchemy needs for the configured database."""
    pool = {
        "pool_size": settings.db_pool_size,
        "max_overflow": settings.db_max_overflow,
        "pool_timeout": settings.db_pool_timeout,
    }
    if settings.sqlite:
        return {**pool, "connect_args": {"timeout": 30}}
    return {
        **pool,
        "pool_recycle": settings.db_pool_recycle,
        "pool_pre_ping": True,
        "pool_reset_on_return": "rollback",
        "isolation_level": "READ COMMITTED",
        "connect_args": {
            "connect_timeout": 10,
            "init_command": "SET time_zone = '+00:00', innodb_lock_wait_timeout = 5",
        },
    }


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the database to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    app.config["SQLALCHEMY_ECHO"] = settings.sql_echo
    if settings.sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        if settings.sqlite:
            _prepare_sqlite(db.engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin ourselves
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # IMMEDIATE takes the write lock before the first read, so no update is lost (stack.md 0.1)
        connection.exec_driver_sql("BEGIN" if _read_only.get() else "BEGIN IMMEDIATE")


@contextmanager
def reading() -> Iterator[None]:
    """Inside, a new SQLite transaction takes no write lock. Nothing may be written in it."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def set_reading(flag: bool) -> None:
    """For the rest of this request: its transactions only read (GET) or may write."""
    _read_only.set(flag)


def is_retryable(error: DBAPIError) -> bool:
    """Whether the whole transaction may be tried again: it was the loser of a lock conflict."""
    args: tuple[object, ...] = getattr(error.orig, "args", ())
    return bool(args) and args[0] in RETRYABLE


def transaction(work: Callable[[], T], *, attempts: int = 4) -> T:
    """Run work in one transaction of its own and commit; run all of it again after a lost lock conflict.

    work must be safe to repeat: it reads what it needs afresh each time. Raises what work raises.
    Source: reliability.md 4 (retry 1213, 1205, 1020 around the whole transaction, with jitter).
    """
    for attempt in range(1, attempts + 1):
        token = _read_only.set(False)
        try:
            done = work()
            db.session.commit()
            return done
        except DBAPIError as error:
            db.session.rollback()
            if attempt == attempts or not is_retryable(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311 - jitter, not a secret
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _read_only.reset(token)
    raise AssertionError("unreachable")


def changed_rows(statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE and say how many rows it met; objects already loaded are not touched."""
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], done).rowcount


def end_transaction() -> None:
    """Give the connection back and forget what was read: the next question sees the database as it is then."""
    db.session.rollback()


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule the database itself keeps: rows of a table never change or never go away.

    columns: for UPDATE, the columns that may not change (None: no column may); ignored for DELETE.
    except_when: (column, value); rows whose old value of that column is this one are free.
    """

    table: str
    when: str  # "UPDATE" or "DELETE"
    words: str
    columns: tuple[str, ...] | None = None
    except_when: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The trigger's name in the database."""
        return f"tr_{self.table}_{self.when.lower()}"

    def ddl(self, dialect: str) -> str:
        """CREATE TRIGGER for ``sqlite`` or ``mysql``."""
        changed = [self._changed(column, dialect) for column in self.columns or ()]
        tests = [f"({' OR '.join(changed)})"] if changed and self.when == "UPDATE" else []
        if self.except_when:
            tests.append(
                f"NOT (OLD.{self.except_when[0]} <=> '{self.except_when[1]}')"
                if dialect == "mysql"
                else f"OLD.{self.except_when[0]} IS NOT '{self.except_when[1]}'"
            )
        words = self.words.replace("'", "''")
        head = f"CREATE TRIGGER {self.name} BEFORE {self.when} ON `{self.table}` FOR EACH ROW"
        test = " AND ".join(tests)
        if dialect == "mysql":
            signal = f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{words}'"
            return f"{head} IF {test} THEN {signal}; END IF" if test else f"{head} {signal}"
        guard = f" WHEN {test}" if test else ""
        return f"{head}{guard} BEGIN SELECT RAISE(ABORT, '{words}'); END"

    @staticmethod
    def _changed(column: str, dialect: str) -> str:
        if dialect == "mysql":
            return f"NOT (OLD.`{column}` <=> NEW.`{column}`)"
        return f"OLD.`{column}` IS NOT NEW.`{column}`"


def create_triggers(connection: Connection, triggers: Iterable[Trigger]) -> None:
    """Put the rules into the database."""
    for trigger in triggers:
        connection.exec_driver_sql(trigger.ddl(connection.dialect.name))


def declared_triggers() -> set[str]:
    """The names of the triggers that the models in use ask for."""
    modules = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    found: set[str] = set()
    for name in modules:
        triggers: tuple[Trigger, ...] = getattr(sys.modules[name], "TRIGGERS", ())
        found.update(trigger.name for trigger in triggers)
    return found


def database_triggers() -> set[str] | None:
    """The names of the triggers that the database has; None where our user may not see them."""
    if db.engine.dialect.name == "sqlite":
        return set(db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    question = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    if found := set(db.session.scalars(text(question))):
        return found
    grants = " ".join(db.session.scalars(text("SHOW GRANTS FOR CURRENT_USER")))
    return set() if "ALL PRIVILEGES" in grants or "TRIGGER" in grants else None
