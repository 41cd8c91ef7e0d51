"""Telling people: rows written with the deed, sent by a job once the deed is committed.

``tell("invoice_issued", to_user=7, data={…}, notice="Invoice INV-2026-000418 is ready", url="/invoices/…")`` makes a mail
from ``templates/mail/invoice_issued.txt`` (and ``.html`` if there is one) and a notice in the portal. What is rolled
back is never sent; what is sent again after a crash is the same mail with the same Message-ID.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import ScalarSelect, func, select, update

from portal.core import clock
from portal.core.money import Money
from portal.platform import jobs, mail
from portal.platform.db import Base, changed_rows, db
from portal.platform.jobs.types import JsonDict
from portal.platform.models import Job, Mail, Notice

KIND = "outbox.send"
#: Long enough for a mail server that is away for more than an hour.
_ATTEMPTS = 12
#: How many mails back a check looks for those that no job sends.
_LOOKED_AT = 50_000
#: Makes the papers that go with a mail from its data, when it is sent.
Attach = Callable[[dict[str, Any]], tuple[mail.Attachment, ...]]
_ATTACHED: dict[str, Attach] = {}
_mails_are_sent: ContextVar[bool] = ContextVar("mails_are_sent", default=True)


@dataclass(frozen=True, slots=True)
class NoticeInfo:
    """A line for one person."""

    id: int
    event: str
    words: str
    url: str | None
    created_at: datetime
    read: bool


@contextmanager
def without_mail() -> Iterator[None]:
    """Inside, notices are written and mails are not: for a past that is made up today (``flask demo load``)."""
    token = _mails_are_sent.set(False)
    try:
        yield
    finally:
        _mails_are_sent.reset(token)


def tell(
    event: str,
    *,
    to_user: int | None = None,
    to_email: str | None = None,
    data: dict[str, Any],
    notice: str | None = None,
    url: str | None = None,
    customer_id: int | None = None,
) -> None:
    """Write down, in the current transaction, that somebody is to be told.

    to_user: the mail goes to the address the person has when it is sent. to_email: to this address; notices need a
    user. data: what the template needs; plain values, Money, days and moments.
    customer_id: whose mail it is, so that one customer's thousand mails do not stand before another's one.
    Raises LookupError when there is no template, ValueError when there is nobody to tell.
    """
    if to_user is None and to_email is None:
        raise ValueError("nobody to tell")
    mail.demand_template(event)
    if notice is not None and to_user is not None:
        note(to_user, event, notice, url)
    if not _mails_are_sent.get():
        return
    row = Mail(
        uid=uuid.uuid4().hex,
        event=event,
        to_user=to_user,
        to_email=mail.checked_address(to_email) if to_email is not None else None,
        data={name: _stored(value) for name, value in data.items()},
        state="waiting",
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    jobs.enqueue(KIND, {"outbox_id": row.id}, customer_id=customer_id)


def attach(event: str, make: Attach) -> None:
    """Mails of an event carry papers, made from the mail's data by the worker that sends it."""
    _ATTACHED[event] = make


def note(user_id: int, event: str, words: str, url: str | None = None) -> None:
    """A notice in the portal alone. Raises ValueError for an address outside it."""
    if url is not None and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"not an address of ours: {url!r}")
    db.session.add(Notice(user_id=user_id, event=event, words=words[:300], url=url, created_at=clock.now()))


def notices(user_id: int, *, before: int | None = None, limit: int = 30) -> list[NoticeInfo]:
    """A person's notices, newest first; before: only ids below this one."""
    wanted = select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Notice.id < before)
    return [
        NoticeInfo(row.id, row.event, row.words, row.url, row.created_at, row.read_at is not None)
        for row in db.session.scalars(wanted)
    ]


def unread_of(user_id: Any) -> ScalarSelect[int]:
    """How many notices a person has not read, as a subquery; user_id may be a column."""
    return select(func.count(Notice.id)).where(Notice.user_id == user_id, Notice.read_at.is_(None)).scalar_subquery()


def unread(user_id: int) -> int:
    """How many notices a person has not read."""
    return db.session.scalar(select(unread_of(user_id))) or 0


def mark_read(user_id: int, *, notice_id: int | None = None) -> int:
    """A person has read one notice, or all of theirs. How many were new."""
    wanted = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    if notice_id is not None:
        wanted = wanted.where(Notice.id == notice_id)
    return changed_rows(wanted.values(read_at=clock.now()))


def stranded(limit: int = 20) -> list[tuple[int, str]]:
    """(id, event) of mails that wait although no job is going to send them; of the newest mails."""
    newest = db.session.scalar(select(func.max(Mail.id))) or 0
    waiting = (
        select(Mail.id, Mail.event).where(Mail.state == "waiting", Mail.id > newest - _LOOKED_AT).order_by(Mail.id)
    )
    rows = [(mail_id, event) for mail_id, event in db.session.execute(waiting)]
    if not rows:
        return []
    jobs_of = select(Job.payload).where(
        Job.queue == "notifications", Job.state.in_(("queued", "running")), Job.kind == KIND
    )
    sending = {payload.get("outbox_id") for payload in db.session.scalars(jobs_of)}
    return [row for row in rows if row[0] not in sending][:limit]


# -- sending, in the worker ------------------------------------------------------------------------------------------


def _send(payload: JsonDict) -> None:
    row = db.session.get(Mail, payload["outbox_id"])
    if row is None or row.state == "sent":
        return
    data = {name: _restored(value) for name, value in row.data.items()}
    letter = mail.Letter(
        uid=row.uid,
        event=row.event,
        to=_address_of(row),
        data=data,
        written_at=row.created_at,
        attached=_ATTACHED[row.event](data) if row.event in _ATTACHED else (),
    )
    db.session.rollback()  # no transaction stays open while a mail server thinks
    mail.send(mail.render(current_app, letter))


def _address_of(row: Mail) -> mail.Recipient:
    if row.to_email is not None:
        return mail.Recipient(row.to_email)
    user = Base.metadata.tables["user"].c  # people belong to a feature above; only their address is needed
    found = db.session.execute(select(user.email, user.name).where(user.id == row.to_user)).one_or_none()
    if found is None:
        raise jobs.GiveUp("the person to tell does not exist any more")
    return mail.Recipient(found.email, found.name)


def _sent(payload: JsonDict, _result: None) -> None:
    _close(payload, state="sent", sent_at=clock.now(), error=None)


def _given_up(payload: JsonDict, reason: str) -> None:
    _close(payload, state="failed", error=reason[:500])


def _close(payload: JsonDict, **values: object) -> None:
    mine = update(Mail).where(Mail.id == payload["outbox_id"], Mail.state != "sent")
    changed_rows(mine.values(version=Mail.version + 1, **values))


def _stored(value: object) -> object:
    """JSON that gives the value back."""
    if isinstance(value, Money):
        return {"$money": [value.cents, value.currency]}
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, dict):
        return {str(name): _stored(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_stored(each) for each in value]
    return value


def _restored(value: object) -> object:
    if isinstance(value, list):
        return [_restored(each) for each in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$money": [int(cents), str(currency)]}:
            return Money(cents, currency)
        case {"$moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"$day": str(text)}:
            return date.fromisoformat(text)
    return {name: _restored(each) for name, each in value.items()}


def register() -> None:
    """The job that sends."""
    jobs.register(
        KIND, queue="notifications", work=_send, effect=_sent, failed=_given_up, attempts=_ATTEMPTS, limit_s=120,
        words="Send a mail",
    )  # fmt: skip
