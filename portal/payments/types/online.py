"""The words of payment gateways: what they tell us of a payment, and what it becomes by that."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.money import Money
from portal.payments.types import PaymentState

PAYFAST = "payfast"
LABELS = {PAYFAST: "PayFast"}
#: the number of each gateway's clearing account in the ledger; never given to another
CLEARING = {PAYFAST: 1}


class Told(StrEnum):
    """What a gateway says happened."""

    PENDING = "pending"
    SETTLED = "settled"
    FAILED = "failed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


#: the money that was settled went back
BACK = frozenset({Told.REFUNDED, Told.DISPUTED})


def aim(told: Set[Told]) -> PaymentState:
    """What a payment is by all that was told of it, whatever came first (docs/rules/gateways.md, G6).

    Settled money wins over pending and failed; what went back wins over settled, but nothing goes back that was
    never settled.
    """
    if Told.SETTLED in told:
        return PaymentState.REVERSED if told & BACK else PaymentState.CONFIRMED
    return PaymentState.REJECTED if Told.FAILED in told else PaymentState.PENDING


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """One thing a gateway told. reference: our token; gateway_id: its own number; amounts above or equal to zero.

    gross: what the buyer paid; fee: what the gateway keeps of it.
    """

    told: Told
    reference: str
    gateway_id: str
    gross: Money
    fee: Money

    @property
    def key(self) -> str:
        """The same for the same event, however often and in whatever order it is told."""
        return f"{self.gateway_id}/{self.told}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a gateway is to take from the buyer. Addresses are absolute; email may be empty."""

    token: str
    amount: Money
    invoice_number: str
    email: str
    back_url: str
    cancel_url: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class Handover:
    """The form that sends the buyer's browser to the gateway, its fields in their order."""

    url: str
    fields: tuple[tuple[str, str], ...]


class NoticeState(StrEnum):
    """Where a notice stands. *unanswered*: the gateway could not be asked whether it is true; it can be tried again."""

    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


#: can still be judged
OPEN_NOTICES = frozenset({NoticeState.RECEIVED, NoticeState.UNANSWERED})


@dataclass(frozen=True, slots=True)
class Notice:
    """What came to a gateway's address: its bytes and who sent them."""

    id: int
    gateway: str
    address: str
    body: bytes
    state: NoticeState


@dataclass(frozen=True, slots=True)
class NoticeInfo:
    """A notice as staff see it. failed_check: which check refused it."""

    id: int
    gateway: str
    address: str
    received_at: datetime
    state: NoticeState
    failed_check: str
    words: str
    payment_id: int | None

    @property
    def name(self) -> str:
        """How people and logs call it."""
        return notice_name(self.id)


@dataclass(frozen=True, slots=True)
class OnlineInfo:
    """A payment that was handed to a gateway."""

    id: int
    payment_id: int
    gateway: str
    token: str
    invoice_number: str
    amount: Money
    state: PaymentState
    created_at: datetime

    @property
    def waits(self) -> bool:
        """Whether the gateway has decided nothing yet."""
        return self.state is PaymentState.PENDING

    @property
    def label(self) -> str:
        """What people call the gateway."""
        return LABELS[self.gateway]


def notice_name(notice_id: int) -> str:
    """``NOT-000012``."""
    return f"NOT-{notice_id:06d}"
