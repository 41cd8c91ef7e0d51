"""The words of payment gateways: what they tell us of a payment, and what it becomes by that."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.money import Money
from portal.payments.types import PaymentState

PAYFAST, OZOW, YOCO, STRIPE = "payfast", "ozow", "yoco", "stripe"
LABELS = {PAYFAST: "PayFast", OZOW: "Ozow", YOCO: "Yoco", STRIPE: "Stripe"}
#: the number of each gateway's clearing account in the ledger; never given to another
CLEARING = {PAYFAST: 1, OZOW: 2, YOCO: 3, STRIPE: 4}


class Told(StrEnum):
    """What a gateway says happened. *given*: a refund that we asked for was paid; *kept*: money did not go back."""

    PENDING = "pending"
    SETTLED = "settled"
    FAILED = "failed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    GIVEN = "given"
    KEPT = "kept"


#: the money that was settled went back
BACK = frozenset({Told.REFUNDED, Told.DISPUTED})
#: may be of a part of the payment
IN_PART = BACK | {Told.GIVEN, Told.KEPT}


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
    """One thing a gateway told. gateway_id: its own number of the payment; amounts above or equal to zero.

    reference: our token, the gateway's number of its page, or nothing where it names the payment by its number alone.
    gross: what the buyer paid, or what went back; fee: what the gateway keeps of it.
    part: the number of the refund or the dispute; our_refund: the id of the refund that we asked for, where it says so.
    """

    told: Told
    reference: str
    gateway_id: str
    gross: Money
    fee: Money
    part: str = ""
    our_refund: str = ""

    @property
    def key(self) -> str:
        """The same for the same event, however often and in whatever order it is told."""
        if not self.part:
            return f"{self.gateway_id}/{self.told}"
        return f"{'kept' if self.told is Told.KEPT else 'back'}/{self.part}"


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
    """The form that sends the buyer's browser to the gateway, its fields in their order.

    No fields: the gateway has no form; it is asked for a page of its own once the buyer goes on.
    """

    url: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that a gateway made for one payment: its number there, and its address."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What a gateway is to pay back. gateway_id: its number of the payment; page: of the page it was paid on.

    key: the same for the same refund, so that it is paid once however often it is asked for.
    """

    refund_id: int
    token: str
    gateway_id: str
    page: str
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A gateway's answer: the number of its refund, or in whose words it refused."""

    number: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came to a gateway's address. signature: the headers that sign it, each in a line; at: when it came."""

    body: bytes
    signature: str
    at: datetime


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
    """A kept notice: what was posted and who sent it."""

    id: int
    gateway: str
    address: str
    posted: Posted
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
    gateway_id: str = ""
    page: str = ""

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
