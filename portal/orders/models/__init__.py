"""Carts, orders and their lines; what was delivered, what was offered, and how a company buys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.orders.models.buying import Approval, BuyingRules, DeliveryAddress
from portal.orders.models.deliveries import TRIGGERS as OF_DELIVERIES
from portal.orders.models.deliveries import Delivery, DeliveryLine
from portal.orders.models.lines import PricedLine
from portal.orders.models.quotes import TRIGGERS as OF_QUOTES
from portal.orders.models.quotes import Quote, QuoteLine
from portal.orders.types import LONGEST_PO_NUMBER, LONGEST_REASON
from portal.platform.db import Base, Moment, Trigger

__all__ = [
    "TRIGGERS",
    "Approval",
    "BuyingRules",
    "CartRow",
    "Delivery",
    "DeliveryAddress",
    "DeliveryLine",
    "Order",
    "OrderLine",
    "PricedLine",
    "Quote",
    "QuoteLine",
]


class CartRow(Base):
    """One product in the cart of one person for one customer; prices are always today's."""

    __tablename__ = "cart_line"
    __table_args__ = (
        UniqueConstraint("customer_id", "user_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class Order(Base):
    """One order. Amounts are cents. Names are those of the day it was placed."""

    __tablename__ = "customer_order"
    __table_args__ = (
        Index("ix_customer_order_customer", "customer_id", "id"),
        Index("ix_customer_order_customer_state", "customer_id", "state", "id"),
        Index("ix_customer_order_state", "state", "id"),
        Index("ix_customer_order_po_number", "po_number", "customer_id"),
        Index("ix_customer_order_customer_name", "customer_name"),
        CheckConstraint("net_cents + vat_cents = total_cents", name="sum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    customer_name: Mapped[str] = mapped_column(String(200))
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    placed_by: Mapped[str] = mapped_column(String(160))
    po_number: Mapped[str] = mapped_column(String(LONGEST_PO_NUMBER))
    delivery: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    net_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    total_cents: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), unique=True)
    invoice_number: Mapped[str] = mapped_column(String(20), default="")
    placed_at: Mapped[datetime] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    held_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    released_by: Mapped[str] = mapped_column(String(160), default="")
    release_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    #: what the release or the hold was decided on: policy, sums and limits in cents, the payment
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    quote_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    cancel_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    version: Mapped[int] = mapped_column(default=1)


class OrderLine(PricedLine, Base):
    """One line of an order, at the price and VAT of its day."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "position"), CheckConstraint("quantity > 0", name="quantity"))

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))


#: What was ordered, by whom and at which price does not change; what becomes of the order does.
TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        "customer_order",
        when="UPDATE",
        columns=("number", "customer_id", "placed_by_id", "net_cents", "vat_cents", "total_cents", "placed_at"),
        words="what was ordered does not change",
    ),
    Trigger("customer_order", when="DELETE", words="an order is cancelled, never deleted"),
    Trigger("order_line", when="UPDATE", words="a line of an order does not change"),
    Trigger("order_line", when="DELETE", words="a line of an order is never deleted"),
    *OF_DELIVERIES,
    *OF_QUOTES,
)
