"""The words of money that is given up or given back: write-offs, bad debts and refunds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.payments.types.online import LABELS


class WriteOffKind(StrEnum):
    """A few cents that nobody will ever pay, or a debt that is lost."""

    CENTS = "cents"
    BAD_DEBT = "bad-debt"


class WriteOffState(StrEnum):
    """Where a write-off stands. Only *booked* lowers what the invoice needs."""

    ASKED = "asked"
    BOOKED = "booked"
    DECLINED = "declined"
    UNDONE = "undone"


class RefundState(StrEnum):
    """Where a refund stands. From *approved* on the money is no longer the customer's credit."""

    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    DECLINED = "declined"
    RETURNED = "returned"


W, R = WriteOffState, RefundState
WRITE_OFF_MOVES: dict[WriteOffState, frozenset[WriteOffState]] = {
    W.ASKED: frozenset({W.BOOKED, W.DECLINED}),
    W.BOOKED: frozenset({W.UNDONE}),
    W.DECLINED: frozenset(),
    W.UNDONE: frozenset(),
}
REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    R.ASKED: frozenset({R.APPROVED, R.DECLINED}),
    R.APPROVED: frozenset({R.SENT, R.DECLINED}),
    R.SENT: frozenset({R.PAID, R.RETURNED}),
    R.PAID: frozenset({R.RETURNED}),
    R.DECLINED: frozenset(),
    R.RETURNED: frozenset(),
}
#: The credit stands in the books as money to be given back.
REFUND_BOOKED = frozenset({R.APPROVED, R.SENT, R.PAID})
#: Credit that cannot be used for anything else.
REFUND_HOLDS = REFUND_BOOKED | {R.ASKED}
#: On its way; until it is over, its payment cannot be taken back.
REFUND_UNDER_WAY = frozenset({R.ASKED, R.APPROVED, R.SENT})

S = TypeVar("S", WriteOffState, RefundState)


def check_move(thing: str, moves: dict[S, frozenset[S]], state: S, wanted: S) -> None:
    """Raise IllegalMove unless the table has this move."""
    if wanted not in moves[state]:
        raise IllegalMove(thing, state.value, wanted.value)


@dataclass(frozen=True, slots=True)
class WriteOffInfo:
    """One write-off. vat: the part of the amount that is VAT to be claimed back; nothing for cents."""

    id: int
    kind: WriteOffKind
    state: WriteOffState
    invoice_id: int
    invoice_number: str
    customer_id: int
    customer_code: str
    customer_name: str
    amount: Money
    vat: Money
    reason: str
    asked_by_id: int | None
    asked_at: datetime
    decided_by_id: int | None
    decided_at: datetime | None
    decision: str
    journal_id: int | None

    @property
    def name(self) -> str:
        """How people and logs call it."""
        return write_off_name(self.id)

    @property
    def moves(self) -> frozenset[WriteOffState]:
        """What it may become."""
        return WRITE_OFF_MOVES[self.state]


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """The account a refund goes to; branch and account are digits as text."""

    holder: str
    bank: str
    branch: str
    account: str

    @property
    def masked(self) -> str:
        """``FNB ···0736``."""
        return f"{self.bank} ···{self.account[-4:]}"


#: a refund that a gateway pays back the way it came goes to no bank account that we know
THE_WAY_IT_CAME = Beneficiary("", "", "", "")


@dataclass(frozen=True, slots=True)
class RefundInfo:
    """One refund of what is left of a payment. via: the gateway that pays it back, or nothing for a bank account."""

    id: int
    state: RefundState
    payment_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    amount: Money
    to: Beneficiary
    reason: str
    asked_by_id: int | None
    asked_at: datetime
    decided_by_id: int | None
    decided_at: datetime | None
    decision: str
    file_id: int | None
    paid_on: date | None
    journal_id: int | None
    paid_journal_id: int | None
    via: str = ""
    gateway_number: str = ""

    @property
    def name(self) -> str:
        """How people, logs and the bank call it."""
        return refund_name(self.id)

    @property
    def where(self) -> str:
        """Where it goes, for people: a masked account, or back through a gateway."""
        return f"the card or account it came from, by {LABELS[self.via]}" if self.via else self.to.masked

    @property
    def moves(self) -> frozenset[RefundState]:
        """What it may become."""
        return REFUND_MOVES[self.state]


@dataclass(frozen=True, slots=True)
class RefundFileInfo:
    """A file of refunds that the bank was given."""

    id: int
    made_at: datetime
    made_by_id: int | None
    bank_account_id: int
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may decide alone, as staff set it; versions for the form that changes them."""

    cents: Money
    refund_alone: Money
    cents_version: int
    refund_version: int


def write_off_name(write_off_id: int) -> str:
    """``OFF-000012``."""
    return f"OFF-{write_off_id:06d}"


def refund_name(refund_id: int) -> str:
    """``REF-000012``."""
    return f"REF-{refund_id:06d}"
