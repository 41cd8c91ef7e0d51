"""Papers of this feature as PDF, made from what was stored."""

from __future__ import annotations

from portal.content import service as content
from portal.core.errors import NotFound
from portal.orders import documents
from portal.orders.service.dispatching import delivery_detail
from portal.orders.service.quoting import quote_detail


def delivery_note(number: str, customer_id: int | None = None) -> bytes:
    """The delivery note as a tagged PDF. Raises NotFound, also for another customer's."""
    return documents.delivery_note(delivery_detail(number, customer_id), content.company())


def quotation(number: str, customer_id: int | None = None) -> bytes:
    """The quote as a tagged PDF. Raises NotFound, also for another customer's and for one that was never sent."""
    found = quote_detail(number, customer_id)
    if found.info.sent_at is None:
        raise NotFound(f"{number} was not sent")
    return documents.quotation(found, content.company())
