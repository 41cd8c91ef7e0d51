"""What staff write on public pages, each version kept; what strangers and customers write to us."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger


class ContactMessage(Base):
    """A message from the contact page; it waits until somebody of ours has dealt with it."""

    __tablename__ = "contact_message"
    __table_args__ = (
        Index("ix_contact_message_waiting", "answered_at", "id"),
        Index("ix_contact_message_closed", "closed_at", "id"),
        Index("ix_contact_message_assigned", "assigned_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    company: Mapped[str] = mapped_column(String(160), default="")
    words: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[str | None] = mapped_column(String(120))
    assigned_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    assigned_to: Mapped[str | None] = mapped_column(String(120))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)


class ContactAnswer(Base):
    """What one of us wrote back; the mail goes through the outbox."""

    __tablename__ = "contact_answer"
    __table_args__ = (Index("ix_contact_answer_message_id", "message_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("contact_message.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(Text)


class ContentPiece(Base):
    """A piece as it is shown now: the newest of its versions, and the row that whoever writes it locks."""

    __tablename__ = "content_piece"

    piece: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(String(120))


class ContentVersion(Base):
    """What a piece said from one moment on. Never changed: restoring an old version writes a new one."""

    __tablename__ = "content_version"
    __table_args__ = (UniqueConstraint("piece", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(200), default="")


TRIGGERS = (
    Trigger("content_version", "UPDATE", "what a page said is never changed"),
    Trigger("content_version", "DELETE", "what a page said is never removed"),
)
