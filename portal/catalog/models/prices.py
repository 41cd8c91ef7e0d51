"""Price lists, whom they are for, and what other money cost on which day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalog.types import LONGEST_LIST_NAME
from portal.platform.db import Base, Moment


class PriceList(Base):
    """Prices that count between two days, for everybody or for some customers. valid_to: None without an end."""

    __tablename__ = "price_list"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_LIST_NAME), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    everybody: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class PriceListCustomer(Base):
    """One customer that a list is for."""

    __tablename__ = "price_list_customer"

    list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, index=True)


class ListedPrice(Base):
    """What one unit of a product costs on a list from a quantity on; cents of the list's currency, without VAT."""

    __tablename__ = "listed_price"
    __table_args__ = (
        UniqueConstraint("list_id", "product_id", "from_quantity"),
        CheckConstraint("from_quantity > 0 AND price_cents >= 0", name="above_zero"),
        Index("ix_listed_price_product", "product_id", "list_id"),
        Index("ix_listed_price_list", "list_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    from_quantity: Mapped[int]
    price_cents: Mapped[int] = mapped_column(BigInteger)


class ExchangeRate(Base):
    """What one unit of a currency cost on a day, in millionths of a rand, as staff wrote it."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("micros > 0", name="micros"),)

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    micros: Mapped[int] = mapped_column(BigInteger)
    written_by: Mapped[str] = mapped_column(String(160), default="")
    written_at: Mapped[datetime] = mapped_column(Moment)
