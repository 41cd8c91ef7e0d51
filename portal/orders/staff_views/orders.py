"""Orders as our staff see and decide them."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core.errors import Conflict
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service
from portal.orders.forms import CancelForm, ReasonForm
from portal.orders.staff_views.blueprint import blueprint
from portal.orders.types import ORDER_HEADS, Filter, OrderInfo, State
from portal.platform import lists
from portal.platform.http import access, commit_on_success, current_identity, page

ORDERS: lists.Columns[OrderInfo] = lists.Columns("orders", ORDER_HEADS, OrderInfo.cells)
#: what the customer owes matters while somebody may have to decide
_UNDECIDED = {State.PLACED, State.HELD}


@blueprint.get("/staff/orders")
@access.staff()
def index() -> ResponseReturnValue:
    """All customers' orders; those that wait for us first in line."""
    search, wanted = request.args.get("q", "").strip()[:80], Filter.of(request.args.get("show"), Filter.RELEASED)
    if search and "show" not in request.args:
        wanted = Filter.ALL
    oldest = request.args.get("sort") == "oldest"
    pages = partial(service.list_page, None, wanted, search, oldest=oldest)
    return lists.page(
        "orders/staff_index.html", ORDERS, lambda after, limit: pages(after, limit=limit), search=search,
        wanted=wanted, oldest=oldest,
    )  # fmt: skip


@blueprint.get("/staff/orders/<number>")
@access.staff()
def show(number: str) -> ResponseReturnValue:
    """One order, why it waits, and what may be done about it."""
    return _order_page(number, ReasonForm())


@blueprint.post("/staff/orders/<number>/release")
@access.staff("manager")
@commit_on_success
def release(number: str) -> ResponseReturnValue:
    """A manager lets the goods go, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _order_page(number, form), 422
    service.release_by_hand(number, form.reason.data, by=current_identity())
    flash(f"{number} is released.", "done")
    return redirect(url_for(".show", number=number), code=303)


@blueprint.post("/staff/orders/<number>/lift")
@access.staff("manager")
@commit_on_success
def lift(number: str) -> ResponseReturnValue:
    """A manager accepts a held order: it is invoiced and waits for its money."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _order_page(number, form), 422
    order = service.lift_hold(number, form.reason.data, by=current_identity())
    flash(f"The hold is lifted; {order.invoice_number} is issued.", "done")
    return redirect(url_for(".show", number=number), code=303)


@blueprint.get("/staff/orders/<number>/cancel")
@access.staff("manager")
def cancel_form(number: str) -> ResponseReturnValue:
    """What cancelling would keep here, and what it would take off the invoice."""
    return page("orders/cancel.html", rest=service.rest(number), form=CancelForm(formdata=None))


@blueprint.post("/staff/orders/<number>/cancel")
@access.staff("manager")
@commit_on_success
def cancel(number: str) -> ResponseReturnValue:
    """Cancel an order, or what of it has not left."""
    form = CancelForm()
    if not form.validate_on_submit():
        return page("orders/cancel.html", rest=service.rest(number), form=form), 422
    seen, key = form.mark.data or None, form.key.data or None
    try:
        order = service.cancel(number, form.reason.data, by=current_identity(), seen=seen, key=key)
    except Conflict as error:
        form.form_errors.append(str(error))
        return page("orders/cancel.html", rest=service.rest(number), form=form), 409
    flash(f"The rest of {number} is cancelled." if order.cut_short else f"{number} is cancelled.", "done")
    return redirect(url_for(".show", number=number), code=303)


def _order_page(number: str, form: ReasonForm) -> str:
    order = service.detail(number)
    invoice = invoices.by_number(order.info.invoice_number) if order.info.invoice_number else None
    customer = accounts.customer(order.info.customer_id)
    owed = ledger.balance_of(customer.id, order.info.total.currency) if order.info.state in _UNDECIDED else None
    deliveries = service.deliveries_of(order.info) if order.info.has_left else []
    notes = invoices.credit_notes_of(invoice.id) if invoice and invoice.credited else []
    return page(
        "orders/staff_show.html", order=order, info=order.info, invoice=invoice, customer=customer, owed=owed,
        form=form, deliveries=deliveries, short=service.short_of(order), credits=notes,
    )  # fmt: skip
