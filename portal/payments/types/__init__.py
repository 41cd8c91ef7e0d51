"""The words of payments: states and their moves, what the bank told, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.errors import IllegalMove
from portal.core.exchange import HOME
from portal.core.money import Money, total


class PaymentState(StrEnum):
    """Where a payment stands. Only *confirmed* is money in the ledger (design.md 2 and 5)."""

    PENDING = "pending"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REVERSED = "reversed"


S = PaymentState
#: All moves there are. Money at the bank always wins: rejected and expired payments can still be confirmed.
MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    S.PENDING: frozenset({S.CONFIRMED, S.REJECTED, S.EXPIRED}),
    S.CLAIMED: frozenset({S.VERIFIED, S.CONFIRMED, S.REJECTED, S.EXPIRED}),
    S.VERIFIED: frozenset({S.CLAIMED, S.CONFIRMED, S.REJECTED, S.EXPIRED}),
    S.CONFIRMED: frozenset({S.REVERSED}),
    S.REJECTED: frozenset({S.CONFIRMED}),
    S.EXPIRED: frozenset({S.CONFIRMED}),
    S.REVERSED: frozenset(),
}
#: How a payment may begin: by a proof, by a gateway, or by money nobody announced.
FIRST = frozenset({S.CLAIMED, S.PENDING, S.CONFIRMED})
#: It may still become money by itself.
UNDER_WAY = frozenset({S.PENDING, S.CLAIMED, S.VERIFIED})
#: A proof of it is on its way through the house; its invoices show "proof under way". Whoever was only handed to a
#: gateway may turn back, and can still pay by EFT.
PROOF_UNDER_WAY = frozenset({S.CLAIMED, S.VERIFIED})
#: how customers pay without a gateway
EFT = "eft"
#: ways that no gateway carries: by EFT, and what an earlier system left
WITHOUT_GATEWAY = frozenset({EFT, "opening"})


def check_move(payment: str, state: PaymentState, wanted: PaymentState) -> None:
    """Raise IllegalMove unless the table has this move. payment: how it is named to people."""
    if wanted not in MOVES[state]:
        raise IllegalMove(payment, state.value, wanted.value)


class Rail(StrEnum):
    """How money travels between banks, and so how long it takes."""

    EFT = "eft"
    SAME_BANK = "same-bank"
    RTC = "rtc"
    PAYSHAP = "payshap"


#: What people call a rail.
RAIL_WORDS = {
    Rail.EFT: "Ordinary EFT", Rail.SAME_BANK: "Within one bank", Rail.RTC: "Real-time clearing", Rail.PAYSHAP: "PayShap",
}  # fmt: skip


class ShareState(StrEnum):
    """An allocation as the payer meant it, as confirmed money made it, or as a reversal left it."""

    PLANNED = "planned"
    ACTIVE = "active"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class BankReceipt:
    """Money as the bank told it: amount in whole cents, value date, our account, the statement's own text."""

    amount: Money
    value_date: date
    bank_account_id: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class GatewayReceipt:
    """Money as a gateway told it: all of it, before its fee; with the gateway until it pays out.

    clearing: the number of the gateway's account in the ledger (payments.types.online).
    """

    amount: Money
    value_date: date
    clearing: int
    text: str = ""


