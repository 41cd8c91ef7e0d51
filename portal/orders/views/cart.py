"""The cart and the checkout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.orders import service
from portal.orders.errors import CartChanged, CartEmpty
from portal.orders.forms import AddForm, CheckoutForm, QuantityForm
from portal.orders.types import Cart
from portal.orders.views.blueprint import blueprint
from portal.platform.db import transaction
from portal.platform.fields import blame
from portal.platform.http import access, arrivals, commit_on_success, current_identity, customer_id, page
from portal.platform.http.redirects import safe_path

#: where a visitor's cart stands in their browser's session
WAITING = "waiting_cart"


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
        remember_count(me)
    return redirect(back, code=303)


@blueprint.post("/cart/visitor")
@access.public
def keep() -> ResponseReturnValue:
    """A visitor chooses a product: it stays in their browser and goes into their cart when they sign in."""
    form = AddForm()
    back = safe_path(form.next.data, url_for("catalog.index"))
    if not form.validate_on_submit():
        flash((form.quantity.errors or ["That was not kept. Try again."])[0], "bad")
        return redirect(back, code=303)
    try:
        name, session[WAITING] = service.keep_for_later(session.get(WAITING, {}), form.sku.data, form.quantity.data)
    except NotFound:
        flash("This product is no longer sold.", "bad")
    except BadInput as error:
        flash(error.words, "bad")
    else:
        flash(f"Kept for you: {form.quantity.data} × {name}. Sign in to order.", "done")
    return redirect(back, code=303)


def _merge(person: Identity, before: Mapping[str, Any]) -> None:
    """Somebody signed in who chose something before."""
    waiting = before.get(WAITING)
    if not waiting or person.customer_id is None or person.customer_role not in {"buyer", "approver"}:
        return
    if count := transaction(lambda: service.merge_waiting(person, waiting)):
        flash(f"What you chose before is in your cart: {count} product{'' if count == 1 else 's'}.", "done")
        remember_count(person)


arrivals.register("cart", _merge)


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
    remember_count(me)
    return redirect(url_for(".cart"), code=303)


@blueprint.get("/checkout")
@access.customer("buyer", "approver")
def checkout() -> ResponseReturnValue:
    """PO number, address, and what it comes to."""
    customer = accounts.customer(customer_id())
    found = service.cart_of(current_identity(), customer)
    if not found.lines:
        return redirect(url_for(".cart"), code=303)
    form = CheckoutForm(
        service.addresses(customer.id), service.po_rules(customer.id), delivery="\n".join(customer.address)
    )
    return _checkout_page(form, customer, found)


@blueprint.post("/checkout")
@access.customer("buyer", "approver")
@commit_on_success
def place() -> ResponseReturnValue:
    """Place the order, once."""
    form, me = CheckoutForm(service.addresses(customer_id()), service.po_rules(customer_id())), current_identity()
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
    remember_count(me)
    return redirect(url_for(".show", number=order.number), code=303)


def remember_count(me: Identity) -> None:
    """The number beside the cart's sign costs no query on other pages."""
    session["cart_lines"] = service.count_in_cart(me)


def _checkout_page(form: CheckoutForm, customer: CustomerInfo | None = None, cart: Cart | None = None) -> str:
    customer = customer or accounts.customer(customer_id())
    cart = cart or service.cart_of(current_identity(), customer)
    return page("orders/checkout.html", form=form, cart=cart, customer=customer)
