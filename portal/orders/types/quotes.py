"""The words of offering: states and moves of a quote, and what others get to see of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.core.vat import RateSum
from portal.orders.types import OrderLine

LONGEST_WORDS = 2000
LONGEST_REPLY = 1000
LONGEST_REQUEST_LINES = 100
#: how long an offer holds unless our people write another day
USUAL_DAYS = 14
LONGEST_DAYS = 365


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
class QuoteInfo:
    """A quote as lists see it."""

    id: int
    number: str
    customer_id: int
    customer_code: str
    customer_name: str
    asked_by: str
    asked_at: datetime
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


@dataclass(frozen=True, slots=True)
class QuoteDetail:
    """A quote with everything its page and its PDF show."""

    info: QuoteInfo
    lines: tuple[OrderLine, ...]
    rates: tuple[RateSum, ...]
    address: tuple[str, ...]
    words: str
    reply: str
    decline_reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One line as our people write it: a product's code, how much, and the price of one without VAT.

    description: empty for the product's own name.
    """

    sku: str
    quantity: int
    price: Money
    description: str = ""
