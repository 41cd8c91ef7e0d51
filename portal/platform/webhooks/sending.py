"""The job that sends: signed, to the customer's address, again after longer and longer waits.

What came of an attempt is written in the transaction that ends its job. A worker that is killed between the answer and
that leaves the same event to be sent once more, with the same ``webhook-id``: receivers know it by that.
Source: docs/rules/api.md, W3 to W6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from portal.core import clock
from portal.core.errors import Unavailable
from portal.platform import audit, config, jobs, outbound
from portal.platform.db import db
from portal.platform.jobs.types import JsonDict
from portal.platform.webhooks import signing, sweeping
from portal.platform.webhooks.models import WebhookAddress, WebhookDelivery, WebhookEvent
from portal.platform.webhooks.telling import KIND, enqueue
from portal.platform.webhooks.types import FAILING, DeliveryState, wait_after

_KEPT = 2000
#: customer, address, why
WhenOff = Callable[[int, str, str], None]
_when_off: list[WhenOff] = []


@dataclass(frozen=True, slots=True)
class Tried:
    """What one attempt came to. status: None where nothing answered."""

    status: int | None
    answer: str

    @property
    def good(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def when_off(tell: WhenOff) -> None:
    """Say who tells the customer that an address is switched off; people belong to a feature above."""
    _when_off[:] = [tell]


def _try(payload: JsonDict) -> Tried | None:
    """Send it; None when there is nothing to send any more."""
    found = db.session.execute(
        select(WebhookDelivery, WebhookEvent, WebhookAddress)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .join(WebhookAddress, WebhookAddress.id == WebhookDelivery.address_id)
        .where(WebhookDelivery.id == payload["delivery_id"])
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not _due(found[0], payload):
        db.session.rollback()
        return None
    _, event, address = found
    if address.off_at is not None or address.removed_at is not None:
        db.session.rollback()
        return Tried(None, "The address is switched off.")
    now = int(clock.now().timestamp())
    body, uid, url, counting = event.body.encode(), event.uid, address.url, _counting(address)
    db.session.rollback()  # no transaction stays open while somebody else's server thinks
    headers = {
        "Content-Type": "application/json",
        "webhook-id": uid,
        "webhook-timestamp": str(now),
        "webhook-signature": signing.signatures(uid, now, body, counting),
    }
    try:
        answer = outbound.post(url, body, headers, private=config.current().webhooks_to_private)
    except Unavailable as error:
        return Tried(None, str(error)[:_KEPT])
    return Tried(answer.status, answer.text[:_KEPT].replace("\0", ""))


def _due(delivery: WebhookDelivery, payload: JsonDict) -> bool:
    return delivery.state == DeliveryState.WAITING and delivery.attempts == payload["attempt"]


def _counting(address: WebhookAddress) -> list[str]:
    earlier = address.earlier_until is not None and address.earlier_until > clock.now()
    return [address.secret, address.earlier_secret] if earlier else [address.secret]


def _tried(payload: JsonDict, tried: Tried | None) -> None:
    if tried is None:
        return
    asked = select(WebhookDelivery.address_id).where(WebhookDelivery.id == payload["delivery_id"])
    address = lock_address(db.session.scalar(asked) or 0)
    delivery = lock_delivery(payload["delivery_id"])
    if address is None or delivery is None or not _due(delivery, payload):
        return
    now = clock.now()
    delivery.attempts += 1
    delivery.status, delivery.answer, delivery.tried_at = tried.status, tried.answer, now
    if tried.good:
        delivery.state, delivery.next_at, address.failing_since = DeliveryState.DELIVERED.value, None, None
        db.session.flush()
        return
    address.failing_since = address.failing_since or now
    if address.off_at is None and now - address.failing_since >= FAILING:
        _switch_off(address)
    wait = wait_after(delivery.attempts)
    if wait is None or address.off_at is not None or address.removed_at is not None:
        delivery.state, delivery.next_at = DeliveryState.FAILED.value, None
        db.session.flush()
        return
    delivery.next_at = now + wait
    db.session.flush()
    enqueue(delivery, address.customer_id)


def _given_up(payload: JsonDict, reason: str) -> None:
    """An attempt that could not even be ended is one that failed."""
    _tried(payload, Tried(None, reason[:_KEPT]))


def _switch_off(address: WebhookAddress) -> None:
    address.off_at = clock.now()
    address.off_reason = f"Nothing good was answered for {FAILING.days} days."
    audit.record(
        "webhook.off", f"customer {address.customer_id}", after={"url": address.url, "why": address.off_reason}
    )
    for tell in _when_off:
        tell(address.customer_id, address.url, address.off_reason)


def lock_address(address_id: int) -> WebhookAddress | None:
    """An address, locked and fresh; before its deliveries."""
    query = select(WebhookAddress).where(WebhookAddress.id == address_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is not None:
        found.version += 1
    return found


def lock_delivery(delivery_id: int) -> WebhookDelivery | None:
    """A delivery, locked and fresh."""
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is not None:
        found.version += 1
    return found


def register() -> None:
    """The jobs that send, and that let go of what was sent long ago."""
    jobs.register(
        KIND, queue="webhooks", work=_try, effect=_tried, failed=_given_up, limit_s=60,
        words="Send an event to a customer’s address",
    )  # fmt: skip
    sweeping.register()
