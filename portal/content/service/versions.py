"""Versions of a piece: appended one after the other, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from portal.content import queries
from portal.content.models import ContentPiece, ContentVersion
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.identity import Identity
from portal.platform import audit
from portal.platform.db import db

_FASTER = "Somebody else changed this in the meantime. Look at it again."


def append(key: str, body: dict[str, Any], *, seen: int, by: Identity | None, note: str = "") -> int:
    """Write the next version; it is shown from now on. Flushes. Returns its number.

    seen: the number of the version the writer had before them, 0 for none; by: None for the portal itself.
    Raises Conflict when that is not the newest one any more.
    """
    row = queries.lock_piece(key)
    newest = 0 if row is None else row.number
    if newest != seen:
        raise Conflict(_FASTER)
    if row is not None and row.body == body:
        return newest
    who, now = by.name if by else audit.SYSTEM, clock.now()
    if row is None:
        row = ContentPiece(piece=key, number=0, body=body, changed_at=now, changed_by=who)
        db.session.add(row)
    row.number, row.body, row.changed_at, row.changed_by = newest + 1, body, now, who
    written = ContentVersion(
        piece=key, number=row.number, body=body, by_id=by.user_id if by else None, by_name=who, at=now, note=note[:200]
    )
    db.session.add(written)
    try:
        db.session.flush()
    except IntegrityError as error:  # both found no row to lock
        db.session.rollback()
        raise Conflict(_FASTER) from error
    audit.record("content.written", f"content:{key}", before={"version": newest}, after={"version": row.number})
    return row.number
