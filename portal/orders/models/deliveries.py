"""What left the warehouse: delivery notes, their lines, and who received the goods."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.orders.types.deliveries import LONGEST_NOTE, LONGEST_RECEIVER
from portal.platform.db import Base, Moment, Trigger


class Delivery(Base):
    """One delivery note: what left for an order at one moment; later, who received it. evidence: a picture of ours."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_order", "order_id", "id"),
        Index("ix_delivery_customer", "customer_id", "id"),
        Index("ix_delivery_customer_state", "customer_id", "state", "id"),
        Index("ix_delivery_state", "state", "id"),
        Index("ix_delivery_customer_name", "customer_name"),
        Index("ix_delivery_order_number", "order_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))
    order_number: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_name: Mapped[str] = mapped_column(String(200))
    po_number: Mapped[str] = mapped_column(String(40))
    address: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    state: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    sent_by: Mapped[str] = mapped_column(String(160))
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    receiver: Mapped[str] = mapped_column(String(LONGEST_RECEIVER), default="")
    recorded_by: Mapped[str] = mapped_column(String(160), default="")
    evidence_key: Mapped[str | None] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)


class DeliveryLine(Base):
    """How much of one line of the order left with this delivery."""

    __tablename__ = "delivery_line"
    __table_args__ = (
        UniqueConstraint("delivery_id", "order_line_id"),
        Index("ix_delivery_line_order_line", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    quantity: Mapped[int]


TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        "delivery",
        when="UPDATE",
        columns=("number", "order_id", "customer_id", "address", "sent_at", "sent_by"),
        words="a delivery note does not change",
    ),
    Trigger("delivery", when="DELETE", words="a delivery note is never deleted"),
    Trigger("delivery_line", when="UPDATE", words="a line of a delivery note does not change"),
    Trigger("delivery_line", when="DELETE", words="a line of a delivery note is never deleted"),
)
