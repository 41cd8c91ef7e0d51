"""The moves every order makes, whoever asks: invoiced, held, released. The customer and the order are locked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from decimal import Decimal

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo, ReleasePolicy
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import DraftLine, InvoiceDraft
from portal.ledger import service as ledger
from portal.orders import queries
from portal.orders.models import Order
from portal.orders.service import telling
from portal.orders.types import OrderInfo, OrderLine, Standing, State, check_move
from portal.platform import audit
from portal.platform.db import db

#: a customer's id → what the bank should have shown of theirs by now
Awaiting = Callable[[int, str], Money]


def locked(number: str) -> Order:
    """The order, its customer locked before it. Raises NotFound."""
    found = queries.order(number)
    if found is None:
        raise NotFound(f"no order {number}")
    accounts.lock_customer(found.customer_id)
    order = queries.lock_order(found.id)
    if order is None:
        raise NotFound(f"no order {number}")
    return order


def info(order: Order) -> OrderInfo:
    """A locked order as others see it."""
    return queries.info(order)


def standing_of(customer: CustomerInfo, currency: str) -> Standing:
    """How the customer stands at this moment in a currency. The caller holds the customer's lock.

    Limits count in the customer's own currency only; in another one there are none.
    """
    own = currency == customer.currency
    return Standing(
        policy=customer.release_policy,
        open_balance=ledger.balance_of(customer.id, currency),
        overdue=invoices.has_overdue(customer.id),
        credit_limit=customer.credit_limit if own else Money.zero(currency),
        unconfirmed=ledger.unconfirmed_of(customer.id, currency),
        provisional_limit=customer.provisional_limit if own else Money.zero(currency),
        parked=ledger.is_parked(customer.id),
        awaited=_awaited_of(customer, currency),
    )


#: who knows of money that the bank should have shown; filled by when_awaited
_awaiting: list[Awaiting] = []


def _awaited_of(customer: CustomerInfo, currency: str) -> Money:
    """Only the policy that trusts proofs up to a limit asks."""
    asks = customer.release_policy is ReleasePolicy.PROVISIONAL
    return _awaiting[0](customer.id, currency) if asks and _awaiting else Money.zero(currency)


def when_awaited(late_of: Awaiting) -> None:
    """Say who knows what a customer's late money comes to; payments do, which stand above orders."""
    _awaiting[:] = [late_of]


def evidence_of(standing: Standing, payment_id: int | None = None) -> dict[str, object]:
    """What a release or a hold is decided on, in whole cents, as it is kept with the order."""
    return {
        "policy": standing.policy.value,
        "owed": standing.open_balance.cents,
        "credit_limit": standing.credit_limit.cents,
        "overdue": standing.overdue,
        "unconfirmed": standing.unconfirmed.cents,
        "provisional_limit": standing.provisional_limit.cents,
        "awaited": standing.awaited.cents,
        "payment": payment_id,
    }


def step(order: Order, wanted: State) -> None:
    """Move a locked order. Raises IllegalMove before anything is written."""
    check_move(order.number, State(order.state), wanted)
    order.state = wanted.value


def reserve(order: Order) -> dict[int, int]:
    """Promise the order what the shelf has; gives what it has to wait for, by product.

    Source: docs/rules/stock.md K2; docs/rules/orders.md O6.
    """
    return catalog.reserve(order.number, by_product(queries.lines_of(order.id, order.currency)))


def by_product(lines: Iterable[OrderLine]) -> dict[int, int]:
    """Pieces of each product, however many lines it stands on."""
    pieces: dict[int, int] = {}
    for line in lines:
        pieces[line.product_id] = pieces.get(line.product_id, 0) + line.quantity
    return pieces


def invoice(order: Order, source: random.Random | None = None) -> None:
    """Issue the invoice of an order that is placed, or whose hold was lifted. Raises as invoices.issue."""
    lines = tuple(
        DraftLine(line.description, line.sku, Decimal(line.quantity), line.unit, line.unit_price, line.vat_code)
        for line in queries.lines_of(order.id, order.currency)
    )
    issued = invoices.issue(
        InvoiceDraft(
            customer_id=order.customer_id,
            lines=lines,
            po_number=order.po_number,
            order_number=order.number,
            delivery=tuple(order.delivery),
        ),
        source=source,
    )
    order.invoice_id, order.invoice_number = issued.id, issued.number
    db.session.flush()


def release(
    order: Order, *, by: str, reason: str, standing: Standing | None = None, payment_id: int | None = None
) -> None:
    """The goods may leave. by: the person, or empty for the customer's policy; reason: in words, kept and audited.

    standing, payment_id: what a policy decided on; a release by hand keeps what was known when the order was placed.
    """
    before = order.state
    step(order, State.RELEASED)
    order.released_at, order.released_by, order.release_reason = clock.now(), by, reason
    if standing is not None:
        order.evidence = evidence_of(standing, payment_id)
    db.session.flush()
    audit.record(
        "order.released",
        order.number,
        before={"state": before},
        after={"state": order.state, "reason": reason, "by": by or "policy"},
    )
    telling.released(queries.info(order), order.placed_by_id)
