"""What must always hold of orders; the ledger's self-check asks."""

from __future__ import annotations

from collections.abc import Iterator

from portal.catalog import service as catalog
from portal.ledger import service as ledger
from portal.ledger.types import Broken
from portal.orders import queries
from portal.orders.queries import deliveries

INVOICED = "orders: invoiced unless held"
WITHIN = "deliveries: never more than was ordered"
SAID = "deliveries: the order says that goods left"
STOCK = "stock: on hand and reserved are sums"
_MOST_ROWS = 20


def register_invariants() -> None:
    """Add the rules of this feature to the self-check."""
    ledger.invariant(INVOICED, _invoiced)
    ledger.invariant(WITHIN, _within)
    ledger.invariant(SAID, _said)
    ledger.invariant(STOCK, _stock)


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
