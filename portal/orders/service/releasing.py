"""When goods leave: by the customer's policy as money comes, or by hand with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo, ReleasePolicy
from portal.core.errors import BadInput, IllegalMove
from portal.core.identity import Identity
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.errors import NotIssuable
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.orders import queries
from portal.orders.models import Order
from portal.orders.service import moving, telling
from portal.orders.types import LONGEST_REASON, Event, OrderInfo, Standing, State, hold_reason, may_release
from portal.platform import audit
from portal.platform.db import db

_WORDS = {
    Event.CONFIRMED: "The money is confirmed.",
    Event.VERIFIED: "The proof of payment was verified.",
}


def release_if_due(
    customer_id: int,
    invoice_ids: Iterable[int],
    event: Event | str,
    *,
    covered: Mapping[int, Money] | None = None,
    payment_id: int | None = None,
) -> list[str]:
    """Let goods leave whose money was just verified or confirmed, as the customer's policy says; their order numbers.

    The caller holds the locks of customer, invoices and payment, and has already counted the payment in the
    customer's unconfirmed sum or settled it. After confirmed money, orders on account that were held and now fit
    are lifted, oldest first. Nothing leaves for a customer or invoice that is parked (docs/rules/ledger.md, L12).
    covered: how much of each invoice the verified payment is for; None when it is for all they still need.
    payment_id: which payment it was, kept with the order as evidence.
    Source: design.md 2; docs/rules/release.md R1 to R5.
    """
    event, wanted = Event(event), list(invoice_ids)
    if ledger.is_parked(customer_id, wanted):
        return []
    customer = accounts.customer(customer_id)
    released = _release_placed(customer, wanted, event, covered, payment_id)
    if event is Event.CONFIRMED and customer.release_policy is ReleasePolicy.ACCOUNT:
        released += _lift_what_fits(customer)
    return released


def _release_placed(
    customer: CustomerInfo,
    invoice_ids: list[int],
    event: Event,
    covered: Mapping[int, Money] | None,
    payment_id: int | None,
) -> list[str]:
    waiting = queries.placed_of_invoices(invoice_ids)
    if not waiting:
        return []
    wanted = {each.id: each for each in invoices.by_ids(invoice_ids)}
    standings: dict[str, Standing] = {}
    released = []
    for order in queries.lock_orders(waiting):
        invoice = wanted.get(order.invoice_id or 0)
        if invoice is None or State(order.state) is not State.PLACED:
            continue
        if order.currency not in standings:
            standings[order.currency] = moving.standing_of(customer, order.currency)
        standing = standings[order.currency]
        full = _covers(invoice, covered)
        if may_release(standing, event, paid=not invoice.balance, covered=full):
            words = _WORDS[event if invoice.balance else Event.CONFIRMED]
            moving.release(order, by="", reason=words, standing=standing, payment_id=payment_id)
            released.append(order.number)
    return released


def _covers(invoice: InvoiceInfo, covered: Mapping[int, Money] | None) -> bool:
    return covered is None or (invoice.id in covered and covered[invoice.id] >= invoice.balance)


def _lift_what_fits(customer: CustomerInfo) -> list[str]:
    """Held orders on account, oldest first, while they fit under the limit and nothing is overdue.

    One whose invoice cannot be issued now stays held for a manager, who reads what is missing.
    """
    released = []
    for order in queries.lock_orders(queries.held_of(customer.id)):
        amount = Money(order.total_cents, order.currency)
        standing = moving.standing_of(customer, order.currency)
        if hold_reason(standing, amount) is not None:
            continue
        try:
            with db.session.begin_nested():
                _lift(order, "Money came in; the order fits under the limit again.", by="")
        except NotIssuable:  # money at the bank is booked whatever an invoice still needs
            db.session.refresh(order)
            continue
        moving.release(order, by="", reason="On account, within the limit and nothing overdue.", standing=standing)
        released.append(order.number)
    return released


def _lift(order: Order, reason: str, *, by: str) -> None:
    moving.step(order, State.PLACED)
    order.held_reason = ""
    moving.invoice(order)
    audit.record("order.hold-lifted", order.number, after={"reason": reason, "by": by or "policy"})


def release_by_hand(number: str, reason: str, *, by: Identity) -> OrderInfo:
    """A manager lets the goods go whatever the policy says; a held order gets its invoice first. Audited.

    Raises BadInput without a reason, IllegalMove when the order is released, delivered or cancelled already.
    Source: docs/rules/release.md R6.
    """
    words = checked_reason(reason)
    order = moving.locked(number)
    if State(order.state) is State.HELD:
        _lift(order, words, by=by.name)
    moving.release(order, by=by.name, reason=words)
    return queries.info(order)


def lift_hold(number: str, reason: str, *, by: Identity) -> OrderInfo:
    """A manager accepts a held order: its invoice is issued, and its goods leave once that is paid. Audited.

    Raises BadInput without a reason, IllegalMove when the order is not held. Source: docs/rules/release.md R6.
    """
    words = checked_reason(reason)
    order = moving.locked(number)
    if State(order.state) is not State.HELD:
        raise IllegalMove(order.number, order.state, State.PLACED.value)
    _lift(order, words, by=by.name)
    telling.placed(queries.info(order), order.placed_by_id)
    return queries.info(order)


def checked_reason(reason: str) -> str:
    """The words of a decision. Raises BadInput for none and for too many."""
    words = " ".join(reason.split())
    if len(words) < 3:
        raise BadInput("Say why in a few words; it is kept with the order.", field="reason")
    if len(words) > LONGEST_REASON:
        raise BadInput(f"A reason has at most {LONGEST_REASON} characters.", field="reason")
    return words
