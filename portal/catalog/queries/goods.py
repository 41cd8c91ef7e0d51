"""Questions to the catalogue's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, false, func, select, true

from portal.catalog.models import Category, Product, Stock
from portal.catalog.queries import search
from portal.catalog.types import CategoryInfo, ProductInfo, SortBy, StockLevel, as_tree
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
    Product.barcode,
    Product.pack_size,
    Product.hazardous,
    Product.un_number,
    Product.specs,
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
    """From the product on, and each of the others by its key: MariaDB would begin at a small table and sort everything."""
    joined = select(*_COLUMNS).outerjoin(Category, Category.id == Product.category_id)
    joined = joined.outerjoin(Stock, Stock.product_id == Product.id)
    for table in (Category, Stock):
        joined = joined.with_hint(table, "FORCE INDEX (PRIMARY)", "mysql")
    return joined


def categories() -> tuple[CategoryInfo, ...]:
    """All categories in shop order, each followed by those inside it; with how many products are on sale there."""
    on_sale = (
        select(Product.category_id, func.count().label("products"))
        .where(Product.active == true())
        .group_by(Product.category_id)
        .subquery()
    )
    query = (
        select(
            Category.id,
            Category.slug,
            Category.name,
            Category.icon,
            func.coalesce(on_sale.c.products, 0),
            Category.parent_id,
        )
        .outerjoin(on_sale, on_sale.c.category_id == Category.id)
        .order_by(Category.position, Category.name)
    )
    return as_tree(CategoryInfo(*row) for row in db.session.execute(query))


def category_by_slug(slug: str) -> Category | None:
    """A category, or None."""
    return db.session.scalar(select(Category).where(Category.slug == slug))


def lock_category(slug: str) -> Category | None:
    """A category, read afresh and kept until the transaction ends."""
    return db.session.scalar(
        select(Category).where(Category.slug == slug).with_for_update().execution_options(populate_existing=True)
    )


def last_position() -> int:
    """The place of the last category; 0 when there is none."""
    return db.session.scalar(select(func.coalesce(func.max(Category.position), 0))) or 0


def products_page(
    words: Sequence[search.Word],
    hits: list[int] | None,
    shelves: frozenset[int] | None,
    sort: SortBy,
    after: str | None,
    limit: int,
    *,
    active: bool | None,
) -> Page[ProductInfo]:
    """One page of products that have all these words.

    hits: ids of all that have them when they are few; None when they are many, or no word was asked for.
    shelves: ids of categories, None for all. active: on sale, withdrawn, or None for both.
    """
    conditions = _standing(shelves, active=active)
    if hits is not None:  # whole numbers of our own, written into the statement: so many parameters take longer than it
        ids: BindParameter[int] = bindparam("hits", hits, expanding=True, literal_execute=True)
        return fetch(_products().where(*conditions, Product.id.in_(ids)), _SORTS[sort], after, limit).map(_info)
    index = index_for(shelves, sort, active=active)
    if not words:
        return fetch(_by(index, _products().where(*conditions)), _SORTS[sort], after, limit).map(_info)
    # the index alone says which rows come; only those of the page are read whole
    keys = select(Product.id, _SORTS[sort].column).where(*conditions, *search.has_words(words))
    found = fetch(_by(index, keys), _SORTS[sort], after, limit)
    whole = products_by_id(row.id for row in found.items)
    return found.map(lambda row: whole[row.id])


def _standing(shelves: frozenset[int] | None, *, active: bool | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if active is not None:
        conditions.append(Product.active == (true() if active else false()))
    if shelves is not None and len(shelves) == 1:
        conditions.append(Product.category_id == min(shelves))
    elif shelves is not None:
        conditions.append(Product.category_id.in_(sorted(shelves)))
    return conditions


def _by(index: str | None, query: AnySelect) -> AnySelect:
    return query if index is None else query.with_hint(Product, f"FORCE INDEX ({index})", "mysql")


def index_for(shelves: frozenset[int] | None, sort: SortBy, *, active: bool | None) -> str | None:
    """The index in which a list stands in its own order; MariaDB does not find it alone (reliability.md E23)."""
    column = "name" if sort is SortBy.NAME else "price"
    if active is None:
        return "ix_product_all_names" if sort is SortBy.NAME else None
    if shelves is not None and len(shelves) == 1:
        return f"ix_product_category_{column}"
    return f"ix_product_{column}"


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


def lock_product(sku: str) -> Product | None:
    """The product, read afresh and kept until the transaction ends."""
    product = db.session.scalar(
        select(Product).where(Product.sku == sku).with_for_update().execution_options(populate_existing=True)
    )
    if product is not None:
        product.version += 1
    return product


def barcode_taken(barcode: str, sku: str) -> bool:
    """Whether another product has this barcode."""
    return bool(db.session.scalar(select(exists().where(Product.barcode == barcode, Product.sku != sku))))


def slug_taken(slug: str) -> bool:
    """Whether a product already lives at this address."""
    return bool(db.session.scalar(select(exists().where(Product.slug == slug))))


def sku_taken(sku: str) -> bool:
    """Whether a product already has this code."""
    return bool(db.session.scalar(select(exists().where(Product.sku == sku))))


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
        barcode=row.barcode,
        pack_size=row.pack_size,
        hazardous=row.hazardous,
        un_number=row.un_number,
        specs=tuple((name, value) for name, value in row.specs or ()),
        usd=None if row.usd_cents is None else Money(row.usd_cents, "USD"),
        stock=StockLevel(row.on_hand, row.reserved, row.reorder_level) if row.kept else None,
    )
