"""Questions to carts and orders. The customer's lock comes before an order's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ScalarSelect, delete, select

from portal.accounts.types import ReleasePolicy
from portal.core.money import Money
from portal.orders.models import CartRow, Order, OrderLine
from portal.orders.queries import lines
from portal.orders.queries.listing import Asked, Listing, numbers
from portal.orders.types import Evidence, Filter, OrderInfo, State
from portal.orders.types import OrderLine as Line
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, capped

_COLUMNS = (
    Order.id,
    Order.number,
    Order.customer_id,
    Order.customer_code,
    Order.customer_name,
    Order.state,
    Order.po_number,
    Order.currency,
    Order.net_cents,
    Order.vat_cents,
    Order.total_cents,
    Order.placed_at,
    Order.placed_by,
    Order.invoice_id,
    Order.invoice_number,
    Order.held_reason,
    Order.released_at,
    Order.released_by,
    Order.release_reason,
    Order.delivered_at,
    Order.cancelled_at,
    Order.version,
)
_BY_FILTER = {
    Filter.DRAFT: (State.DRAFT,),
    Filter.PLACED: (State.PLACED,),
    Filter.HELD: (State.HELD,),
    Filter.RELEASED: (State.RELEASED, State.PART_DELIVERED),
    Filter.DELIVERED: (State.DELIVERED,),
    Filter.CANCELLED: (State.CANCELLED,),
}


def info(row: AnyRow | Order) -> OrderInfo:
    """The value of a row or of a loaded order."""
    currency = row.currency
    return OrderInfo(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        customer_name=row.customer_name,
        state=State(row.state),
        po_number=row.po_number,
        net=Money(row.net_cents, currency),
        vat=Money(row.vat_cents, currency),
        total=Money(row.total_cents, currency),
        placed_at=row.placed_at,
        placed_by=row.placed_by,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        held_reason=row.held_reason,
        released_at=row.released_at,
        released_by=row.released_by,
        release_reason=row.release_reason,
        delivered_at=row.delivered_at,
        cancelled_at=row.cancelled_at,
        version=row.version,
    )


def evidence(order: Order) -> Evidence | None:
    """What the order's release or hold was decided on."""
    kept, currency = order.evidence, order.currency
    if kept is None:
        return None
    return Evidence(
        policy=ReleasePolicy(kept["policy"]),
        owed=Money(kept["owed"], currency),
        credit_limit=Money(kept["credit_limit"], currency),
        overdue=kept["overdue"],
        unconfirmed=Money(kept["unconfirmed"], currency),
        provisional_limit=Money(kept["provisional_limit"], currency),
        awaited=Money(kept.get("awaited", 0), currency),
        payment_id=kept["payment"],
    )


# -- carts -----------------------------------------------------------------------------------------------------------


def cart_rows(customer_id: int, user_id: int) -> list[CartRow]:
    """What a person has in the cart for a customer, in the order it was put there."""
    mine = select(CartRow).where(CartRow.customer_id == customer_id, CartRow.user_id == user_id)
    return list(db.session.scalars(mine.order_by(CartRow.id)))


def lock_cart_row(customer_id: int, user_id: int, product_id: int) -> CartRow | None:
    """One line of a cart, read afresh and kept until the transaction ends."""
    row = db.session.scalar(
        select(CartRow)
        .where(CartRow.customer_id == customer_id, CartRow.user_id == user_id, CartRow.product_id == product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def remove_cart_rows(ids: Iterable[int]) -> None:
    """Take lines out of a cart."""
    db.session.execute(delete(CartRow).where(CartRow.id.in_(list(ids))))


# -- orders ----------------------------------------------------------------------------------------------------------


def order(number: str) -> Order | None:
    """An order by its number."""
    return db.session.scalar(select(Order).where(Order.number == number))


def lock_order(order_id: int) -> Order | None:
    """The order, read afresh and kept until the transaction ends; the caller holds its customer's lock."""
    found = lock_orders([order_id])
    return found[0] if found else None


def lock_orders(ids: Iterable[int]) -> list[Order]:
    """Orders in the order of their ids, read afresh and kept until the transaction ends."""
    rows = db.session.scalars(
        select(Order)
        .where(Order.id.in_(sorted(ids)))
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.version += 1
    return list(rows)


def placed_of_invoices(invoice_ids: Iterable[int]) -> list[int]:
    """Ids of orders that wait for the money of these invoices."""
    wanted = select(Order.id).where(Order.invoice_id.in_(list(invoice_ids)), Order.state == State.PLACED)
    return list(db.session.scalars(wanted.order_by(Order.id)))


def held_of(customer_id: int) -> list[int]:
    """Ids of the customer's held orders, oldest first."""
    wanted = select(Order.id).where(Order.customer_id == customer_id, Order.state == State.HELD)
    return list(db.session.scalars(wanted.order_by(Order.id)))


def lines_of(order_id: int, currency: str) -> tuple[Line, ...]:
    """The lines of an order, in their order."""
    rows = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position))
    return tuple(lines.ordered(row, currency) for row in rows)


ORDERS = Listing(
    Order, Order.id, Order.customer_id, Order.state, Order.customer_name, "ix_customer_order",
    ways=lambda text, today: [
        Order.number.in_(numbers("ORD", text, today)), Order.po_number.startswith(text, autoescape=True)
    ],
)  # fmt: skip


def page(
    customer_id: int | None,
    wanted: Filter,
    search: str,
    today: date,
    after: str | None,
    limit: int,
    *,
    oldest: bool = False,
) -> Page[OrderInfo]:
    """One page of orders, newest first. customer_id: None for all customers."""
    states = tuple(state.value for state in _BY_FILTER.get(wanted, ()))
    return in_states(Asked(customer_id, states, search, today, oldest), after, limit)


def in_states(asked: Asked, after: str | None, limit: int) -> Page[OrderInfo]:
    """One page of the orders that are asked for."""
    return ORDERS.page(select(*_COLUMNS), asked, after, limit).map(info)


def index_for(customer_id: int | None, wanted: Filter) -> str | None:
    """The index in which this list stands in its own order (reliability.md E23)."""
    return ORDERS.index_for(customer_id, some=wanted is not Filter.ALL)


def waiting_count() -> ScalarSelect[int]:
    """Orders that wait for a manager."""
    return capped(select(Order.id).where(Order.state == State.HELD))


def without_invoice(limit: int) -> list[OrderInfo]:
    """Orders that are past placing and have no invoice, or wait for us and have one."""
    invoiced = Order.invoice_id.is_not(None)
    wanting = Order.state.in_((State.PLACED, State.RELEASED, State.PART_DELIVERED, State.DELIVERED))
    wrong = (wanting & ~invoiced) | ((Order.state == State.HELD) & invoiced)
    return [info(row) for row in db.session.execute(select(*_COLUMNS).where(wrong).limit(limit))]


def waiting_of(customer_id: int) -> str | None:
    """An order of a customer that has no invoice yet and may still get one."""
    states = (State.DRAFT.value, State.HELD.value)
    return db.session.scalar(
        select(Order.number).where(Order.customer_id == customer_id, Order.state.in_(states)).limit(1)
    )
