"""Orders: listed, read, placed."""

from __future__ import annotations

from flask import abort, url_for

from portal.accounts import service as accounts
from portal.core.money import Money
from portal.orders import service
from portal.orders.api import shapes
from portal.orders.api.blueprint import blueprint
from portal.orders.api.shapes import NewOrder, Order, WholeOrder
from portal.orders.types import Filter
from portal.platform.http import access, current_program, errors
from portal.platform.rest import Listed, Made, PageAsked, Search, listed, operation, own_key

_NUMBER = {"number": ("The order’s number.", "ORD-2026-000123")}
_NOBODY = (
    "Whoever made this token does not buy for the customer any more, or is not of the customer. "
    "A buyer or an approver of the company has to make another one."
)


class OrdersAsked(PageAsked, frozen=True, kw_only=True):
    """Which orders."""

    state: Filter = Filter.ALL
    q: Search = ""


@blueprint.get("/api/v1/orders")
@access.program("orders:read")
@operation("List orders", tag="Orders", answer=Listed[Order], query=OrdersAsked, words="The newest first.")
def orders(query: OrdersAsked) -> Listed[Order]:
    """A page of orders."""
    whose = accounts.whose(current_program(), query.customer)
    page = service.list_page(whose, query.state, query.q, query.after or None, limit=query.limit)
    return listed(page, shapes.order)


@blueprint.get("/api/v1/orders/<number>")
@access.program("orders:read")
@operation("Get an order", tag="Orders", answer=WholeOrder, path=_NUMBER)
def order(number: str) -> WholeOrder:
    """One order with its lines."""
    return _whole(number)


@blueprint.post("/api/v1/orders")
@access.program("orders:write")
@operation("Place an order", tag="Orders", answer=WholeOrder, body=NewOrder,
           words="At today’s prices, in the name of whoever made the token: above their spending limit it waits as a "
                 "draft for an approver of your company. 409 when it cannot be placed as things stand: a product that "
                 "is not sold, a PO number that your company’s rules refuse, another total than you expected.")  # fmt: skip
def place(body: NewOrder, key: str) -> Made:
    """Place an order, once for its key."""
    program = current_program()
    person = accounts.person_behind(program)
    if person is None:
        abort(errors.answer(403, words=_NOBODY))
    wanted = [(line.sku, line.quantity) for line in body.lines]
    expected = None if body.expected_total is None else Money(body.expected_total, person.currency)
    lines = [part.strip() for each in body.delivery for part in each.splitlines()]
    made = service.place_lines(
        person, wanted, body.po_number, own_key(key), delivery=tuple(filter(None, lines)) or None,
        note=body.note, expected=expected,
    )  # fmt: skip
    return Made(_whole(made.number), url_for(".order", number=made.number))


def _whole(number: str) -> WholeOrder:
    found = service.detail(number, current_program().customer_id)
    return shapes.whole_order(found.info, found.lines, found.delivery, found.note, found.cancel_reason)
