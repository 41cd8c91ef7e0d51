"""The audit log: who did what to what. Written in the transaction of the deed, kept by triggers, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import select

from portal.core import clock
from portal.platform.db import db
from portal.platform.http.identity import identity_or_none, program_or_none
from portal.platform.models import AuditEvent

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
