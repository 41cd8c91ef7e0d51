"""A gateway's word becomes what the payment is: once for each event, and the same whatever came first."""

from __future__ import annotations

from dataclasses import replace

from portal.core import clock
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.payments.errors import RefundUnderWay
from portal.payments.models import OnlinePayment, Payment
from portal.payments.queries import online, rows
from portal.payments.service.claiming import blank
from portal.payments.service.confirming import confirmation
from portal.payments.service.moving import Held, hold, step
from portal.payments.service.moving import begin as begin_payment
from portal.payments.service.online import giving_back
from portal.payments.service.online.beginning import carried
from portal.payments.service.reversing import reverse
from portal.payments.types import GatewayReceipt, PaymentState, ShareState, name_of
from portal.payments.types.online import BACK, CLEARING, LABELS, GatewayEvent, OnlineInfo, Told, aim
from portal.platform import audit
from portal.platform.db import db

_SETTLEABLE = frozenset({PaymentState.PENDING, PaymentState.REJECTED, PaymentState.EXPIRED})
_BACK_WORDS = {
    Told.REFUNDED: "{} paid it back to you.",
    Told.DISPUTED: "{} took it back: the payer’s bank disputes it.",
}


def follow(found: OnlineInfo, event: GatewayEvent) -> str:
    """Bring a payment to where all that was told of it puts it; gives what was done, in words for staff.

    The event was checked and, where the gateway can be asked, confirmed by it. Locks customer, invoices and payment,
    so that the same event at the same moment is followed once. Flushes; the caller's job commits.
    Source: docs/rules/gateways.md, G5 to G7; docs/rules/confirmation.md, C2 and C4.
    """
    held = hold(found.payment_id)
    if online.was_told(found.gateway, event):
        return "Told before; nothing is done twice."
    settled = online.by_gateway_id(found.gateway, event.gateway_id)
    if settled is not None and settled.id != found.id:  # it settled meanwhile, as a payment of its own
        found, held = settled, hold(settled.payment_id)
    row = online.lock_online(found.id)
    if event.told is Told.SETTLED and PaymentState(held.payment.state) not in _SETTLEABLE:
        held, row = _second_payment(held, row)
    refund = giving_back.ours(row.payment_id, event)
    if refund is not None and event.told is Told.REFUNDED:
        event = replace(event, told=Told.GIVEN)
    online.keep_event(row.id, found.gateway, event)
    words = _move(held.payment, row, event) if refund is None else giving_back.heard(refund, event)
    after = {"told": str(event.told), "gateway_id": event.gateway_id, "cents": event.gross.cents}
    audit.record(f"gateway.{event.told}", name_of(row.payment_id), after=after)
    return words


def _move(payment: Payment, row: OnlinePayment, event: GatewayEvent) -> str:
    """One or two steps of a locked payment: what was settled and went back is confirmed first, then taken back."""
    told = online.told_of(row.gateway, event.gateway_id)
    if part := [each for each in BACK & told.keys() if told[each] != row.amount_cents]:
        told = {each: cents for each, cents in told.items() if each not in part}
    wanted = aim(told.keys())
    if event.told is Told.SETTLED:
        _settle(payment, row, event)
    if wanted is PaymentState.REVERSED and payment.state == PaymentState.CONFIRMED:
        (first, *_) = sorted(BACK & told.keys())
        try:
            _take_back(row, first)
        except RefundUnderWay as under_way:  # the event is kept; a person ends the refund and takes the payment back
            return f"It went back, and is not taken back here: {under_way}"
    if wanted is PaymentState.REJECTED and payment.state == PaymentState.PENDING:
        step(payment, PaymentState.REJECTED, by=None, reason=f"{LABELS[row.gateway]} says that it failed.")
    if part:
        return "Only a part of it went back: book that by hand."
    if event.told is Told.KEPT:
        return "What should go back, or was disputed, stays ours: look whether it was taken back here, and book it by hand."
    return f"{name_of(payment.id)} is {payment.state}."


def _settle(payment: Payment, row: OnlinePayment, event: GatewayEvent) -> None:
    """The money is with the gateway: confirmed in full, and the gateway's fee is our cost."""
    row.gateway_id, row.fee_cents = event.gateway_id, event.fee.cents
    db.session.flush()
    label, clearing = LABELS[row.gateway], CLEARING[row.gateway]
    received = GatewayReceipt(event.gross, clock.today(), clearing, f"{label} {event.gateway_id}")
    confirmation(payment.id, received, key=_key(row, "settled"))
    if event.fee:
        words = f"{label}’s fee of {name_of(payment.id)}"
        ledger.post_gateway_fee(payment.id, clearing, event.fee, clock.today(), words)


def _take_back(row: OnlinePayment, told: Told) -> None:
    reverse(row.payment_id, _BACK_WORDS[told].format(LABELS[row.gateway]), key=_key(row, "back"))


def _key(row: OnlinePayment, what: str) -> str:
    """One key for each deed of the gateway's own number."""
    return f"{row.gateway}-{row.gateway_id}-{what}"


def _second_payment(held: Held, first: OnlinePayment) -> tuple[Held, OnlinePayment]:
    """The buyer paid twice, or the bank confirmed it before: other money, and so a payment of its own (G7)."""
    amount = Money(first.amount_cents, first.currency)
    payment = blank(held.payment.customer_id, PaymentState.PENDING, amount.currency, method=first.gateway)
    payment.claimed_cents, payment.words = amount.cents, f"{LABELS[first.gateway]}, paid once more"
    begin_payment(payment, by=None)
    meant = {share.invoice_id: share for share in rows.shares_of([first.payment_id])[first.payment_id]}
    wanted = {number: (share.invoice_number, share.amount) for number, share in meant.items()}
    rows.set_shares(payment, wanted, ShareState.PLANNED)
    return replace(held, payment=payment), carried(payment, first.gateway, first.invoice_number, amount)
