"""What there is of the demo company, counted through the services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.invoices import service as invoices
from portal.invoices.types import Filter as InvoiceFilter
from portal.invoices.types import InvoiceInfo
from portal.orders import service as orders
from portal.orders.types import OrderInfo
from portal.proofs import service as proofs
from portal.proofs.types.stored import ProofInfo

_MANY = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """Orders, invoices and proofs, each by state."""

    orders: dict[str, int] = field(default_factory=dict)
    invoices: dict[str, int] = field(default_factory=dict)
    proofs: dict[str, int] = field(default_factory=dict)


def tally_of(customer_ids: Iterable[int]) -> Tally:
    """Count what these customers have."""
    found: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    for customer_id in customer_ids:
        found[0].update(each.state.value for each in _orders_of(customer_id))
        found[1].update(each.state.value for each in _invoices_of(customer_id))
        found[2].update(each.state.value for each in _proofs_of(customer_id))
    return Tally(*(dict(sorted(each.items())) for each in found))


def _orders_of(customer_id: int) -> Iterator[OrderInfo]:
    after: str | None = None
    while True:
        page = orders.list_page(customer_id, after=after, limit=_MANY)
        yield from page.items
        if (after := page.next) is None:
            return


def _invoices_of(customer_id: int) -> Iterator[InvoiceInfo]:
    after: str | None = None
    while True:
        page = invoices.list_page(customer_id, InvoiceFilter.ALL, after=after, limit=_MANY)
        yield from page.items
        if (after := page.next) is None:
            return


def _proofs_of(customer_id: int) -> Iterator[ProofInfo]:
    before: int | None = None
    while True:
        shown, before = proofs.list_of(customer_id, "", before=before)
        yield from shown
        if before is None:
            return
