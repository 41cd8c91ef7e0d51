"""Tables of webhooks. customer_id is a plain number: the platform knows no feature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment
from portal.platform.models import Long


class WebhookAddress(Base):
    """Where a customer wants events. Secrets are encrypted with our own key; the earlier one signs until earlier_until."""

    __tablename__ = "webhook_address"
    __table_args__ = (Index("ix_webhook_address_customer", "customer_id", "removed_at", "off_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int]
    url: Mapped[str] = mapped_column(String(500))
    words: Mapped[str] = mapped_column(String(80))
    #: groups of events; none for all of them
    kinds: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(String(300))
    earlier_secret: Mapped[str] = mapped_column(String(300), default="")
    earlier_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None]
    #: of the first of all failed attempts since the last good one
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    off_at: Mapped[datetime | None] = mapped_column(Moment)
    off_reason: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class WebhookEvent(Base):
    """Something that happened, with the bytes that are signed and sent. Written with the deed."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    customer_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)


class WebhookDelivery(Base):
    """One event for one address. state: waiting, delivered or failed; status and answer: of the last attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_address", "address_id", "id"),)

    id: Mapped[int] = mapped_column(Long, primary_key=True)
    event_id: Mapped[int] = mapped_column(Long, ForeignKey("webhook_event.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("webhook_address.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(2000), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    tried_at: Mapped[datetime | None] = mapped_column(Moment)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
