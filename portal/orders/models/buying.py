"""How a company buys: whose word a large order needs, where goods go, its PO numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.orders.types import LONGEST_REASON
from portal.orders.types.buying import LONGEST_LABEL, LONGEST_PATTERN
from portal.platform.db import Base, Moment


class Approval(Base):
    """An order above its buyer's limit, and what an approver of the same company said. Amounts are cents."""

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_customer", "customer_id", "id"),
        Index("ix_approval_customer_state", "customer_id", "state", "id"),
        Index("ix_approval_state_asked", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    limit_cents: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_by: Mapped[str] = mapped_column(String(160), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    version: Mapped[int] = mapped_column(default=1)


class BuyingRules(Base):
    """What a company wants of the PO numbers on its orders; no row is no rule."""

    __tablename__ = "buying_rules"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    po_needed: Mapped[bool]
    po_once: Mapped[bool]
    po_pattern: Mapped[str] = mapped_column(String(LONGEST_PATTERN))
    version: Mapped[int] = mapped_column(default=1)


class DeliveryAddress(Base):
    """A place of a company that goods are brought to."""

    __tablename__ = "delivery_address"
    __table_args__ = (UniqueConstraint("customer_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))
    lines: Mapped[list[str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
