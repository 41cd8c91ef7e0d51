"""Asking Stripe through its own library, which is loaded where it is first needed: half of all processes never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from portal.core.errors import Unavailable
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.sealed import inner
from portal.platform.gateway_settings import StripeSettings

if TYPE_CHECKING:
    from stripe import Refund, StripeClient
    from stripe.params.checkout import SessionCreateParams

T = TypeVar("T")


def client(own: StripeSettings) -> StripeClient:
    """A client of our account, which makes no attempts of its own beside the job's."""
    from stripe import StripeClient

    from portal.payments.gateways.stripe.wire import Door

    return StripeClient(own.secret_key, base_addresses={"api": own.url}, max_network_retries=0, http_client=Door())


def answered(ask: Callable[[], T]) -> T:
    """Stripe's answer to one question. Raises Unavailable when it leaves open what it did.

    A clear no of Stripe's (InvalidRequestError, CardError) goes through, since each question means another thing by it.
    """
    import stripe

    try:
        return ask()
    except (stripe.InvalidRequestError, stripe.CardError):
        raise
    except stripe.StripeError as error:
        raise Unavailable(f"Stripe does not answer ({type(error).__name__})") from None


def page_of(client: StripeClient, params: SessionCreateParams, key: str) -> tuple[str, str]:
    """Make a page; gives its number and address. Raises Unavailable."""
    import stripe

    try:
        made = answered(lambda: client.v1.checkout.sessions.create(params, {"idempotency_key": key}))
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise Unavailable(f"Stripe does not take our question ({error.code})") from None
    return made.id, made.url or ""


def refund_of(client: StripeClient, payment: str, refund_id: str) -> Refund | None:
    """A refund that we asked for before; Stripe forgets the key of a question after a while, but not what it did."""
    found = answered(lambda: client.v1.refunds.list({"payment_intent": payment, "limit": 20}))
    return next((each for each in found.data if inner(each.to_dict(), "metadata").get("refund") == refund_id), None)


def facts_of(client: StripeClient, payment: str) -> dict[str, object]:
    """A payment with its charge and what Stripe kept of it. Raises NoticeRefused for one that it does not know."""
    import stripe

    wanted = ["latest_charge.balance_transaction"]
    try:
        found = answered(lambda: client.v1.payment_intents.retrieve(payment, {"expand": wanted}))
    except (stripe.InvalidRequestError, stripe.CardError):
        raise NoticeRefused("confirmation", "Stripe knows no such payment.") from None
    facts: dict[str, object] = found.to_dict()
    return facts
