"""Lists of the shelf: levels, movements, reservations, back-orders. Each is a range of one index."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import ScalarSelect, func, select, true

from portal.catalog.models import BackOrder, Movement, Product, Reservation, Stock
from portal.catalog.queries.search import has_words
from portal.catalog.types import (
    MOST_WORDS,
    MovementFilter,
    MovementInfo,
    MovementKind,
    Shelf,
    ShelfFilter,
    StockLevel,
    Waiting,
    plain_words,
)
from portal.core.clock import SAST
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch

_BY_PRODUCT = Sort(Stock.product_id, Stock.product_id)
_NEWEST = Sort(Movement.id, Movement.id, descending=True)
_OLDEST = Sort(BackOrder.id, BackOrder.id)


def shelves_page(wanted: ShelfFilter, search: str, after: str | None, limit: int) -> Page[Shelf]:
    """Products that stock is kept of, those of them that are low, or those whose words begin with what is searched."""
    query = select(
        Stock.product_id, Product.sku, Product.name, Product.unit, Product.active, Stock.on_hand, Stock.reserved,
        Stock.reorder_level,
    ).join(Product, Product.id == Stock.product_id).where(Stock.kept == true(), *has_words((word,) for word in plain_words(search)[:MOST_WORDS]))  # fmt: skip
    if wanted is ShelfFilter.LOW:
        query = query.where(Stock.low == true())
    return fetch(query, _BY_PRODUCT, after, limit).map(_shelf)


def _shelf(row: AnyRow) -> Shelf:
    level = StockLevel(row.on_hand, row.reserved, row.reorder_level)
    return Shelf(row.product_id, row.sku, row.name, row.unit, row.active, level)


def movements_page(wanted: MovementFilter, after: str | None, limit: int) -> Page[MovementInfo]:
    """Movements, newest first."""
    query = select(
        Movement.id, Product.sku, Product.name, Product.unit, Movement.kind, Movement.quantity, Movement.on_hand,
        Movement.order_number, Movement.words, Movement.by, Movement.at,
    ).join(Product, Product.id == Movement.product_id)  # fmt: skip
    if wanted.sku:
        query = query.where(
            Movement.product_id == select(Product.id).where(Product.sku == wanted.sku).scalar_subquery()
        )
    if wanted.kind is not None:
        query = query.where(Movement.kind == wanted.kind.value)
    if wanted.order_number:
        query = query.where(Movement.order_number == wanted.order_number)
    if wanted.first_day is not None:
        query = query.where(Movement.id >= _first_since(datetime.combine(wanted.first_day, time(), SAST)))
    if wanted.last_day is not None:
        following = datetime.combine(wanted.last_day, time(), SAST) + timedelta(days=1)
        query = query.where(Movement.id < _first_since(following))
    return fetch(query, _NEWEST, after, limit).map(_movement)


def _first_since(moment: datetime) -> ScalarSelect[int]:
    """The first movement of a moment or later, past all of them when there is none: days become a range of ids."""
    first = (
        select(Movement.id).where(Movement.at >= moment).order_by(Movement.at, Movement.id).limit(1).scalar_subquery()
    )
    return select(func.coalesce(first, 2**31)).scalar_subquery()


def _movement(row: AnyRow) -> MovementInfo:
    return MovementInfo(
        row.id, row.sku, row.name, row.unit, MovementKind(row.kind), row.quantity, row.on_hand, row.order_number,
        row.words, row.by, row.at,
    )  # fmt: skip


def back_orders_page(after: str | None, limit: int) -> Page[Waiting]:
    """What orders wait for, the longest waiting first."""
    query = select(
        BackOrder.id, BackOrder.order_number, BackOrder.quantity, BackOrder.ordered_at, Product.sku, Product.name,
        Product.unit,
    ).join(Product, Product.id == BackOrder.product_id)  # fmt: skip
    return fetch(query, _OLDEST, after, limit).map(_waiting)


def back_order_lines() -> ScalarSelect[int]:
    """How many lines of orders wait for goods, as a subquery."""
    return select(func.count(BackOrder.id)).scalar_subquery()


def orders_of(product_id: int, limit: int) -> tuple[list[Waiting], list[Waiting]]:
    """Who has a product reserved, and who waits for it; the oldest first."""
    return _of(Reservation, product_id, limit), _of(BackOrder, product_id, limit)


def _of(table: type[Reservation] | type[BackOrder], product_id: int, limit: int) -> list[Waiting]:
    query = (
        select(table.order_number, table.quantity, table.ordered_at, Product.sku, Product.name, Product.unit)
        .join(Product, Product.id == table.product_id)
        .where(table.product_id == product_id)
        .order_by(table.ordered_at, table.id)
        .limit(limit)
    )
    return [_waiting(row) for row in db.session.execute(query)]


def _waiting(row: AnyRow) -> Waiting:
    return Waiting(row.order_number, row.sku, row.name, row.unit, row.quantity, row.ordered_at)
