"""Refunds that go back the way they came: the gateway is asked outside any transaction, and its notice pays them."""

from __future__ import annotations

from portal.core import clock
from portal.core.errors import Unavailable
from portal.payments import gateways
from portal.payments.queries import giving, online
from portal.payments.service.refunding import pay_refund, return_refund, sent_to_gateway
from portal.payments.types.giving import RefundInfo, RefundState
from portal.payments.types.online import IN_PART, LABELS, GatewayEvent, GiveBack, GivenBack, Told
from portal.platform import audit
from portal.platform.db import end_transaction

_UNDER_WAY = frozenset({RefundState.APPROVED, RefundState.SENT})


def ask(refund_id: int) -> GivenBack | None:
    """Have an approved refund paid back; None when it was asked for already. Changes nothing of ours.

    The key is the refund's own: a question that is repeated because no answer came pays nothing twice. Raises
    Unavailable while the gateway leaves open what it did.
    Source: docs/rules/gateways.md, G13.
    """
    refund = giving.refund_of(refund_id)
    carried = online.of_payment(refund.payment_id)
    if refund.state is not RefundState.APPROVED or carried is None:
        return None
    if not gateways.is_hosted(refund.via):
        raise Unavailable(f"{LABELS[refund.via]} is switched off")
    wanted = GiveBack(
        refund.id, carried.token, carried.gateway_id, carried.page, refund.amount, f"refund-{carried.token}-{refund.id}"
    )
    gateway = gateways.hosted(refund.via)
    end_transaction()
    return gateway.give_back(wanted)


def asked(refund_id: int, answer: GivenBack | None) -> None:
    """Write down what the gateway answered. Flushes."""
    if answer is not None:
        sent_to_gateway(refund_id, answer)


def not_asked(refund_id: int, reason: str) -> None:
    """The gateway gave no answer for so long that nobody asks any more by itself; staff can try the job again."""
    refund = giving.refund_of(refund_id)
    audit.record("refund.unanswered", refund.name, after={"reason": reason[:300]})


def ours(payment_id: int, event: GatewayEvent) -> RefundInfo | None:
    """The refund of ours that a notice tells of: by its id, else by the gateway's number of it, else by its amount.

    By its amount only while one under way has no number yet: a notice may come before the answer to our question.
    The caller holds the payment.
    """
    if event.told not in IN_PART or event.told is Told.DISPUTED or not event.part:
        return None
    same = [each for each in giving.of_gateway(payment_id) if each.amount == event.gross]
    named = [each for each in same if event.our_refund and str(each.id) == event.our_refund]
    numbered = [each for each in same if each.gateway_number == event.part]
    open_ones = [each for each in same if not each.gateway_number and each.state in _UNDER_WAY]
    return next(iter(named or numbered or ([] if event.our_refund else open_ones)), None)


def heard(refund: RefundInfo, event: GatewayEvent) -> str:
    """The gateway tells how a refund of ours ended; gives what was done, in words for staff. Flushes."""
    if refund.state is RefundState.APPROVED:
        refund = sent_to_gateway(refund.id, GivenBack(event.part))
    label, key = LABELS[refund.via], f"refund-{refund.id}-{event.part}"
    if event.told is Told.KEPT and refund.state in {RefundState.SENT, RefundState.PAID}:
        return_refund(refund.id, f"{label} could not pay it back.", key=f"{key}-kept", by=None)
        return f"{refund.name} was not paid back: it is credit again."
    if event.told is not Told.KEPT and refund.state is RefundState.SENT:
        pay_refund(refund.id, clock.today(), key=f"{key}-paid", by=None)
        return f"{refund.name} is paid back."
    return f"{refund.name} is {refund.state}; look whether that is right."
