"""Addresses of a customer and what was sent to them: registered, changed, looked at, sent again.

Source: docs/rules/api.md, W4 to W7.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.platform import audit, config
from portal.platform.db import db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch
from portal.platform.webhooks import signing, telling
from portal.platform.webhooks.models import WebhookAddress, WebhookDelivery, WebhookEvent
from portal.platform.webhooks.sending import lock_address, lock_delivery
from portal.platform.webhooks.types import (
    GROUPS,
    LONGEST_URL,
    MOST_ADDRESSES,
    ROTATED,
    AddressInfo,
    DeliveryInfo,
    DeliveryState,
)


def register_address(customer_id: int, url: str, words: str, kinds: Collection[str], *, by: int) -> tuple[int, str]:
    """A new address of a customer; gives its id and its secret, which is shown once. Flushes; audited.

    kinds: groups of events; none for all of them. The caller holds the customer's lock. Raises BadInput.
    """
    _check(url)
    if unknown := set(kinds) - set(GROUPS):
        raise BadInput(f"There are no events called {min(unknown)}.", field="kinds")
    live = select(func.count()).where(WebhookAddress.customer_id == customer_id, WebhookAddress.removed_at.is_(None))
    if (db.session.scalar(live) or 0) >= MOST_ADDRESSES:
        raise BadInput(f"At most {MOST_ADDRESSES} addresses. Remove one first.", field="url")
    secret = signing.new_secret()
    row = WebhookAddress(
        customer_id=customer_id, url=url.strip(), words=words.strip()[:80], kinds=sorted(kinds),
        secret=signing.sealed(secret), created_at=clock.now(), created_by=by,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _record("added", row)
    return row.id, secret


def _check(url: str) -> None:
    schemes = {"https", "http"} if config.current().webhooks_to_private else {"https"}
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in schemes and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        sound = False
    if (
        not sound
        or len(url) > LONGEST_URL
        or not url.strip().isascii()
        or not url.strip().isprintable()
        or " " in url.strip()
    ):
        raise BadInput(
            "Write an address that begins with https://, like https://erp.company.example/hooks.", field="url"
        )


def rotate(customer_id: int, address_id: int) -> str:
    """A new secret, shown once; the one of before signs beside it for a day. Raises NotFound."""
    row, secret = _mine(customer_id, address_id), signing.new_secret()
    row.earlier_secret, row.earlier_until = row.secret, clock.now() + ROTATED
    row.secret = signing.sealed(secret)
    _record("secret_rotated", row)
    return secret


def switch(customer_id: int, address_id: int, *, on: bool) -> AddressInfo:
    """Send events there again, or no more. Raises NotFound."""
    row = _mine(customer_id, address_id)
    if on is (row.off_at is None):
        return _info(row)
    row.off_at, row.off_reason, row.failing_since = (
        None if on else clock.now(),
        "" if on else "Switched off by a person.",
        None,
    )
    _record("on" if on else "off", row)
    return _info(row)


def remove(customer_id: int, address_id: int) -> AddressInfo:
    """Forget an address; what was sent stays on record. Raises NotFound."""
    row = _mine(customer_id, address_id)
    row.removed_at = clock.now()
    _record("removed", row)
    return _info(row)


def send_test(customer_id: int, address_id: int) -> int:
    """Send an event that means nothing; gives the delivery's id. Raises NotFound."""
    return telling.send_test(_mine(customer_id, address_id))


def replay(customer_id: int, delivery_id: int) -> DeliveryInfo:
    """Send an event once more, with its own id, so that a receiver that has it already knows; its attempts begin anew.

    Raises NotFound, and Conflict while its address is switched off.
    """
    found = delivery(customer_id, delivery_id)
    address = _mine(customer_id, found.address_id)
    if address.off_at is not None:
        raise Conflict("This address is switched off. Switch it on first.")
    row = lock_delivery(delivery_id)
    if row is None:
        raise NotFound(f"delivery {delivery_id}")
    row.state, row.attempts, row.next_at = DeliveryState.WAITING.value, 0, clock.now()
    db.session.flush()
    telling.enqueue(row, customer_id)
    audit.record("webhook.replayed", f"customer {customer_id}", after={"event": found.uid, "url": address.url})
    return found


def addresses_of(customer_id: int) -> list[AddressInfo]:
    """A customer's addresses, the oldest first."""
    query = select(WebhookAddress).where(WebhookAddress.customer_id == customer_id, WebhookAddress.removed_at.is_(None))
    return [_info(row) for row in db.session.scalars(query.order_by(WebhookAddress.id))]


def address(customer_id: int, address_id: int) -> AddressInfo:
    """One address of a customer. Raises NotFound, also for another customer's."""
    row = db.session.get(WebhookAddress, address_id)
    if row is None or row.customer_id != customer_id or row.removed_at is not None:
        raise NotFound(f"address {address_id}")
    return _info(row)


def deliveries(address_id: int, after: str | None, limit: int = 25) -> Page[DeliveryInfo]:
    """One page of what was sent to an address, the newest first. The caller has checked whose it is."""
    query = _deliveries().where(WebhookDelivery.address_id == address_id)
    return fetch(query, Sort(WebhookDelivery.id, WebhookDelivery.id, descending=True), after, limit).map(_delivery)


def delivery(customer_id: int, delivery_id: int) -> DeliveryInfo:
    """One event sent to a customer's address. Raises NotFound, also for another customer's."""
    query = _deliveries().where(WebhookDelivery.id == delivery_id, WebhookEvent.customer_id == customer_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"delivery {delivery_id}")
    return _delivery(row)


def _deliveries() -> AnySelect:
    columns: tuple[Any, ...] = tuple(WebhookDelivery.__table__.columns)
    return select(*columns, WebhookEvent.uid, WebhookEvent.kind, WebhookEvent.body).join(
        WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id
    )


def _delivery(row: AnyRow) -> DeliveryInfo:
    return DeliveryInfo(
        row.id, row.address_id, row.uid, row.kind, row.body, DeliveryState(row.state), row.attempts, row.status,
        row.answer, row.created_at, row.tried_at, row.next_at,
    )  # fmt: skip


def _mine(customer_id: int, address_id: int) -> WebhookAddress:
    row = lock_address(address_id)
    if row is None or row.customer_id != customer_id or row.removed_at is not None:
        raise NotFound(f"address {address_id}")
    return row


def _record(what: str, row: WebhookAddress) -> None:
    db.session.flush()
    audit.record(f"webhook.{what}", f"customer {row.customer_id}", after={"url": row.url, "kinds": list(row.kinds)})


def _info(row: WebhookAddress) -> AddressInfo:
    return AddressInfo(
        row.id, row.customer_id, row.url, row.words, tuple(row.kinds), row.created_at, row.failing_since, row.off_at,
        row.off_reason, row.earlier_until,
    )  # fmt: skip
