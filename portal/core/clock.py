"""What time it is, in UTC, and which day it is in South Africa.

Services ask here, so that the demo and tests can live on another day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

#: South Africa has had one zone without daylight saving since 1944.
SAST = timezone(timedelta(hours=2), "SAST")
_pinned: ContextVar[datetime | None] = ContextVar("pinned", default=None)


def now() -> datetime:
    """The moment, with zone UTC."""
    return _pinned.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in South Africa."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The South-African calendar day of a moment."""
    return moment.astimezone(SAST).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at this moment (a zone is required)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    token = _pinned.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pinned.reset(token)
