"""Questions to deliveries. Whoever writes holds the locks of the customer and of the order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ScalarSelect, func, select

from portal.core import clock
from portal.orders.models import Delivery, DeliveryLine, Order, OrderLine
from portal.orders.queries import in_states
from portal.orders.queries.listing import Asked, Listing, numbers
from portal.orders.types import OrderInfo, State
from portal.orders.types.deliveries import (
    DeliveredLine,
    DeliveryFilter,
    DeliveryInfo,
    DeliveryState,
    DispatchFilter,
    OpenLine,
    PickLine,
)
from portal.platform.db import db
from portal.platform.paging import AnySelect, Page

_BY_FILTER = {
    DispatchFilter.RELEASED: State.RELEASED,
    DispatchFilter.PART: State.PART_DELIVERED,
    DispatchFilter.HELD: State.HELD,
    DispatchFilter.WAITING: State.PLACED,
}
_TO_DELIVER = (State.RELEASED, State.PART_DELIVERED)


def info(row: Delivery) -> DeliveryInfo:
    """The value of a loaded delivery."""
    return DeliveryInfo(
        id=row.id,
        number=row.number,
        order_number=row.order_number,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        po_number=row.po_number,
        address=tuple(row.address),
        note=row.note,
        state=DeliveryState(row.state),
        sent_at=row.sent_at,
        sent_by=row.sent_by,
        received_at=row.received_at,
        receiver=row.receiver,
        recorded_by=row.recorded_by,
        evidence=row.evidence_key is not None,
    )


def delivery(number: str) -> Delivery | None:
    """A delivery by its number."""
    return db.session.scalar(select(Delivery).where(Delivery.number == number))


def lock_delivery(number: str) -> Delivery | None:
    """The delivery, read afresh and kept until the transaction ends."""
    row = db.session.scalar(
        select(Delivery).where(Delivery.number == number).with_for_update().execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def orderer_of(order_id: int) -> int:
    """Who placed the order of a delivery."""
    return db.session.scalars(select(Order.placed_by_id).where(Order.id == order_id)).one()


def of_order(order_id: int) -> list[DeliveryInfo]:
    """The deliveries of an order, oldest first."""
    rows = db.session.scalars(select(Delivery).where(Delivery.order_id == order_id).order_by(Delivery.id))
    return [info(row) for row in rows]


def open_lines(order_id: int) -> tuple[OpenLine, ...]:
    """The lines of an order with what has left of each, in their order."""
    left = func.coalesce(func.sum(DeliveryLine.quantity), 0)
    rows = db.session.execute(
        select(
            OrderLine.id,
            OrderLine.product_id,
            OrderLine.sku,
            OrderLine.description,
            OrderLine.unit,
            OrderLine.quantity,
            left.label("delivered"),
        )
        .outerjoin(DeliveryLine, DeliveryLine.order_line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .group_by(
            OrderLine.id,
            OrderLine.product_id,
            OrderLine.sku,
            OrderLine.description,
            OrderLine.unit,
            OrderLine.quantity,
            OrderLine.position,
        )
        .order_by(OrderLine.position)
    )
    return tuple(
        OpenLine(row.id, row.product_id, row.sku, row.description, row.unit, row.quantity, int(row.delivered))
        for row in rows
    )


def lines_of(delivery_id: int) -> tuple[DeliveredLine, ...]:
    """What is on a delivery note."""
    rows = db.session.execute(
        select(OrderLine.sku, OrderLine.description, OrderLine.unit, DeliveryLine.quantity, OrderLine.quantity)
        .join(OrderLine, OrderLine.id == DeliveryLine.order_line_id)
        .where(DeliveryLine.delivery_id == delivery_id)
        .order_by(OrderLine.position)
    )
    return tuple(DeliveredLine(*row) for row in rows)


def progress_of(order_ids: Iterable[int]) -> dict[int, int]:
    """Order id → how many pieces have left, for orders of which some have."""
    rows = db.session.execute(
        select(Delivery.order_id, func.sum(DeliveryLine.quantity))
        .join(DeliveryLine, DeliveryLine.delivery_id == Delivery.id)
        .where(Delivery.order_id.in_(list(order_ids)))
        .group_by(Delivery.order_id)
    )
    return {order_id: int(count) for order_id, count in rows}


def pieces_of(order_ids: Iterable[int]) -> dict[int, int]:
    """Order id → how many pieces were ordered."""
    rows = db.session.execute(
        select(OrderLine.order_id, func.sum(OrderLine.quantity))
        .where(OrderLine.order_id.in_(list(order_ids)))
        .group_by(OrderLine.order_id)
    )
    return {order_id: int(count) for order_id, count in rows}


def pick_lines(most_orders: int) -> list[PickLine]:
    """What the oldest orders that may leave still wait for."""
    orders = select(Order.id).where(Order.state.in_(_TO_DELIVER)).order_by(Order.id).limit(most_orders).subquery()
    gone = (
        select(DeliveryLine.order_line_id, func.sum(DeliveryLine.quantity).label("quantity"))
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .join(orders, orders.c.id == Delivery.order_id)
        .group_by(DeliveryLine.order_line_id)
        .subquery()
    )
    left = OrderLine.quantity - func.coalesce(gone.c.quantity, 0)
    rows = db.session.execute(
        select(Order.number, Order.customer_name, OrderLine.sku, OrderLine.description, OrderLine.unit, left)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(orders, orders.c.id == Order.id)
        .outerjoin(gone, gone.c.order_line_id == OrderLine.id)
        .where(left > 0)
        .order_by(Order.id, OrderLine.position)
    )
    return [PickLine(number, name, sku, words, unit, int(count)) for number, name, sku, words, unit, count in rows]


def waiting_count() -> ScalarSelect[int]:
    """Orders that wait for our dispatcher."""
    return select(func.count(Order.id)).where(Order.state.in_(_TO_DELIVER)).scalar_subquery()


def dispatch_page(
    wanted: DispatchFilter, search: str, today: date, after: str | None, limit: int, *, oldest: bool = False
) -> Page[OrderInfo]:
    """One page of orders as the dispatcher sorts them, newest first."""
    return in_states(Asked(None, (_BY_FILTER[wanted].value,), search, today, oldest), after, limit)


DELIVERIES = Listing(
    Delivery, Delivery.id, Delivery.customer_id, Delivery.state, Delivery.customer_name, "ix_delivery",
    ways=lambda text, today: [
        Delivery.number.in_([text.upper(), *numbers("DN", text, today)]),
        Delivery.order_number.in_([text.upper(), *numbers("ORD", text, today)]),
    ],
)  # fmt: skip


def page(
    customer_id: int | None,
    wanted: DeliveryFilter,
    search: str,
    after: str | None,
    limit: int,
    *,
    today: date | None = None,
    oldest: bool = False,
) -> Page[DeliveryInfo]:
    """One page of delivery notes, newest first. customer_id: None for all customers. today: for short numbers."""
    states = () if wanted is DeliveryFilter.ALL else (wanted.value,)
    asked = Asked(customer_id, states, search, today or clock.today(), oldest)
    columns: AnySelect = select(Delivery, Delivery.id)
    return DELIVERIES.page(columns, asked, after, limit).map(lambda row: info(row[0]))


def index_for(customer_id: int | None, wanted: DeliveryFilter) -> str | None:
    """The index in which this list stands in its own order (reliability.md E23)."""
    return DELIVERIES.index_for(customer_id, some=wanted is not DeliveryFilter.ALL)


def beyond_order(limit: int) -> list[tuple[str, int, int]]:
    """Lines of which more left than was ordered: code, ordered, delivered."""
    gone = func.sum(DeliveryLine.quantity)
    rows = db.session.execute(
        select(OrderLine.sku, OrderLine.quantity, gone)
        .join(DeliveryLine, DeliveryLine.order_line_id == OrderLine.id)
        .group_by(OrderLine.id, OrderLine.sku, OrderLine.quantity)
        .having(gone > OrderLine.quantity)
        .limit(limit)
    )
    return [(sku, ordered, int(count)) for sku, ordered, count in rows]


def wrongly_delivered(limit: int) -> list[str]:
    """Orders with a delivery note whose state does not say so."""
    noted = select(Delivery.id).where(Delivery.order_id == Order.id).exists()
    states = (State.PART_DELIVERED, State.DELIVERED)
    rows = db.session.scalars(select(Order.number).where(noted, Order.state.not_in(states)).limit(limit))
    return list(rows)
