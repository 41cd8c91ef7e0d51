"""Messages from the contact page: kept, given to somebody, answered by mail, closed."""

from __future__ import annotations

from sqlalchemy import ScalarSelect

from portal.accounts import service as accounts
from portal.content import queries
from portal.content.models import ContactAnswer, ContactMessage
from portal.content.service import facts
from portal.content.types import AnswerInfo, MessageInfo, MessageState
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.identity import Identity
from portal.platform import audit, idempotency, outbox
from portal.platform.db import db
from portal.platform.paging import Page

#: whose work it is
ANSWER = ("clerk", "manager", "administrator")


def leave_message(name: str, email: str, company_name: str, words: str) -> int:
    """Keep a message and tell our office by mail, our clerks and managers by a notice. Flushes. Returns its id."""
    message = ContactMessage(name=name, email=email, company=company_name, words=words, sent_at=clock.now())
    db.session.add(message)
    db.session.flush()
    data = {"name": name, "email": email, "company_name": company_name, "words": words}
    if office := facts.company().email:
        outbox.tell("contact_message", to_email=office, data=data)
    for person in accounts.staff_with("clerk", "manager"):
        outbox.note(person.id, "contact_message", f"{name} wrote to us", f"/staff/messages/{message.id}")
    return message.id


def messages_page(
    after: str | None = None,
    limit: int = 30,
    *,
    state: MessageState | None = None,
    assigned_id: int | None = None,
    oldest_first: bool = False,
) -> Page[MessageInfo]:
    """Messages, a page at a time: all, in one state, or looked after by one person."""
    found = queries.messages(state, assigned_id, after, limit, oldest_first=oldest_first)
    return found.map(lambda row: MessageInfo(**row._mapping))


def message(message_id: int) -> MessageInfo:
    """One message. Raises NotFound."""
    row = queries.message(message_id)
    return MessageInfo(
        row.id, row.name, row.email, row.company, row.words, row.sent_at, row.answered_at, row.answered_by,
        row.assigned_id, row.assigned_to, row.closed_at, row.closed_by,
    )  # fmt: skip


def answers_to(message_id: int) -> list[AnswerInfo]:
    """What we wrote back, the oldest first."""
    return [AnswerInfo(row.by_name, row.at, row.words) for row in queries.answers_to(message_id)]


def waiting_messages() -> ScalarSelect[int]:
    """How many messages wait for us, as a subquery for the number beside the place in the menu."""
    return queries.waiting_messages()


def mark_answered(message_id: int, *, by: str) -> None:
    """Somebody dealt with a message; the first who says so stays. Flushes. Raises NotFound."""
    row = queries.lock_message(message_id)
    if row.answered_at is not None:
        return
    row.answered_at, row.answered_by = clock.now(), by
    db.session.flush()
    audit.record("message.answered", f"message:{message_id}")


def assign_message(message_id: int, user_id: int | None, *, by: Identity) -> None:
    """Give a message to one of our people, who gets a notice; None for nobody. Flushes.

    Raises NotFound, and BadInput for somebody who does not answer messages.
    """
    row = queries.lock_message(message_id)
    found = next((each for each in accounts.staff_with(*ANSWER) if each.id == user_id), None)
    if user_id is not None and found is None:
        raise BadInput("Choose one of our clerks, managers or administrators.", field="to")
    before = row.assigned_to
    row.assigned_id, row.assigned_to = user_id, found.name if found else None
    db.session.flush()
    audit.record("message.assigned", f"message:{message_id}", before={"to": before}, after={"to": row.assigned_to})
    if found is not None and found.id != by.user_id:
        words = f"{by.name} gave you a message of {row.name}"
        outbox.note(found.id, "message_assigned", words, f"/staff/messages/{message_id}")


def answer_message(message_id: int, words: str, *, by: Identity, key: str) -> None:
    """Answer by mail; the message counts as answered. Flushes. The same key sends no second mail.

    Raises NotFound, and Conflict when the message is closed.
    """
    scope = f"content.answer:{message_id}"
    if idempotency.answer_to(key, scope) is not None:
        return
    row = queries.lock_message(message_id)
    if row.closed_at is not None:
        raise Conflict("This message is closed. Open it again first.")
    db.session.add(ContactAnswer(message_id=message_id, by_name=by.name, at=clock.now(), words=words))
    if row.answered_at is None:
        row.answered_at, row.answered_by = clock.now(), by.name
    if row.assigned_id is None:
        row.assigned_id, row.assigned_to = by.user_id, by.name
    db.session.flush()
    data = {"name": row.name, "words": words, "asked": row.words, "by": by.name}
    outbox.tell("contact_answer", to_email=row.email, data=data)
    audit.record("message.answered", f"message:{message_id}", after={"words": words[:500]})
    idempotency.remember(key, scope, {})


def close_message(message_id: int, *, closed: bool, by: Identity) -> None:
    """Nothing more is to be done about a message, or there is again. Flushes. Raises NotFound."""
    row = queries.lock_message(message_id)
    if (row.closed_at is not None) == closed:
        return
    row.closed_at, row.closed_by = (clock.now(), by.name) if closed else (None, None)
    db.session.flush()
    audit.record("message.closed" if closed else "message.opened", f"message:{message_id}")
