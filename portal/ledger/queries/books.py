"""The one row that says up to which day the books are closed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.ledger.models import Books, Closing, Journal
from portal.ledger.types import ClosingInfo
from portal.platform.db import db

_ID = 1


def closed_until() -> date | None:
    """The last closed day, kept from changing until this transaction ends; None while all is open."""
    asked = select(Books.id, Books.closed_until).where(Books.id == _ID).with_for_update(read=True)
    row = db.session.execute(asked).one_or_none()
    if row is None:
        _make()
        row = db.session.execute(asked).one()
    closed: date | None = row.closed_until
    return closed


def books() -> Books | None:
    """The row, for pages."""
    return db.session.scalar(select(Books).where(Books.id == _ID).execution_options(populate_existing=True))


def lock_books() -> Books:
    """The row, fresh, held until the transaction ends; every posting that is under way ends first."""
    asked = select(Books).where(Books.id == _ID).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(asked)
    if row is None:
        _make()
        row = db.session.scalars(asked).one()
    row.version += 1
    return row


def _make() -> None:
    """The migration made it; a database that was emptied since has none, and without it there is nothing to lock."""
    with suppress(IntegrityError), db.session.begin_nested():
        db.session.add(Books(id=_ID, asked_reason=""))


def closings(limit: int) -> list[ClosingInfo]:
    """What was closed and opened again, newest first."""
    rows = db.session.scalars(select(Closing).order_by(Closing.id.desc()).limit(limit))
    return [
        ClosingInfo(row.id, row.deed, row.closed_until, row.at, row.by_user_id, row.asked_by_id, row.reason)
        for row in rows
    ]


def first_day() -> date | None:
    """The earliest value date in the books; None while they are empty."""
    return db.session.scalar(select(func.min(Journal.value_date)))