#: what makes money of a payment
Receipt = BankReceipt | GatewayReceipt


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payment is for which invoice."""

    invoice_id: int
    invoice_number: str
    amount: Money
    state: ShareState


@dataclass(frozen=True, slots=True)
class PaymentInfo:
    """One payment. ``claimed`` is what its document says, ``received`` what the bank says; one may be missing."""

    id: int
    customer_id: int
    customer_code: str
    customer_name: str
    state: PaymentState
    claimed: Money | None
    received: Money | None
    paid_on: date | None
    expected_on: date | None
    value_date: date | None
    bank_account_id: int | None
    bank_text: str
    reference: str
    words: str
    reason: str
    proof_id: int | None
    created_at: datetime
    verified_at: datetime | None
    confirmed_at: datetime | None
    reversed_at: datetime | None
    journal_id: int | None
    shares: tuple[Share, ...] = ()
    #: what refunds hold of it or have given back
    refunded_cents: int = 0
    #: of foreign money at the bank: what it was worth, at which rate, of which day
    rand: Money | None = None
    rate_micros: int | None = None
    rate_day: date | None = None
    rail: Rail = Rail.EFT
    #: when the customer was asked where the money is
    chased_at: datetime | None = None
    #: ``eft``, or the gateway that carries it
    method: str = EFT

    @property
    def name(self) -> str:
        """How people and logs call it."""
        return name_of(self.id)

    @property
    def amount(self) -> Money:
        """What the bank says, and before that what the document says."""
        found = self.received or self.claimed
        assert found is not None  # noqa: S101 - the table demands one of the two
        return found

    @property
    def allocated(self) -> Money:
        """How much of it pays invoices."""
        paid = (share.amount for share in self.shares if share.state is ShareState.ACTIVE)
        return total(paid, self.amount.currency)

    @property
    def credit(self) -> Money:
        """How much of confirmed money pays no invoice and is not given back: the customer's credit on account."""
        if self.state is not PaymentState.CONFIRMED or self.received is None:
            return Money.zero(self.amount.currency)
        return self.received - self.allocated - self.refunded

    @property
    def refunded(self) -> Money:
        """How much of it was given back, or is kept to be."""
        return Money(self.refunded_cents, self.amount.currency)

    @property
    def by_eft(self) -> bool:
        """Whether no gateway carries it."""
        return self.method in WITHOUT_GATEWAY

    @property
    def worth_showing(self) -> bool:
        """Whether its customer wants to see it: who turned back at a gateway does not."""
        return self.by_eft or self.state not in ENDED

    @property
    def under_way(self) -> bool:
        """Whether it may still become money by itself."""
        return self.state in UNDER_WAY

    def late(self, today: date) -> bool:
        """Whether the bank should have shown it by now."""
        return self.under_way and self.expected_on is not None and self.expected_on < today


@dataclass(frozen=True, slots=True)
class Paid:
    """What one invoice got from a payment and still needs."""

    invoice_id: int
    number: str
    paid: Money
    owed: Money


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What confirming did: which invoices it paid, what they still owe, and what stays as credit on account.

    settled_before: numbers of invoices it was meant for that other money had paid in full in the meantime.
    """

    payment_id: int
    received: Money
    credit: Money
    paid: tuple[Paid, ...] = ()
    settled_before: tuple[str, ...] = ()
    released: tuple[str, ...] = ()

    @property
    def owed(self) -> Money:
        """What its invoices still need in all; zero when they are settled."""
        return total((each.owed for each in self.paid), self.received.currency)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A payment of several that could not be confirmed, because it stands in another state by now."""

    payment_id: int
    state: PaymentState


@dataclass(frozen=True, slots=True)
class Confirmations:
    """What confirming several payments at once did."""

    done: tuple[Confirmation, ...]
    refused: tuple[Refusal, ...] = ()

    @property
    def received(self) -> Money:
        """Everything that was confirmed."""
        currency = self.done[0].received.currency if self.done else HOME
        return total((each.received for each in self.done), currency)


class Waiting(StrEnum):
    """Which payments that the bank may still show a list holds: verified ones, late ones, or those given up."""

    ALL = "all"
    LATE = "late"
    ENDED = "ended"


#: Given up by people; money at the bank still wins.
ENDED = frozenset({PaymentState.REJECTED, PaymentState.EXPIRED})


@dataclass(frozen=True, slots=True)
class WaitingSum:
    """How many verified payments wait for the bank, and their sum; the same for those the bank should have shown.

    amount, late: of rand; dollars: of US dollars.
    """

    count: int
    amount: Money
    late_count: int
    late: Money
    dollars: Money


def name_of(payment_id: int) -> str:
    """``PAY-000012``."""
    return f"PAY-{payment_id:06d}"
