"""Placing an order: once for its key, priced and taxed as seen, invoiced unless it must be held."""

from __future__ import annotations

import random

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo, ReleasePolicy
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.core.vat import rate_on
from portal.invoices import service as invoices
from portal.orders import queries
from portal.orders.errors import CartChanged, CartEmpty
from portal.orders.models import CartRow, Order, OrderLine
from portal.orders.service import finding, moving, telling
from portal.orders.service.cart import add_product, buyer_of, cart_of
from portal.orders.types import (
    LONGEST_ADDRESS,
    LONGEST_PO_NUMBER,
    MOST_ADDRESS_LINES,
    Cart,
    CartLine,
    OrderInfo,
    State,
    hold_reason,
)
from portal.platform import audit, idempotency
from portal.platform.db import db

SERIES = "ORD"
_LONGEST_NOTE = 500


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
    _check(cart, mark, po_number, note)
    order = _write(identity, customer, cart, po_number, delivery or customer.address, note)
    _empty(identity, cart)
    _accept_or_hold(order, customer, cart, source)
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


def _check(cart: Cart, mark: str | None, po_number: str, note: str) -> None:
    if not any(line.available for line in cart.lines):
        raise CartEmpty("There is nothing in your cart. It may have been ordered in another window.")
    if mark is not None and mark != cart.mark:
        raise CartChanged("Your cart or a price changed since you opened this page. Look at it once more.")
    if len(po_number) > LONGEST_PO_NUMBER or not po_number.isprintable():
        words = f"A PO number has at most {LONGEST_PO_NUMBER} letters and figures, like PO 88123."
        raise BadInput(words, field="po_number")
    if len(note) > _LONGEST_NOTE:
        raise BadInput(f"A note has at most {_LONGEST_NOTE} characters.", field="note")


def _write(
    identity: Identity, customer: CustomerInfo, cart: Cart, po_number: str, delivery: tuple[str, ...], note: str
) -> Order:
    order = Order(
        number=invoices.take_number(SERIES, clock.today()),
        customer_id=customer.id,
        customer_code=customer.code,
        customer_name=customer.name,
        placed_by_id=identity.user_id,
        placed_by=identity.name,
        po_number=po_number,
        delivery=_address(delivery),
        note=note,
        state=State.DRAFT.value,
        currency=cart.total.currency,
        net_cents=cart.net.cents,
        vat_cents=cart.vat.cents,
        total_cents=cart.total.cents,
        placed_at=clock.now(),
    )
    db.session.add(order)
    db.session.flush()
    sold = [line for line in cart.lines if line.available]
    db.session.add_all(_line(order.id, position, line) for position, line in enumerate(sold, 1))
    db.session.flush()
    return order


def _address(lines: tuple[str, ...]) -> list[str]:
    kept = [line.strip() for line in lines if line.strip()]
    if not kept:
        raise BadInput("Write where the goods are to be delivered.", field="delivery")
    if len(kept) > MOST_ADDRESS_LINES or sum(map(len, kept)) > LONGEST_ADDRESS:
        words = f"An address has at most {MOST_ADDRESS_LINES} lines and {LONGEST_ADDRESS} characters."
        raise BadInput(words, field="delivery")
    return kept


def _line(order_id: int, position: int, line: CartLine) -> OrderLine:
    return OrderLine(
        order_id=order_id,
        position=position,
        product_id=line.product_id,
        sku=line.sku,
        description=f"{line.name}, {line.pack}" if line.pack and line.pack != line.unit else line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price_cents=line.price.cents,
        vat_code=line.vat_code.value,
        vat_rate=rate_on(line.vat_code, clock.today()),
        net_cents=line.net.cents,
        vat_cents=line.vat.cents,
        gross_cents=line.gross.cents,
    )


def _empty(identity: Identity, cart: Cart) -> None:
    """What was ordered leaves the cart; what is no longer sold leaves it too."""
    ordered = {line.product_id for line in cart.lines}
    rows: list[CartRow] = queries.cart_rows(buyer_of(identity), identity.user_id)
    queries.remove_cart_rows(row.id for row in rows if row.product_id in ordered)


def _accept_or_hold(order: Order, customer: CustomerInfo, cart: Cart, source: random.Random | None) -> None:
    short = moving.reserve(order)
    reason = hold_reason(moving.standing_of(customer), cart.total)
    if reason is not None:
        moving.step(order, State.HELD)
        order.held_at, order.held_reason = clock.now(), reason
    else:
        moving.step(order, State.PLACED)
        moving.invoice(order, source)
    db.session.flush()
    after = {
        "state": order.state,
        "total": cart.total.plain,
        "reason": reason or "",
        "back_ordered": sum(short.values()),
    }
    audit.record("order.placed", order.number, after=after)
    if reason is not None:
        telling.held(queries.info(order), order.placed_by_id)
        return
    telling.placed(queries.info(order), order.placed_by_id)
    if customer.release_policy is ReleasePolicy.ACCOUNT:
        moving.release(order, by="", reason="On account, within the limit and nothing overdue.")
