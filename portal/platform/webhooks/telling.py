"""An event is written with the deed, for every address of the customer that wants it; a job sends it.

What is rolled back never happened. Source: docs/rules/api.md, W1 to W3.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from sqlalchemy import select

from portal.core import clock
from portal.core.money import Money
from portal.platform import jobs
from portal.platform.db import db
from portal.platform.webhooks.models import WebhookAddress, WebhookDelivery, WebhookEvent
from portal.platform.webhooks.types import KINDS, TEST

KIND = "webhooks.deliver"


def tell(customer_id: int, kind: str, path: str, **facts: str | int | Money | None) -> None:
    """Write down, in the current transaction, that something happened to a customer's thing.

    path: where it is read, below ``/api/v1``. facts: its number or id, its state, and what little else is worth it.
    A customer without an address costs one question. Raises LookupError for a kind that is not described.
    """
    if kind not in KINDS:
        raise LookupError(f"no such event: {kind}")
    wanted = select(WebhookAddress.id, WebhookAddress.kinds).where(
        WebhookAddress.customer_id == customer_id,
        WebhookAddress.removed_at.is_(None),
        WebhookAddress.off_at.is_(None),
    )
    group = kind.partition(".")[0]
    addresses = [row.id for row in db.session.execute(wanted) if not row.kinds or group in row.kinds]
    if addresses:
        _write(customer_id, kind, {**facts, "path": f"/api/v1/{path}"}, addresses)


def send_test(address: WebhookAddress) -> int:
    """An event that means nothing, to one address; gives the delivery's id."""
    return _write(address.customer_id, TEST, {"words": "If you can read this, it works."}, [address.id])[0]


def _write(customer_id: int, kind: str, facts: dict[str, Any], addresses: list[int]) -> list[int]:
    now = clock.now()
    body = {
        "type": kind,
        "timestamp": now.isoformat().replace("+00:00", "Z"),
        "data": {name: _plain(value) for name, value in facts.items()},
    }
    event = WebhookEvent(
        uid=f"msg_{secrets.token_hex(16)}", customer_id=customer_id, kind=kind, created_at=now,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    made = [WebhookDelivery(event_id=event.id, address_id=each, created_at=now, next_at=now) for each in addresses]
    db.session.add_all(made)
    db.session.flush()
    for each in made:
        enqueue(each, customer_id)
    return [each.id for each in made]


def enqueue(delivery: WebhookDelivery, customer_id: int) -> None:
    """Have the next attempt of a delivery made when it is due."""
    payload = {"delivery_id": delivery.id, "attempt": delivery.attempts}
    later = delivery.next_at if delivery.attempts else None
    jobs.enqueue(KIND, payload, customer_id=customer_id, run_at=later)


def _plain(value: object) -> object:
    return {"cents": value.cents, "currency": value.currency} if isinstance(value, Money) else value
