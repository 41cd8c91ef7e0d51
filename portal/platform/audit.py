"""The audit log: who did what to what. Written in the transaction of the deed, kept by triggers, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import select

from portal.core import clock
from portal.platform.db import db
from portal.platform.http.identity import identity_or_none, program_or_none
from portal.platform.models import AuditEvent
from portal.platform.paging import AnySelect, Page, Sort, fetch

SYSTEM = "system"


def record(
    action: str, subject: str, *, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
) -> None:
    """Note a deed, like ``record("order.released", "ORD-2026-000017", after={"reason": "…"})``.

    Who, from which address and in which request come from the request; jobs and commands are "system".
    before and after: only what changed; never passwords, tokens or whole documents.
    """
    identity, program = identity_or_none(), program_or_none()
    stranger = f"token {program.name}" if program else "stranger"
    db.session.add(
        AuditEvent(
            at=clock.now(),
            actor_id=identity.user_id if identity else None,
            actor=(identity.email if identity else (stranger if has_request_context() else SYSTEM))[:254],
            address=(request.remote_addr or "")[:45] or None if has_request_context() else None,
            request_id=str(g.get("request_id") or "")[:64] or None,
            action=action,
            subject=subject[:120],
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
        )
    )
    db.session.flush()


def of(subject: str, *, limit: int = 100) -> list[AuditEvent]:
    """What happened to one thing, newest first."""
    return list(
        db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.id.desc()).limit(limit)
        )
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log as its page and its file show it."""

    id: int
    at: datetime
    actor: str
    address: str | None
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None

    def cells(self) -> tuple[str | int | datetime | None, ...]:
        """One row of a file, under HEADS."""
        told = (
            json.dumps(each, ensure_ascii=False) if each is not None else None for each in (self.before, self.after)
        )
        return (self.id, self.at, self.actor, self.address, self.action, self.subject, *told, self.request_id)


HEADS = ("Line", "At", "Who", "Address", "Did", "To", "Before", "After", "Request")
_LINE = (
    AuditEvent.id, AuditEvent.at, AuditEvent.actor, AuditEvent.address, AuditEvent.action, AuditEvent.subject,
    AuditEvent.before, AuditEvent.after, AuditEvent.request_id,
)  # fmt: skip


def page(action: str, subject: str, actor_id: int | None, after: str | None, limit: int) -> Page[Line]:
    """The log, newest first: of one deed, of one thing (its whole name), or of one person; one of them is asked at a time."""
    query: AnySelect = select(*_LINE)
    index = "PRIMARY"
    if action:
        query, index = query.where(AuditEvent.action == action), "ix_audit_event_action"
    elif subject:
        query, index = query.where(AuditEvent.subject == subject), "ix_audit_event_subject"
    elif actor_id is not None:
        query, index = query.where(AuditEvent.actor_id == actor_id), "ix_audit_event_actor"
    query = query.with_hint(AuditEvent, f"FORCE INDEX ({index})", "mysql")
    return fetch(query, Sort(AuditEvent.id, AuditEvent.id, descending=True), after, limit).map(
        lambda row: Line(**row._mapping)
    )
