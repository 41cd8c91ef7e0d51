"""Orders, as customers see them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.invoices import service as invoices
from portal.orders import service
from portal.orders.forms import EmptyForm
from portal.orders.types import Filter
from portal.orders.views.blueprint import blueprint
from portal.orders.views.cart import remember_count
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page


@blueprint.get("/orders")
@access.customer()
def index() -> ResponseReturnValue:
    """The customer's orders, newest first."""
    search, wanted = request.args.get("q", "").strip()[:80], Filter.of(request.args.get("show"), Filter.ALL)
    found = service.list_page(customer_id(), wanted, search, request.args.get("after"))
    return page("orders/index.html", orders=found, search=search, wanted=wanted, filters=Filter)


@blueprint.get("/orders/<number>")
@access.customer()
def show(number: str) -> ResponseReturnValue:
    """One order: where it stands, what happens next, what was ordered."""
    order = service.detail(number, customer_id())
    invoice = invoices.by_number(order.info.invoice_number) if order.info.invoice_number else None
    deliveries, short = service.deliveries_of(order.info), service.short_of(order)
    return page("orders/show.html", order=order, info=order.info, invoice=invoice, deliveries=deliveries, short=short)


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
