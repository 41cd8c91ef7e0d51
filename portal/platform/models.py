"""Tables of the platform: jobs and workers, mail that waits, notices, the audit log, keys that must act once.

``customer_id`` of a job and ``actor_id`` of an audit event are plain numbers: the platform knows no feature, and the
log outlives what it speaks of.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger

Long = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column
JsonDict = dict[str, Any]


class Job(Base):
    """Work to be done once. state: queued, running, done or failed; all moments are the database's own.

    turn: the job's place in a fair line (jobs/queue.py); owner: the lane that holds the lease;
    crashes: attempts that ended with the process, not with an error.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_turn", "queue", "state", "turn", "id"),
        Index("ix_job_due", "queue", "state", "run_at"),
        Index("ix_job_customer", "customer_id", "queue", "state", "turn"),
        Index("ix_job_finished", "state", "finished_at"),
    )

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    queue: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[JsonDict] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="queued")
    turn: Mapped[int] = mapped_column(Long, default=0)
    run_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    owner: Mapped[str | None] = mapped_column(String(100))
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=4)
    customer_id: Mapped[int | None]
    dedupe: Mapped[str | None] = mapped_column(String(160), unique=True)
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class JobTally(Base):
    """How many finished jobs of a queue were swept away, so that the total stays true."""

    __tablename__ = "job_tally"

    queue: Mapped[str] = mapped_column(String(16), primary_key=True)
    swept: Mapped[int] = mapped_column(Long, default=0)


class Worker(Base):
    """A running ``flask worker``; it lives while seen_at is fresh."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    pid: Mapped[int]
    lanes: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class Mail(Base):
    """A mail to send. state: waiting, sent or failed; the mail's id and date come from this row alone."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_event", "event", "id"),)

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    event: Mapped[str] = mapped_column(String(60))
    to_user: Mapped[int | None]
    to_email: Mapped[str | None] = mapped_column(String(254))
    data: Mapped[JsonDict] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class Notice(Base):
    """A line for one person inside the portal."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_user", "user_id", "read_at", "id"),)

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    user_id: Mapped[int]
    event: Mapped[str] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)


class AuditEvent(Base):
    """Who did what to what, and how it stood before and after. Never changed, never removed."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
        Index("ix_audit_event_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(254))
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    before: Mapped[JsonDict | None] = mapped_column(JSON)
    after: Mapped[JsonDict | None] = mapped_column(JSON)


class IdempotencyKey(Base):
    """A command that was carried out, with the answer it gave."""

    __tablename__ = "idempotency_key"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    answer: Mapped[JsonDict] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Setting(Base):
    """Something that staff set while the portal runs; a name without a row has its default."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class SavedView(Base):
    """A filter of a list that one of our people gave a name. At most one view of a list is a person's usual one."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "path", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    #: of the list, like /staff/invoices
    path: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    usual: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)


class MadeFile(Base):
    """A file that a job makes for a person. state: waiting, making, done or failed; it can be fetched until expires_at."""

    __tablename__ = "made_file"
    __table_args__ = (Index("ix_made_file_user_id", "user_id", "id"), Index("ix_made_file_expires_at", "expires_at"))

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    form: Mapped[str] = mapped_column(String(4))
    #: the list's address, and who asked with which roles
    asked: Mapped[JsonDict] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    #: rows written so far
    done: Mapped[int] = mapped_column(default=0)
    document: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(Long, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)


TRIGGERS = (
    Trigger("audit_event", "UPDATE", "the audit log is append-only"),
    Trigger("audit_event", "DELETE", "the audit log is append-only"),
)
