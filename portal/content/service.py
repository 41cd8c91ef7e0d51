"""What we say about ourselves, and messages that people leave for us."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.content import queries
from portal.content.models import ContactMessage
from portal.content.types import MessageInfo
from portal.core import clock
from portal.core.company import Company
from portal.platform import audit, config, outbox
from portal.platform.db import db
from portal.platform.paging import Page


def company() -> Company:
    """Who we are, as configured (COMPANY_NAME and its neighbours)."""
    return config.current().company


def leave_message(name: str, email: str, company_name: str, words: str) -> int:
    """Keep a message and tell our office by mail, our clerks and managers by a notice. Flushes. Returns its id."""
    message = ContactMessage(name=name, email=email, company=company_name, words=words, sent_at=clock.now())
    db.session.add(message)
    db.session.flush()
    data = {"name": name, "email": email, "company_name": company_name, "words": words}
    outbox.tell("contact_message", to_email=company().email, data=data)
    for person in accounts.staff_with("clerk", "manager"):
        outbox.note(person.id, "contact_message", f"{name} wrote to us", "/staff/messages")
    return message.id


def messages_page(after: str | None = None, limit: int = 30) -> Page[MessageInfo]:
    """Messages, newest first, a page at a time."""
    return queries.messages(after, limit).map(
        lambda row: MessageInfo(
            row.id, row.name, row.email, row.company, row.words, row.sent_at, row.answered_at, row.answered_by
        )
    )


def mark_answered(message_id: int, *, by: str) -> None:
    """Somebody dealt with a message; the first who says so stays. Flushes. Raises NotFound."""
    message = queries.lock_message(message_id)
    if message.answered_at is not None:
        return
    message.answered_at, message.answered_by = clock.now(), by
    db.session.flush()
    audit.record("message.answered", f"message:{message_id}")
