"""What is on the shelf, what of it is promised, and every movement that made it so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalog.types import LONGEST_WORDS
from portal.platform.db import Base, Moment, Trigger


class Stock(Base):
    """One product that stock is kept of. The row is what two orders for the last one queue up at.

    reserved is never above on_hand: what cannot be reserved is a back-order. low: whether the product is to be
    ordered again; kept here so that the list of such products is a range of an index.
    """

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND on_hand >= reserved", name="promised"),
        CheckConstraint("reorder_level >= 0", name="reorder_level"),
        Index("ix_stock_low", "kept", "low", "product_id"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, autoincrement=False)
    kept: Mapped[bool] = mapped_column(default=True)
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    reorder_level: Mapped[int] = mapped_column(default=0)
    low: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Reservation(Base):
    """So much of a product on the shelf is promised to an order; gone once it is delivered or given back."""

    __tablename__ = "stock_reservation"
    __table_args__ = (
        UniqueConstraint("order_number", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_stock_reservation_product", "product_id", "quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(String(20))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    ordered_at: Mapped[datetime] = mapped_column(Moment)


class BackOrder(Base):
    """So much of a product an order still waits for; the oldest is served first."""

    __tablename__ = "back_order"
    __table_args__ = (
        UniqueConstraint("order_number", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_back_order_product", "product_id", "ordered_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(String(20))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    ordered_at: Mapped[datetime] = mapped_column(Moment)


class Movement(Base):
    """One change of what is on the shelf. on_hand: what was there after it."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_stock_movement_product", "product_id", "id", "quantity"),
        Index("ix_stock_movement_kind", "kind", "id"),
        Index("ix_stock_movement_order", "order_number", "id"),
        Index("ix_stock_movement_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[int]
    on_hand: Mapped[int]
    order_number: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")
    by: Mapped[str] = mapped_column(String(160), default="")
    at: Mapped[datetime] = mapped_column(Moment)


TRIGGERS: tuple[Trigger, ...] = (
    Trigger("stock_movement", when="UPDATE", words="a movement of stock does not change"),
    Trigger("stock_movement", when="DELETE", words="a movement of stock is never deleted"),
)
