"""Cart, checkout and orders, as customers see them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.invoices import service as invoices
from portal.orders import service
from portal.orders.errors import CartChanged, CartEmpty
from portal.orders.forms import AddForm, CheckoutForm, EmptyForm, QuantityForm
from portal.orders.types import Filter
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page
from portal.platform.http.redirects import safe_path

blueprint = Blueprint("orders", __name__)


@blueprint.get("/cart")
@access.customer("buyer", "approver")
def cart() -> ResponseReturnValue:
    """What is in the cart, at today's prices."""
    found = service.cart_of(current_identity())
    session["cart_lines"] = len(found.lines)
    return page("orders/cart.html", cart=found)


@blueprint.post("/cart")
@access.customer("buyer", "approver")
@commit_on_success
def add() -> ResponseReturnValue:
    """Put a product into the cart and stay where one was."""
    form, me = AddForm(), current_identity()
    back = safe_path(form.next.data, url_for("catalog.index"))
    if not form.validate_on_submit():
        flash((form.quantity.errors or ["That did not reach the cart. Try again."])[0], "bad")
        return redirect(back, code=303)
    try:
        name = service.add_to_cart(me, form.sku.data, form.quantity.data)
    except NotFound:
        flash("This product is no longer sold.", "bad")
    else:
        flash(f"In your cart: {form.quantity.data} × {name}", "done")
        _remember_count(me)
    return redirect(back, code=303)


@blueprint.post("/cart/<int:product_id>")
@access.customer("buyer", "approver")
@commit_on_success
def change(product_id: int) -> ResponseReturnValue:
    """Another quantity, or out of the cart."""
    form, me = QuantityForm(), current_identity()
    if "remove" in request.form:
        service.remove_from_cart(me, product_id)
    elif form.validate_on_submit():
        service.set_quantity(me, product_id, form.quantity.data)
    else:
        flash((form.quantity.errors or ["The quantity was not changed. Try again."])[0], "bad")
    _remember_count(me)
    return redirect(url_for(".cart"), code=303)


@blueprint.get("/checkout")
@access.customer("buyer", "approver")
def checkout() -> ResponseReturnValue:
    """PO number, address, and what it comes to."""
    customer = accounts.customer(customer_id())
    cart = service.cart_of(current_identity(), customer)
    if not cart.lines:
        return redirect(url_for(".cart"), code=303)
    form = CheckoutForm(delivery="\n".join(customer.address))
    return page("orders/checkout.html", form=form, cart=cart, customer=customer)


@blueprint.post("/checkout")
@access.customer("buyer", "approver")
@commit_on_success
def place() -> ResponseReturnValue:
    """Place the order, once."""
    form, me = CheckoutForm(), current_identity()
    if not form.validate_on_submit():
        return _checkout_page(form), 422
    try:
        order = service.place_order(
            me, form.po_number.data, form.key.data, delivery=form.delivery_lines(), note=form.note.data,
            mark=form.mark.data,
        )  # fmt: skip
    except CartEmpty as error:
        flash(error.words, "bad")
        return redirect(url_for(".index"), code=303)
    except CartChanged as error:
        form.form_errors.append(str(error))
        return _checkout_page(form), 409
    except BadInput as error:
        blame(form, error)
        return _checkout_page(form), 422
    _remember_count(me)
    return redirect(url_for(".show", number=order.number), code=303)


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
    return page("orders/show.html", order=order, info=order.info, invoice=invoice)


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
        _remember_count(me)
    return redirect(url_for(".cart"), code=303)


def _remember_count(me: Identity) -> None:
    """The number beside the cart's sign costs no query on other pages."""
    session["cart_lines"] = service.count_in_cart(me)


def _checkout_page(form: CheckoutForm) -> str:
    customer = accounts.customer(customer_id())
    cart = service.cart_of(current_identity(), customer)
    return page("orders/checkout.html", form=form, cart=cart, customer=customer)
