"""Orders, as customers see them."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.invoices import service as invoices
from portal.orders import service
from portal.orders.forms import EmptyForm
from portal.orders.forms.buying import WordsForm
from portal.orders.types import ORDER_HEADS, Filter, OrderInfo, State
from portal.orders.views.blueprint import blueprint
from portal.orders.views.cart import remember_count
from portal.platform import lists
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page

ORDERS: lists.Columns[OrderInfo] = lists.Columns("orders", ORDER_HEADS, OrderInfo.cells)


@blueprint.get("/orders")
@access.customer()
def index() -> ResponseReturnValue:
    """The customer's orders, newest first."""
    search, wanted = request.args.get("q", "").strip()[:80], Filter.of(request.args.get("show"), Filter.ALL)
    pages = partial(service.list_page, customer_id(), wanted, search)
    return lists.page(
        "orders/index.html", ORDERS, lambda after, limit: pages(after, limit=limit), limit=25, search=search,
        wanted=wanted, filters=Filter,
    )  # fmt: skip


@blueprint.get("/orders/<number>")
@access.customer()
def show(number: str) -> ResponseReturnValue:
    """One order: where it stands, what happens next, what was ordered."""
    return order_page(number, WordsForm())


@blueprint.post("/orders/<number>/again")
@access.customer("buyer", "approver")
@commit_on_success
def again(number: str) -> ResponseReturnValue:
    """Everything of an earlier order into the cart, at today's prices."""
    form, me = EmptyForm(), current_identity()
    if form.validate_on_submit():
        missing = service.reorder(me, number)
        flash(f"{number} is in your cart at today’s prices.", "done")
        if missing:
            flash("No longer sold: " + ", ".join(missing), "bad")
        remember_count(me)
    return redirect(url_for(".cart"), code=303)


def order_page(number: str, form: WordsForm) -> str:
    """The page of an order. form: what an approver says about it."""
    order = service.detail(number, customer_id())
    info = order.info
    invoice = invoices.by_number(info.invoice_number) if info.invoice_number else None
    return page(
        "orders/show.html",
        order=order,
        info=info,
        invoice=invoice,
        credits=invoices.credit_notes_of(invoice.id) if invoice and invoice.credited else [],
        deliveries=service.deliveries_of(info) if info.has_left else [],
        short=service.short_of(order),
        approval=service.approval_of(info) if info.state in {State.DRAFT, State.CANCELLED} else None,
        form=form,
    )
