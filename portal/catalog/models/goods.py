"""Categories, products, and the words a product is found by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalog.types import LONGEST_ALT, LONGEST_TITLE, LONGEST_WORD
from portal.platform.db import Base, Moment


class Category(Base):
    """A shelf of the catalogue, perhaps inside another; shown in the order of ``position``."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    icon: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)


class Product(Base):
    """Something we sell. Prices are cents without VAT for one unit."""

    __tablename__ = "product"
    __table_args__ = (
        Index("ix_product_all_names", "name", "id"),
        Index("ix_product_name", "active", "name", "id"),
        Index("ix_product_price", "active", "price_cents", "id"),
        Index("ix_product_category_name", "category_id", "active", "name", "id"),
        Index("ix_product_barcode", "barcode", unique=True),
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
    #: GTIN of 8, 12, 13 or 14 figures
    barcode: Mapped[str | None] = mapped_column(String(14))
    #: pieces in one unit: a pack of ten has ten
    pack_size: Mapped[int] = mapped_column(default=1, server_default="1")
    hazardous: Mapped[bool] = mapped_column(default=False, server_default=false())
    un_number: Mapped[str] = mapped_column(String(4), default="", server_default="")
    #: rows of the specifications table, each a name and a value
    specs: Mapped[list[list[str]] | None] = mapped_column(JSON)
    #: of its first picture
    picture_key: Mapped[str | None] = mapped_column(String(120))
    picture_hash: Mapped[str | None] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class ProductWord(Base):
    """One word of one product; a prefix of a word is a range of the primary key."""

    __tablename__ = "product_word"
    __table_args__ = (Index("ix_product_word_product", "product_id", "word"),)

    word: Mapped[str] = mapped_column(String(LONGEST_WORD), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)


class WordSlip(Base):
    """A word of some product, and what is left of its beginning when one letter is dropped, or none."""

    __tablename__ = "word_slip"
    __table_args__ = (Index("ix_word_slip_word", "word"),)

    slip: Mapped[str] = mapped_column(String(12), primary_key=True)
    word: Mapped[str] = mapped_column(String(LONGEST_WORD), primary_key=True)


class ProductPicture(Base):
    """One picture of a product; the first by position stands for it in lists."""

    __tablename__ = "product_picture"
    __table_args__ = (UniqueConstraint("product_id", "picture_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT), default="")
    picture_key: Mapped[str] = mapped_column(String(120))
    picture_hash: Mapped[str] = mapped_column(String(16))


class ProductDocument(Base):
    """A PDF that goes with a product: its safety data sheet, or another paper."""

    __tablename__ = "product_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    storage_key: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(Moment)
