"""Reading Stripe's events: payments, refunds and disputes. Signatures are checked by Stripe's own library.

Source: docs/rules/gateways.md, G12; docs.stripe.com, "Webhooks" and "Types of events".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.core.money import Money
from portal.payments.errors import NothingToFollow, NoticeRefused
from portal.payments.gateways.sealed import cents, check_age, demand_rand, inner, number, reference, text, values_of
from portal.payments.types.online import GatewayEvent, Posted, Told
from portal.platform.gateway_settings import StripeSettings

HEADER = "Stripe-Signature"
TOLERANCE_S = 300
_NOTHING = Money.zar(0)
#: Stripe gives back what we wrote on a refund; without it, it is nobody's that we asked for
_NOT_OURS = "-"
Values = Mapping[str, object]


def check(posted: Posted, secret: str) -> None:
    """Raise NoticeRefused unless Stripe signed it when it came. The library is loaded where it is first needed."""
    from stripe import SignatureVerificationError, WebhookSignature

    if not posted.signature.isascii():  # the library compares text, which cannot hold more
        raise NoticeRefused("signature", "The signature is not Stripe’s.")
    try:
        WebhookSignature.verify_header(posted.body, posted.signature, secret)
    except (SignatureVerificationError, UnicodeDecodeError):
        raise NoticeRefused("signature", "The signature is not Stripe’s.") from None
    parts = [part.split("=") for part in posted.signature.split(",")]
    check_age(next(int(part[1]) for part in parts if part[0] == "t"), posted.at, TOLERANCE_S)


def event_of(posted: Posted, own: StripeSettings) -> GatewayEvent:
    """What an event says, once its signature is right. Raises NoticeRefused, NothingToFollow."""
    check(posted, own.signing)
    values = values_of(posted.body)
    kind, about = text(values, "type"), inner(inner(values, "data"), "object")
    read = _KINDS.get(kind)
    if text(values, "object") != "event" or read is None:
        raise NothingToFollow(f"Stripe told of {kind[:40] or 'nothing'}; that moves no money of ours.")
    if values.get("livemode") is not True:
        raise NoticeRefused("test", "It was tried out; no money moved.")
    demand_rand(about)
    return read(kind, about)


def _of_page(kind: str, about: Values) -> GatewayEvent:
    """``checkout.session.…``: our page there came to an end, or the buyer did all that a buyer can do."""
    told = {"completed": Told.SETTLED, "async_payment_succeeded": Told.SETTLED}.get(
        kind.rpartition(".")[2], Told.FAILED
    )
    if told is Told.SETTLED and text(about, "payment_status") != "paid":
        told = Told.PENDING
    token = reference(about, "client_reference_id")
    ident = number(about, "payment_intent") if text(about, "payment_intent") else token[:40]
    return GatewayEvent(told, token, ident, Money.zar(cents(about, "amount_total")), _NOTHING)


def _of_payment(kind: str, about: Values) -> GatewayEvent:
    """``payment_intent.…``: the payment itself."""
    told = {"succeeded": Told.SETTLED, "processing": Told.PENDING}.get(kind.rpartition(".")[2], Told.FAILED)
    status = text(about, "status")
    if (told is Told.SETTLED) != (status == "succeeded"):
        raise NoticeRefused("status", "The event and its payment say different things.")
    gross = Money.zar(cents(about, "amount_received" if told is Told.SETTLED else "amount"))
    return GatewayEvent(told, reference(inner(about, "metadata"), "token"), number(about, "id"), gross, _NOTHING)


def _of_refund(_kind: str, about: Values) -> GatewayEvent:
    """``refund.…``: one refund, ours or one that somebody made at Stripe."""
    status, ours = text(about, "status"), inner(about, "metadata")
    told = {"succeeded": Told.REFUNDED, "failed": Told.KEPT, "canceled": Told.KEPT}.get(status)
    if told is None:
        raise NothingToFollow(f"The refund is {status[:20] or 'begun'}; its end is told later.")
    return GatewayEvent(
        told, reference(ours, "token"), number(about, "payment_intent"), Money.zar(cents(about, "amount")), _NOTHING,
        number(about, "id"), text(ours, "refund")[:20] or _NOT_OURS,
    )  # fmt: skip


def _of_dispute(kind: str, about: Values) -> GatewayEvent:
    """``charge.dispute.funds_…``: the payer's bank takes the money back; reinstated, it stays ours after all.

    A dispute that was only begun may be an inquiry, for which nothing is withdrawn.
    """
    told = Told.KEPT if kind.endswith("funds_reinstated") else Told.DISPUTED
    gross = Money.zar(cents(about, "amount"))
    return GatewayEvent(told, "", number(about, "payment_intent"), gross, _NOTHING, number(about, "id"), _NOT_OURS)


_KINDS: dict[str, Callable[[str, Values], GatewayEvent]] = {
    "checkout.session.completed": _of_page,
    "checkout.session.async_payment_succeeded": _of_page,
    "checkout.session.async_payment_failed": _of_page,
    "checkout.session.expired": _of_page,
    "payment_intent.processing": _of_payment,
    "payment_intent.succeeded": _of_payment,
    "payment_intent.payment_failed": _of_payment,
    "payment_intent.canceled": _of_payment,
    "refund.created": _of_refund,
    "refund.updated": _of_refund,
    "refund.failed": _of_refund,
    "charge.dispute.funds_withdrawn": _of_dispute,
    "charge.dispute.funds_reinstated": _of_dispute,
}
#: the events to choose where Stripe asks which ones to send
KINDS = tuple(_KINDS)
