"""Categories, products, and the words a product is found by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment


class Category(Base):
    """A shelf of the catalogue; shown in the order of ``position``."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    icon: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]


class Product(Base):
    """Something we sell. Prices are cents without VAT for one unit."""

    __tablename__ = "product"
    __table_args__ = (
        Index("ix_product_name", "active", "name", "id"),
        Index("ix_product_price", "active", "price_cents", "id"),
        Index("ix_product_category_name", "category_id", "active", "name", "id"),
        Index("ix_product_category_price", "category_id", "active", "price_cents", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str] = mapped_column(String(180), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    unit: Mapped[str] = mapped_column(String(30))
    pack: Mapped[str] = mapped_column(String(60))
    price_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="ZAR")
    #: what it costs who pays in dollars; None: the price in rand at the day's rate
    usd_cents: Mapped[int | None] = mapped_column(BigInteger)
    vat_code: Mapped[str] = mapped_column(String(12))
    picture_key: Mapped[str | None] = mapped_column(String(120))
    picture_hash: Mapped[str | None] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class ProductWord(Base):
    """One word of one product; a prefix of a word is a range of the primary key."""

    __tablename__ = "product_word"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
