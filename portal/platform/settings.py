"""What staff set while the portal runs: kept in the database, effective for every transaction that begins after it.

What a server is started with stands in config.py; here stands what people change in pages, with an audit line each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.errors import Conflict
from portal.platform import audit
from portal.platform.db import db
from portal.platform.models import Setting

T = TypeVar("T", bool, int)


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A setting as it stands. version goes into the form that changes it; 0 while nobody has changed it."""

    value: T
    version: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Switch(Generic[T]):
    """One setting: its name and what holds until somebody sets it."""

    name: str
    default: T

    def known(self) -> Known[T]:
        """The value with its version, for the page that shows it."""
        row = db.session.scalar(
            select(Setting).where(Setting.name == self.name).execution_options(populate_existing=True)
        )
        return Known(self.default, 0, None) if row is None else Known(self._typed(row), row.version, row.changed_at)

    def now(self) -> T:
        """The value, kept from being changed until this transaction ends: who changes it waits for us, or we for them."""
        row = db.session.scalar(
            select(Setting)
            .where(Setting.name == self.name)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        return self.default if row is None else self._typed(row)

    def change(self, value: T, *, seen_version: int) -> None:
        """Set it. Flushes; writes an audit line. Raises Conflict when it was changed after the page was shown."""
        row = db.session.scalar(
            select(Setting).where(Setting.name == self.name).with_for_update().execution_options(populate_existing=True)
        )
        if (row.version if row is not None else 0) != seen_version:
            raise Conflict("This setting was changed in the meantime. Look at it again.")
        before = self.default if row is None else self._typed(row)
        if row is None:
            db.session.add(Setting(name=self.name, value=value, changed_at=clock.now(), version=1))
        else:
            row.value, row.changed_at, row.version = value, clock.now(), row.version + 1
        try:
            db.session.flush()
        except IntegrityError as error:
            db.session.rollback()
            raise Conflict("This setting was changed in the meantime. Look at it again.") from error
        audit.record("setting.changed", self.name, before={"value": before}, after={"value": value})

    def _typed(self, row: Setting) -> T:
        """What is stored, when it has the right type; somebody's hand in the table falls back to the default."""
        return row.value if type(row.value) is type(self.default) else self.default
