"""Finding orders."""

from __future__ import annotations

from sqlalchemy import ScalarSelect

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.vat import LineAmounts, by_rate
from portal.orders import queries
from portal.orders.models import Order
from portal.orders.queries import deliveries
from portal.orders.types import Filter, OrderDetail, OrderInfo
from portal.platform.paging import Page, asked_for

PAGE = 25


def order(number: str, customer_id: int | None = None) -> OrderInfo:
    """One order. customer_id: whose it must be; None for staff. Raises NotFound, also for another customer's."""
    return queries.info(_row(number, customer_id))


def detail(number: str, customer_id: int | None = None) -> OrderDetail:
    """An order with its lines, its delivery address and its history. Raises NotFound as `order`."""
    row = _row(number, customer_id)
    lines = queries.lines_of(row.id, row.currency)
    return OrderDetail(
        info=queries.info(row),
        lines=lines,
        rates=by_rate(LineAmounts(line.net, line.vat, line.gross, line.rate, line.vat_code) for line in lines),
        delivery=tuple(row.delivery),
        note=row.note,
        held_at=row.held_at,
        cancel_reason=row.cancel_reason,
        evidence=queries.evidence(row),
    )


def list_page(
    customer_id: int | None,
    filter: Filter = Filter.ALL,  # noqa: A002 - the word on the page
    search: str = "",
    after: str | None = None,
    *,
    limit: int = PAGE,
    oldest: bool = False,
) -> Page[OrderInfo]:
    """One page of orders, newest first; nothing is counted and nothing skipped over.

    customer_id: None for those of all customers (staff). search: a number or the end of one, a PO number's beginning
    and for staff a customer's name.
    """
    return queries.page(customer_id, filter, asked_for(search), clock.today(), after, limit, oldest=oldest)


def waiting_count() -> ScalarSelect[int]:
    """Orders that wait for a manager, as a subquery for the rail."""
    return queries.waiting_count()


def dispatch_count() -> ScalarSelect[int]:
    """Orders that wait for our dispatcher, as a subquery for the rail."""
    return deliveries.waiting_count()


def _row(number: str, customer_id: int | None) -> Order:
    row = queries.order(number)
    if row is None or (customer_id is not None and row.customer_id != customer_id):
        raise NotFound(f"no order {number}")
    return row
