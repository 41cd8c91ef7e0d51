"""The words of webhooks: what happens, where it is sent, and how often it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: every kind of event, in words; the part before the dot is what an address chooses
KINDS = {
    "order.draft": "An order waits for an approver of your company",
    "order.placed": "An order is placed",
    "order.held": "An order waits for us",
    "order.released": "An order’s goods may leave",
    "order.cancelled": "An order, or the rest of it, was cancelled",
    "quote.sent": "We sent a quote",
    "quote.accepted": "A quote was accepted",
    "quote.declined": "A quote was declined",
    "quote.expired": "A quote has expired",
    "delivery.sent": "Goods are on their way",
    "delivery.received": "Goods arrived",
    "invoice.issued": "An invoice was issued",
    "invoice.part-paid": "Money paid part of an invoice",
    "invoice.paid": "An invoice is paid in full",
    "invoice.reopened": "Money was taken off an invoice again",
    "invoice.credited": "A credit note lowers an invoice",
    "payment.claimed": "A proof claims a payment",
    "payment.verified": "The proof of a payment fits",
    "payment.confirmed": "The bank or a gateway has the money",
    "payment.rejected": "A payment was not accepted",
    "payment.expired": "A payment never came",
    "payment.reversed": "A payment was taken back",
    "proof.received": "A proof arrived",
    "proof.verified": "A proof fits",
    "proof.review": "A proof is with our team",
    "proof.duplicate": "A proof shows a payment that we have already",
    "proof.unreadable": "A proof cannot be read",
    "proof.rejected": "A proof was not accepted",
}
#: what an address chooses from
GROUPS = {
    "order": "Orders", "quote": "Quotes", "delivery": "Deliveries", "invoice": "Invoices", "payment": "Payments",
    "proof": "Proofs of payment",
}  # fmt: skip
TEST = "test.sent"
#: waits after a failed attempt, with the last one repeated until the address is switched off
WAITS = tuple(timedelta(seconds=each) for each in (5, 60, 300, 1800, 7200, 18000, 36000))
MOST_ATTEMPTS = 12
#: an address that answered nothing good for so long is switched off
FAILING = timedelta(days=3)
#: how long the secret of before still signs after a new one was made
ROTATED = timedelta(hours=24)
MOST_ADDRESSES = 10
LONGEST_URL = 500


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AddressInfo:
    """An address of a customer. kinds: groups of events; empty for all of them."""

    id: int
    customer_id: int
    url: str
    words: str
    kinds: tuple[str, ...]
    created_at: datetime
    failing_since: datetime | None
    off_at: datetime | None
    off_reason: str
    earlier_until: datetime | None

    @property
    def on(self) -> bool:
        """Whether events are sent there."""
        return self.off_at is None


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """One event sent, or to be sent, to one address. status: of the last answer; answer: its text, or why there is none."""

    id: int
    address_id: int
    uid: str
    kind: str
    body: str
    state: DeliveryState
    attempts: int
    status: int | None
    answer: str
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None


def wait_after(attempts: int) -> timedelta | None:
    """How long until the next attempt after so many failed ones; None when it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return WAITS[min(attempts, len(WAITS)) - 1]
