"""What must always hold of orders; the ledger's self-check asks."""

from __future__ import annotations

from collections.abc import Iterator

from portal.ledger import service as ledger
from portal.ledger.types import Broken
from portal.orders import queries

INVOICED = "orders: invoiced unless held"
_MOST_ROWS = 20


def register_invariants() -> None:
    """Add the rules of this feature to the self-check."""
    ledger.invariant(INVOICED, _invoiced)


def _invoiced() -> Iterator[Broken]:
    for order in queries.without_invoice(_MOST_ROWS):
        yield Broken(
            INVOICED, order.number, f"{order.state.value}, invoice {order.invoice_number or 'none'}", order.customer_id
        )
