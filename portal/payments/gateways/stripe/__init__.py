"""Stripe: it makes a page for each payment; its events come back, signed, and it is asked about each of them.

Source: docs/rules/gateways.md, G12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from portal.core.errors import Unavailable
from portal.core.money import Money
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.sealed import inner, text
from portal.payments.gateways.stripe import asking, notice
from portal.payments.types.online import (
    LABELS,
    STRIPE,
    Asked,
    GatewayEvent,
    GiveBack,
    GivenBack,
    Handover,
    Opened,
    Posted,
    Told,
)
from portal.platform.gateway_settings import StripeSettings


class Stripe:
    """Our account at Stripe."""

    code, label = STRIPE, LABELS[STRIPE]
    pays_by = "card"
    signed_by: tuple[str, ...] = (notice.HEADER,)

    def __init__(self, settings: StripeSettings) -> None:
        self._own = settings

    def handover(self, asked: Asked) -> Handover:
        """No form of ours: the page is made once the buyer goes on."""
        return Handover(self._own.pay_url)

    def open(self, asked: Asked) -> Opened:
        """The page of a payment; under the same key Stripe gives the same one. Raises Unavailable."""
        number, url = asking.page_of(
            asking.client(self._own),
            {
                "mode": "payment",
                "client_reference_id": asked.token,
                "success_url": asked.back_url,
                "cancel_url": asked.cancel_url,
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": "zar",
                            "unit_amount": asked.amount.cents,
                            "product_data": {"name": f"Invoice {asked.invoice_number}"},
                        },
                    }
                ],
                # taken at once, so that what Stripe keeps of it is known when it tells of it
                "payment_intent_data": {"capture_method": "automatic", "metadata": {"token": asked.token}},
            },
            f"open-{asked.token}",
        )
        if urlsplit(url)[:2] != urlsplit(self._own.pay_url)[:2] or len(number) > 120:
            raise Unavailable("Stripe gave no usable answer")
        return Opened(number, url)

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """Pay back, once: what was asked for before is looked up first. Raises Unavailable without a clear answer."""
        import stripe

        client, ours = asking.client(self._own), str(wanted.refund_id)
        try:
            made = asking.refund_of(client, wanted.gateway_id, ours) or asking.answered(
                lambda: client.v1.refunds.create(
                    {
                        "payment_intent": wanted.gateway_id,
                        "amount": wanted.amount.cents,
                        "metadata": {"refund": ours, "token": wanted.token},
                    },
                    {"idempotency_key": wanted.key},
                )
            )
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            return GivenBack(refused=error.user_message or "It gave no reason.")
        return GivenBack(made.id[:40])

    def read(self, posted: Posted) -> GatewayEvent:
        """What an event says. Raises NoticeRefused, NothingToFollow."""
        return notice.event_of(posted, self._own)

    def check_source(self, address: str) -> None:
        """Its signature is what counts; Stripe sends from many addresses."""

    def ask_back(self, posted: Posted, event: GatewayEvent) -> GatewayEvent:
        """Ask for the payment: whether it stands as told, whose it is, and what Stripe keeps of it.

        Raises NoticeRefused when Stripe knows it otherwise, Unavailable without an answer or while the fee is open.
        """
        if event.gateway_id == event.reference:  # its page expired before there was a payment
            return event
        facts = asking.facts_of(asking.client(self._own), event.gateway_id)
        charge, token = inner(facts, "latest_charge"), text(inner(facts, "metadata"), "token")
        if not token or event.reference not in {"", token}:
            raise NoticeRefused("confirmation", "Stripe knows this payment by another name.")
        event = replace(event, reference=token)
        if event.told is Told.SETTLED:
            return _settled(event, facts, charge)
        if event.told is Told.REFUNDED and not _at_least(charge.get("amount_refunded"), event.gross.cents):
            raise NoticeRefused("confirmation", "Stripe paid back less than the event says.")
        if event.told is Told.DISPUTED and charge.get("disputed") is not True:
            raise NoticeRefused("confirmation", "Stripe knows of no dispute.")
        return event


def _settled(event: GatewayEvent, facts: Mapping[str, object], charge: Mapping[str, object]) -> GatewayEvent:
    if text(facts, "status") != "succeeded" or facts.get("amount_received") != event.gross.cents:
        raise NoticeRefused("confirmation", "Stripe knows this payment with other facts.")
    booked = inner(charge, "balance_transaction")
    kept = booked.get("fee")
    if type(kept) is not int or kept < 0:
        raise Unavailable("Stripe does not say yet what it keeps of it")
    if text(booked, "currency") != "zar":  # our account there is in other money: what is kept is seen at the payout
        return event
    if kept >= event.gross.cents:
        raise Unavailable("Stripe keeps more of it than there is")
    return replace(event, fee=Money.zar(kept))


def _at_least(value: object, cents: int) -> bool:
    return type(value) is int and value >= cents
