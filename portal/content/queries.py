"""Questions to the messages people left."""

from __future__ import annotations

from sqlalchemy import select

from portal.content.models import ContactMessage
from portal.core.errors import NotFound
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch


def messages(after: str | None, limit: int) -> Page[AnyRow]:
    """Messages, newest first."""
    query = select(
        ContactMessage.id,
        ContactMessage.name,
        ContactMessage.email,
        ContactMessage.company,
        ContactMessage.words,
        ContactMessage.sent_at,
        ContactMessage.answered_at,
        ContactMessage.answered_by,
    )
    return fetch(query, Sort(ContactMessage.id, ContactMessage.id, descending=True), after, limit)


def lock_message(message_id: int) -> ContactMessage:
    """One message, locked and written. Raises NotFound."""
    query = select(ContactMessage).where(ContactMessage.id == message_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"message {message_id}")
    found.version += 1
    return found
