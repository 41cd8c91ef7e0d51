"""What must always hold of orders; the ledger's self-check asks. And what stands against moving a customer."""

from __future__ import annotations

from collections.abc import Iterator

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.catalog import service as catalog
from portal.core.errors import Conflict
from portal.ledger import service as ledger
from portal.ledger.types import Broken
from portal.orders import queries
from portal.orders.queries import deliveries, quotes

INVOICED = "orders: invoiced unless held"
WITHIN = "deliveries: never more than was ordered"
SAID = "deliveries: the order says that goods left"
STOCK = "stock: on hand and reserved are sums"
_MOST_ROWS = 20


def register_invariants() -> None:
    """Add the rules of this feature to the self-check."""
    accounts.before_moving(_nothing_waits)
    ledger.invariant(INVOICED, _invoiced)
    ledger.invariant(WITHIN, _within)
    ledger.invariant(SAID, _said)
    ledger.invariant(STOCK, _stock)


def _nothing_waits(customer: CustomerInfo) -> None:
    """A customer moves to another country or currency once nothing waits at prices of the old one."""
    number = queries.waiting_of(customer.id) or quotes.open_of(customer.id)
    if number is not None:
        raise Conflict(
            f"{number} waits at prices in {customer.currency}. Release or cancel it first, "
            "then change the customer’s country or currency."
        )


def _invoiced() -> Iterator[Broken]:
    for order in queries.without_invoice(_MOST_ROWS):
        yield Broken(
            INVOICED, order.number, f"{order.state.value}, invoice {order.invoice_number or 'none'}", order.customer_id
        )


def _within() -> Iterator[Broken]:
    for sku, ordered, left in deliveries.beyond_order(_MOST_ROWS):
        yield Broken(WITHIN, sku, f"{ordered} ordered, {left} delivered")


def _said() -> Iterator[Broken]:
    for number in deliveries.wrongly_delivered(_MOST_ROWS):
        yield Broken(SAID, number, "has a delivery note")


def _stock() -> Iterator[Broken]:
    """The catalogue stands beside the ledger and cannot ask for this itself (docs/rules/stock.md K8)."""
    for shelf in catalog.broken_stock():
        yield Broken(STOCK, shelf.sku, shelf.words)
