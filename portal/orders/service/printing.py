"""Papers of this feature as PDF, made from what was stored."""

from __future__ import annotations

from portal.content import service as content
from portal.orders import documents
from portal.orders.service.dispatching import delivery_detail


def delivery_note(number: str, customer_id: int | None = None) -> bytes:
    """The delivery note as a tagged PDF. Raises NotFound, also for another customer's."""
    return documents.delivery_note(delivery_detail(number, customer_id), content.company())
