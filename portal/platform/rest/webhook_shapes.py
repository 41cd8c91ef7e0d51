"""What we send to addresses of customers, as it is described beside the interface."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from portal.platform.rest.shapes import Instant, Shape
from portal.platform.webhooks.types import KINDS


class Event(Shape, frozen=True, kw_only=True):
    """Something happened. Headers: `webhook-id`, `webhook-timestamp`, `webhook-signature` (Standard Webhooks)."""

    type: Annotated[str, Meta(description="What happened.", examples=["invoice.issued"])]
    timestamp: Instant
    data: Annotated[
        dict[str, str | int | dict[str, str | int] | None],
        Meta(description="Which thing: its number or id, its state, and the path to read it at.",
             examples=[{"number": "INV-2026-000417", "state": "issued", "path": "/api/v1/invoices/INV-2026-000417"}]),
    ]  # fmt: skip


SENT = (Event,)


def described(ref: str) -> dict[str, Any]:
    """Each kind of event, for the description of the interface."""
    content = {"application/json": {"schema": {"$ref": ref.format(name=Event.__name__)}}}
    answers = {"2XX": {"description": "Kept. Any other answer, or none in ten seconds, and we send it again."}}
    return {
        kind: {"post": {"summary": words, "requestBody": {"content": content}, "responses": answers}}
        for kind, words in KINDS.items()
    }
