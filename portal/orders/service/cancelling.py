"""Cancelling: what has not left stays here, and what was invoiced of it comes off by a credit note."""

from __future__ import annotations

from decimal import Decimal

from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove, NotFound
from portal.core.identity import Identity
from portal.invoices import service as invoices
from portal.invoices.types import LONGEST_REASON
from portal.invoices.types.credit import CreditDraft, CreditNoteInfo
from portal.orders import queries
from portal.orders.errors import NeedsCreditNote
from portal.orders.models import Order
from portal.orders.queries import deliveries
from portal.orders.service import moving, telling
from portal.orders.service.releasing import checked_reason
from portal.orders.types import OrderInfo, State
from portal.orders.types.cancelling import CANCELLABLE, Credit, Rest, to_credit
from portal.platform import audit, idempotency
from portal.platform.db import db


def rest(number: str) -> Rest:
    """What of an order has not left, and what cancelling it would take off its invoice; nothing is written.

    Raises NotFound, IllegalMove for an order that cannot be cancelled.
    """
    row = queries.order(number)
    if row is None:
        raise NotFound(f"no order {number}")
    return _rest(row)


def cancel(number: str, reason: str, *, by: Identity, seen: str | None = None, key: str | None = None) -> OrderInfo:
    """Cancel an order, or what of it has not left: its stock is given back, its release ends, its invoice is credited.

    Locks the customer and the order, so that of a dispatcher and a manager at one moment the second sees what the
    first did; then the invoice and its payments as invoices.credit. What was paid beyond the invoice's new total is
    the customer's credit on account; money that is still under way becomes it when the bank shows it.
    seen: the mark of what the manager looked at; needed once there is an invoice. key: gives the first answer again.
    Raises NeedsCreditNote for an invoiced order nobody looked at, Conflict when it is not as it was seen, IllegalMove,
    BadInput. Source: docs/rules/release.md R7, R12 (an issued invoice is lowered by a credit note only).
    """
    words, scope = checked_reason(reason), f"orders.cancel:{by.user_id}"
    order = moving.locked(number)
    if key is not None and (earlier := idempotency.answer_to(key, scope)) is not None:
        return moving.info(queries.order(str(earlier["number"])) or order)
    found, before = _rest(order), State(order.state)
    if order.invoice_id is not None and seen is None:
        raise NeedsCreditNote(
            f"{order.invoice_number} was issued; look at the credit note that cancelling needs first."
        )
    if seen is not None and seen != found.mark:
        raise Conflict(f"{number} changed since you opened this page. Look at it once more.")
    made = _credit(found, words)  # first: where it is refused the order is still what the reason speaks of
    _end(order, words)
    after = {"reason": words, "by": by.name, "state": order.state, "credit_note": made.number if made else None}
    audit.record("order.cancelled", number, before={"state": before.value}, after=after)
    telling.cancelled(moving.info(order), order.placed_by_id, words, made)
    if before in {State.RELEASED, State.PART_DELIVERED}:
        telling.release_withdrawn(moving.info(order), words)
    if key is not None:
        idempotency.remember(key, scope, {"number": number})
    return moving.info(order)


def _rest(order: Order) -> Rest:
    info = queries.info(order)
    if info.state not in CANCELLABLE:  # a draft is its company's own, and nothing has reached us yet
        raise IllegalMove(info.number, info.state.value, State.CANCELLED.value)
    lines = deliveries.open_lines(order.id)
    credit = _credit_of(info, to_credit(lines, _credited(info))) if info.invoice_id is not None else None
    return Rest(info, lines, credit)


def _credited(order: OrderInfo) -> dict[int, Decimal]:
    found = invoices.left_to_credit(order.invoice_number)
    return {each.line.position: each.credited for each in found.lines}


def _credit_of(order: OrderInfo, quantities: dict[int, Decimal]) -> Credit | None:
    """None when all of it was credited already, or costs nothing."""
    found = {each.line.position: each for each in invoices.left_to_credit(order.invoice_number).lines}
    if not any(found[position].part(quantity).gross for position, quantity in quantities.items()):
        return None
    made = invoices.preview_credit(CreditDraft(order.invoice_number, "Order cancelled", quantities))
    return Credit(order.invoice_number, quantities, made.total, made.balance, made.freed)


def _end(order: Order, words: str) -> None:
    """The order is cancelled, or delivered when part of it has left; what was promised to it goes to who waits."""
    left = State(order.state) is State.PART_DELIVERED
    moving.step(order, State.DELIVERED if left else State.CANCELLED)
    order.cancelled_at, order.cancel_reason = clock.now(), words
    if left:
        order.delivered_at = clock.now()
    db.session.flush()
    catalog.unreserve(order.number)


def _credit(found: Rest, words: str) -> CreditNoteInfo | None:
    """An order ends once, so that its number makes the credit note once."""
    if found.credit is None:
        return None
    reason = f"Order {found.order.number} cancelled: {words}"[:LONGEST_REASON]
    draft = CreditDraft(found.credit.invoice_number, reason, found.credit.quantities)
    return invoices.credit(draft, key=f"cancelled:{found.order.number}")
