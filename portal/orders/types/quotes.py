"""The words of offering: states and moves of a quote, and what others get to see of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.core.errors import IllegalMove
from portal.core.money import NBSP, Money
from portal.core.vat import RateSum
from portal.orders.types import OrderLine

LONGEST_WORDS = 2000
LONGEST_REPLY = 1000
LONGEST_REQUEST_LINES = 100
#: how long an offer holds unless our people write another day
USUAL_DAYS = 14
LONGEST_DAYS = 365
#: 100 percent, in hundredths
_ALL = 10_000


class QuoteState(StrEnum):
    """Where a quote stands. A request that is not priced yet is its draft."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


#: From each state, those it may become (design.md 5). A request can be declined before it is priced.
QUOTE_MOVES: dict[QuoteState, frozenset[QuoteState]] = {
    QuoteState.DRAFT: frozenset({QuoteState.SENT, QuoteState.DECLINED}),
    QuoteState.SENT: frozenset({QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.EXPIRED}),
    QuoteState.ACCEPTED: frozenset(),
    QuoteState.DECLINED: frozenset(),
    QuoteState.EXPIRED: frozenset(),
}


def check_quote_move(number: str, state: QuoteState, wanted: QuoteState) -> None:
    """Raise IllegalMove unless the table has this move."""
    if wanted not in QUOTE_MOVES[state]:
        raise IllegalMove(number, state.value, wanted.value)


class QuoteFilter(StrEnum):
    """Which quotes a list shows."""

    ALL = "all"
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"

    @classmethod
    def of(cls, text: str | None, otherwise: QuoteFilter) -> QuoteFilter:
        """The filter an address asks for, or the other one."""
        return next((each for each in cls if each == text), otherwise)


@dataclass(frozen=True, slots=True)
class QuotedLine(OrderLine):
    """One line as it is offered. before: the price of one without the discount, in hundredths of a percent."""

    before: Money
    discount: int

    @property
    def discount_words(self) -> str:
        """``R 4 350.00 less 2.5 %``, empty without a discount."""
        return f"{self.before} less {percent(self.discount)}{NBSP}%" if self.discount else ""


QUOTE_HEADS = (
    "Quote", "Customer code", "Customer", "State", "Asked", "Asked by", "Begun by", "Sent", "Valid until", "Decided",
    "Order", "Without VAT", "VAT", "Total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuoteInfo:
    """A quote as lists see it. started_by: who of ours began it, empty when the customer asked."""

    id: int
    number: str
    customer_id: int
    customer_code: str
    customer_name: str
    asked_by: str
    asked_at: datetime
    started_by: str
    state: QuoteState
    net: Money
    vat: Money
    total: Money
    valid_until: date | None
    sent_at: datetime | None
    sent_by: str
    decided_at: datetime | None
    decided_by: str
    order_number: str
    version: int

    @property
    def ours_alone(self) -> bool:
        """Whether the customer has not heard of it: we began it, and it was not sent."""
        return bool(self.started_by) and self.sent_at is None

    def cells(self) -> tuple[str | datetime | date | Money | None, ...]:
        """One row of a file, under QUOTE_HEADS."""
        return (
            self.number, self.customer_code, self.customer_name, self.state.value, self.asked_at, self.asked_by,
            self.started_by, self.sent_at, self.valid_until, self.decided_at, self.order_number, self.net, self.vat,
            self.total,
        )  # fmt: skip

    def cells_for_customer(self) -> tuple[str | datetime | date | Money | None, ...]:
        """The same for the customer, who sees no price before it is sent."""
        row = self.cells()
        return row if self.sent_at else (*row[:-3], None, None, None)


@dataclass(frozen=True, slots=True)
class QuoteDetail:
    """A quote with everything its page and its PDF show."""

    info: QuoteInfo
    lines: tuple[QuotedLine, ...]
    rates: tuple[RateSum, ...]
    address: tuple[str, ...]
    words: str
    reply: str
    decline_reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One line as our people write it: a product's code, how much, and the price of one without VAT.

    price: None for what the customer's own list says for so many. description: empty for the product's own name.
    discount: off the price of one, in hundredths of a percent.
    """

    sku: str
    quantity: int
    price: Money | None
    description: str = ""
    discount: int = 0


def less(price: Money, discount: int) -> Money:
    """The price of one with a discount in hundredths of a percent, to the cent, half a cent up.

    Source: docs/rules/orders.md O17.
    """
    return Money((price.cents * (_ALL - discount) + _ALL // 2) // _ALL, price.currency)


def percent(discount: int) -> str:
    """``2.5`` for 250 hundredths of a percent."""
    return f"{Decimal(discount) / 100:f}"
