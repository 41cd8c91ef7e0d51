"""Placing an order: once for its key, priced and taxed as seen, invoiced unless it must be held."""

from __future__ import annotations

import random
from collections.abc import Sequence

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import rate_on
from portal.orders import queries
from portal.orders.errors import CartChanged, CartEmpty
from portal.orders.models import CartRow
from portal.orders.service import booking, finding
from portal.orders.service.cart import add_product, buyer_of, cart_for, cart_of, together
from portal.orders.types import Cart, CartLine, OrderInfo, OrderLine, Purchase
from portal.platform import idempotency


def place_order(
    identity: Identity,
    po_number: str,
    key: str,
    *,
    delivery: tuple[str, ...] | None = None,
    note: str = "",
    mark: str | None = None,
    source: random.Random | None = None,
) -> OrderInfo:
    """Order what is in the person's cart, once for the key: the same key gives the first order again.

    Locks the customer first, so that of two tabs the second finds the first one's order, and two orders on account
    cannot both fit under one limit. An order on account that may not go is held and gets no invoice yet; any other
    is invoiced at once, and on account it is released at once.
    po_number: the customer's own, empty when they said there is none. delivery: lines; None for the customer's address.
    mark: the cart's, as the person saw it; None to order it as it is. source: see invoices.issue.
    Raises CartEmpty, CartChanged, BadInput, NotIssuable. Source: docs/rules/release.md R1, R4, R6.
    """
    customer_id = buyer_of(identity)
    accounts.lock_customer(customer_id)
    scope = f"orders.place:{customer_id}:{identity.user_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return finding.order(str(earlier["number"]), customer_id)
    customer = accounts.customer(customer_id)
    cart = cart_of(identity, customer)
    _check(cart, mark)
    lines = tuple(_line(line) for line in cart.lines if line.available)
    purchase = Purchase(lines, po_number, delivery or customer.address, note)
    order = booking.book(identity, customer, purchase, source=source)
    _empty(identity, cart)
    idempotency.remember(key, scope, {"number": order.number})
    return queries.info(order)


def place_lines(
    identity: Identity,
    wanted: Sequence[tuple[str, int]],
    po_number: str,
    key: str,
    *,
    delivery: tuple[str, ...] | None = None,
    note: str = "",
    expected: Money | None = None,
) -> OrderInfo:
    """Order products by their codes at today's prices, as a program does; no cart is touched. Once for the key.

    wanted: code and quantity; a code that stands there twice is one line. expected: the total that was reckoned with.
    Raises BadInput for what is not sold or has no price, for another total, and as `place_order`.
    Source: docs/rules/api.md P8.
    """
    customer_id = buyer_of(identity)
    accounts.lock_customer(customer_id)
    scope = f"orders.lines:{customer_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return finding.order(str(earlier["number"]), customer_id)
    customer = accounts.customer(customer_id)
    cart = cart_for(customer, together(wanted))
    if expected is not None and expected != cart.total:
        raise BadInput(f"It comes to {cart.total} today, not to {expected}.", field="expected_total")
    lines = tuple(_line(line) for line in cart.lines)
    purchase = Purchase(lines, po_number.strip(), delivery or customer.address, note.strip())
    order = booking.book(identity, customer, purchase)
    idempotency.remember(key, scope, {"number": order.number})
    return queries.info(order)


def place_for_demo(identity: Identity, po_number: str, key: str, *, source: random.Random) -> OrderInfo:
    """Place an order as `place_order`, with a repeatable invoice reference."""
    return place_order(identity, po_number, key, source=source)


def reorder(identity: Identity, number: str) -> list[str]:
    """Put everything of an earlier order into the cart again, at today's prices; gives what is no longer sold."""
    lines = finding.detail(number, buyer_of(identity)).lines
    products = catalog.products_by_id(line.product_id for line in lines)
    missing = []
    for line in lines:
        product = products.get(line.product_id)
        if product is not None and product.active:
            add_product(identity, product.id, line.quantity)
        else:
            missing.append(line.description)
    return missing


def _check(cart: Cart, mark: str | None) -> None:
    if cart.unpriced:
        names = ", ".join(line.sku for line in cart.unpriced)
        raise CartChanged(f"{names}: there is no price in your currency today. Take it out, or ask for a quote.")
    if not any(line.available for line in cart.lines):
        raise CartEmpty("There is nothing in your cart. It may have been ordered in another window.")
    if mark is not None and mark != cart.mark:
        raise CartChanged("Your cart or a price changed since you opened this page. Look at it once more.")


def _line(line: CartLine) -> OrderLine:
    return OrderLine(
        product_id=line.product_id,
        sku=line.sku,
        description=f"{line.name}, {line.pack}" if line.pack and line.pack != line.unit else line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.price,
        vat_code=line.vat_code,
        rate=rate_on(line.vat_code, clock.today()),
        net=line.net,
        vat=line.vat,
        gross=line.gross,
    )


def _empty(identity: Identity, cart: Cart) -> None:
    """What was ordered leaves the cart; what is no longer sold leaves it too."""
    ordered = {line.product_id for line in cart.lines}
    rows: list[CartRow] = queries.cart_rows(buyer_of(identity), identity.user_id)
    queries.remove_cart_rows(row.id for row in rows if row.product_id in ordered)
