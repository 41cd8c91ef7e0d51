"""Questions to the catalogue's tables."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, exists, false, func, insert, select, true

from portal.catalog.models import Category, Product, ProductWord, Stock
from portal.catalog.types import MOST_WORDS, CategoryInfo, ProductInfo, SortBy, StockLevel, next_prefix, plain_words
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.platform.db import db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch

_COLUMNS = (
    Product.id,
    Product.sku,
    Product.slug,
    Product.name,
    Product.description,
    Product.category_id,
    Product.unit,
    Product.pack,
    Product.price_cents,
    Product.currency,
    Product.usd_cents,
    Product.vat_code,
    Product.picture_hash,
    Product.active,
    Product.version,
    Category.name.label("category_name"),
    Category.slug.label("category_slug"),
    Category.icon,
    Stock.kept,
    Stock.on_hand,
    Stock.reserved,
    Stock.reorder_level,
)
_SORTS = {
    SortBy.NAME: Sort(Product.name, Product.id),
    SortBy.CHEAPEST: Sort(Product.price_cents, Product.id),
    SortBy.DEAREST: Sort(Product.price_cents, Product.id, descending=True),
}


def _products() -> AnySelect:
    joined = select(*_COLUMNS).join(Category, Category.id == Product.category_id)
    return joined.outerjoin(Stock, Stock.product_id == Product.id)


def categories() -> tuple[CategoryInfo, ...]:
    """All categories in shop order, each with how many products are on sale in it."""
    on_sale = (
        select(Product.category_id, func.count().label("products"))
        .where(Product.active == true())
        .group_by(Product.category_id)
        .subquery()
    )
    query = (
        select(Category.id, Category.slug, Category.name, Category.icon, func.coalesce(on_sale.c.products, 0))
        .outerjoin(on_sale, on_sale.c.category_id == Category.id)
        .order_by(Category.position, Category.name)
    )
    return tuple(CategoryInfo(*row) for row in db.session.execute(query))


def category_by_slug(slug: str) -> Category | None:
    """A category, or None."""
    return db.session.scalar(select(Category).where(Category.slug == slug))


def last_position() -> int:
    """The place of the last category; 0 when there is none."""
    return db.session.scalar(select(func.coalesce(func.max(Category.position), 0))) or 0


def products_page(
    search: str, category: str | None, sort: SortBy, after: str | None, limit: int, *, active: bool | None
) -> Page[ProductInfo]:
    """One page of products. active: only those on sale, only those withdrawn, or None for both."""
    query = _products()
    if active is not None:
        query = query.where(Product.active == (true() if active else false()))
    if category:
        query = query.where(Category.slug == category)
    for word in plain_words(search)[:MOST_WORDS]:
        query = query.where(_has_word(word))
    return fetch(query, _SORTS[sort], after, limit).map(_info)


def _has_word(prefix: str) -> ColumnElement[bool]:
    return exists().where(
        ProductWord.product_id == Product.id, ProductWord.word >= prefix, ProductWord.word < next_prefix(prefix)
    )


def product(*, slug: str | None = None, sku: str | None = None) -> ProductInfo | None:
    """One product by its address or its code, whether on sale or not."""
    condition = Product.slug == slug if slug is not None else Product.sku == sku
    row = db.session.execute(_products().where(condition)).one_or_none()
    return None if row is None else _info(row)


def products_by_id(ids: Iterable[int]) -> dict[int, ProductInfo]:
    """Products by id; unknown ids are left out."""
    rows = db.session.execute(_products().where(Product.id.in_(list(ids))))
    return {row.id: _info(row) for row in rows}


def products_by_sku(codes: Iterable[str]) -> dict[str, ProductInfo]:
    """Products by code in capitals, whether a code was written in capitals or as it stands."""
    asked = set(codes)
    rows = db.session.execute(_products().where(Product.sku.in_(asked | {code.upper() for code in asked})))
    return {row.sku.upper(): _info(row) for row in rows}


def picture_key(slug: str, picture_hash: str) -> str | None:
    """Where the bytes of a product's picture are kept, when this is still its picture."""
    return db.session.scalar(
        select(Product.picture_key).where(Product.slug == slug, Product.picture_hash == picture_hash)
    )


def lock_product(sku: str) -> Product | None:
    """The product, read afresh and kept until the transaction ends."""
    product = db.session.scalar(
        select(Product).where(Product.sku == sku).with_for_update().execution_options(populate_existing=True)
    )
    if product is not None:
        product.version += 1
    return product


def slug_taken(slug: str) -> bool:
    """Whether a product already lives at this address."""
    return bool(db.session.scalar(select(exists().where(Product.slug == slug))))


def sku_taken(sku: str) -> bool:
    """Whether a product already has this code."""
    return bool(db.session.scalar(select(exists().where(Product.sku == sku))))


def write_words(product_id: int, words: Iterable[str]) -> None:
    """Replace the words a product is found by."""
    db.session.execute(delete(ProductWord).where(ProductWord.product_id == product_id))
    rows = [{"product_id": product_id, "word": word} for word in sorted(words)]
    if rows:
        db.session.execute(insert(ProductWord), rows)


def _info(row: AnyRow) -> ProductInfo:
    return ProductInfo(
        id=row.id,
        sku=row.sku,
        slug=row.slug,
        name=row.name,
        description=row.description,
        category_id=row.category_id,
        category=row.category_name,
        category_slug=row.category_slug,
        icon=row.icon,
        unit=row.unit,
        pack=row.pack,
        price=Money(row.price_cents, row.currency),
        vat_code=VatCode(row.vat_code),
        picture=row.picture_hash,
        active=row.active,
        version=row.version,
        usd=None if row.usd_cents is None else Money(row.usd_cents, "USD"),
        stock=StockLevel(row.on_hand, row.reserved, row.reorder_level) if row.kept else None,
    )
