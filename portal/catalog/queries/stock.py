"""Questions to the shelf. A lock takes products in the order of their ids, after every lock of an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, and_, func, insert, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.catalog.models import BackOrder, Movement, Product, Reservation, Stock
from portal.platform.db import db


def lock(product_ids: Iterable[int]) -> list[Stock]:
    """The shelves of these products in the order of their ids, read afresh and kept until the transaction ends.

    Products that stock was never kept of have none. Reservations and back-orders change only under these locks.
    """
    rows = db.session.scalars(
        select(Stock)
        .where(Stock.product_id.in_(sorted(set(product_ids))))
        .order_by(Stock.product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.version += 1
    return list(rows)


def promised_to(order_number: str) -> dict[int, Reservation]:
    """What is reserved for an order, by product; read afresh."""
    return {product_id: row for (_, product_id), row in promised([order_number]).items()}


def promised(
    order_numbers: Iterable[str], product_ids: Iterable[int] | None = None
) -> dict[tuple[str, int], Reservation]:
    """What is reserved for orders, by order and product; read afresh. product_ids: None for all products."""
    mine = select(Reservation).where(Reservation.order_number.in_(list(order_numbers)))
    if product_ids is not None:
        mine = mine.where(Reservation.product_id.in_(list(product_ids)))
    rows = db.session.scalars(mine.execution_options(populate_existing=True))
    return {(row.order_number, row.product_id): row for row in rows}


def awaited_by(order_number: str) -> dict[int, BackOrder]:
    """What an order still waits for, by product; read afresh."""
    mine = select(BackOrder).where(BackOrder.order_number == order_number)
    rows = db.session.scalars(mine.execution_options(populate_existing=True))
    return {row.product_id: row for row in rows}


def waiting_for(product_ids: Iterable[int]) -> list[BackOrder]:
    """Back-orders of these products, the oldest order first; read afresh."""
    waiting = select(BackOrder).where(BackOrder.product_id.in_(list(product_ids)))
    ordered = waiting.order_by(BackOrder.product_id, BackOrder.ordered_at, BackOrder.id)
    return list(db.session.scalars(ordered.execution_options(populate_existing=True)))


def promises_of(product_id: int) -> list[Reservation]:
    """Reservations of a product, the newest order first; read afresh."""
    promises = select(Reservation).where(Reservation.product_id == product_id)
    ordered = promises.order_by(Reservation.ordered_at.desc(), Reservation.id.desc())
    return list(db.session.scalars(ordered.execution_options(populate_existing=True)))


def write_movements(rows: Sequence[dict[str, object]], at: datetime) -> None:
    """Add movements in one statement."""
    if rows:
        db.session.execute(
            insert(Movement), [{"words": "", "by": "", "order_number": "", "at": at, **row} for row in rows]
        )


def sku_of(product_id: int) -> str:
    """The code of a product that exists."""
    return db.session.execute(select(Product.sku).where(Product.id == product_id)).scalar_one()


def broken(limit: int) -> list[tuple[str, int, int, int, int, int]]:
    """Shelves that their own history contradicts: code, on hand, Σ movements, reserved, Σ reservations, awaited."""
    moved = _sum(Movement.product_id, Movement.quantity)
    promised = _sum(Reservation.product_id, Reservation.quantity)
    awaited = _sum(BackOrder.product_id, BackOrder.quantity)
    sums = [func.coalesce(each.c.total, 0) for each in (moved, promised, awaited)]
    wrong: ColumnElement[bool] = or_(
        Stock.on_hand != sums[0],
        Stock.reserved != sums[1],
        and_(Stock.kept == true(), sums[2] > 0, Stock.on_hand > Stock.reserved),
    )
    query = (
        select(Product.sku, Stock.on_hand, sums[0], Stock.reserved, sums[1], sums[2])
        .join(Product, Product.id == Stock.product_id)
        .outerjoin(moved, moved.c.product_id == Stock.product_id)
        .outerjoin(promised, promised.c.product_id == Stock.product_id)
        .outerjoin(awaited, awaited.c.product_id == Stock.product_id)
        .where(wrong)
        .order_by(Stock.product_id)
        .limit(limit)
    )
    return [(row[0], *(int(each) for each in row[1:])) for row in db.session.execute(query)]


def _sum(product_id: InstrumentedAttribute[int], quantity: InstrumentedAttribute[int]) -> Subquery:
    return select(product_id, func.sum(quantity).label("total")).group_by(product_id).subquery()
