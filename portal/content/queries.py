"""Questions to what staff wrote and to the messages people left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, select

from portal.content.models import ContactAnswer, ContactMessage, ContentPiece, ContentVersion
from portal.content.types import MessageState
from portal.core.errors import NotFound
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, capped, fetch


def messages(
    state: MessageState | None, assigned_id: int | None, after: str | None, limit: int, *, oldest_first: bool = False
) -> Page[AnyRow]:
    """Messages by age: in one state, or looked after by one person."""
    query = select(
        ContactMessage.id,
        ContactMessage.name,
        ContactMessage.email,
        ContactMessage.company,
        ContactMessage.words,
        ContactMessage.sent_at,
        ContactMessage.answered_at,
        ContactMessage.answered_by,
        ContactMessage.assigned_id,
        ContactMessage.assigned_to,
        ContactMessage.closed_at,
        ContactMessage.closed_by,
    )
    if state is MessageState.CLOSED:
        query = query.where(ContactMessage.closed_at.is_not(None))
    elif state is not None:
        answered = ContactMessage.answered_at
        told = answered.is_(None) if state is MessageState.OPEN else answered.is_not(None)
        query = query.where(told, ContactMessage.closed_at.is_(None))
    if assigned_id is not None:
        query = query.where(ContactMessage.assigned_id == assigned_id)
    return fetch(query, Sort(ContactMessage.id, ContactMessage.id, descending=not oldest_first), after, limit)


def lock_message(message_id: int) -> ContactMessage:
    """One message, locked and written. Raises NotFound."""
    query = select(ContactMessage).where(ContactMessage.id == message_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"message {message_id}")
    found.version += 1
    return found


def message(message_id: int) -> ContactMessage:
    """One message. Raises NotFound."""
    found = db.session.get(ContactMessage, message_id)
    if found is None:
        raise NotFound(f"message {message_id}")
    return found


def answers_to(message_id: int) -> Sequence[ContactAnswer]:
    """What we wrote back, the oldest first."""
    query = select(ContactAnswer).where(ContactAnswer.message_id == message_id).order_by(ContactAnswer.id).limit(200)
    return db.session.scalars(query).all()


def waiting_messages() -> ScalarSelect[int]:
    """How many messages nobody has answered, as a subquery."""
    waiting = (ContactMessage.answered_at.is_(None), ContactMessage.closed_at.is_(None))
    return capped(select(ContactMessage.id).where(*waiting))


def pieces(keys: Iterable[str] | None = None) -> Sequence[ContentPiece]:
    """Pieces that were ever written, as they are shown."""
    query = select(ContentPiece)
    if keys is not None:
        query = query.where(ContentPiece.piece.in_(tuple(keys)))
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def body_of(key: str) -> ScalarSelect[dict[str, Any]]:
    """What a piece says now, as a subquery; NULL while nobody has written it."""
    return select(ContentPiece.body).where(ContentPiece.piece == key).scalar_subquery()


def lock_piece(key: str) -> ContentPiece | None:
    """A piece's row, locked and fresh; None while nobody has written it."""
    query = select(ContentPiece).where(ContentPiece.piece == key).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def versions(key: str, limit: int) -> Sequence[ContentVersion]:
    """What a piece said, the newest first."""
    query = select(ContentVersion).where(ContentVersion.piece == key).order_by(ContentVersion.number.desc())
    return db.session.scalars(query.limit(limit)).all()


def version(key: str, number: int) -> ContentVersion:
    """One version of a piece. Raises NotFound."""
    query = select(ContentVersion).where(ContentVersion.piece == key, ContentVersion.number == number)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(f"version {number} of {key}")
    return found
