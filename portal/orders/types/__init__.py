"""The words of ordering: states and moves, when goods may leave, and what others get to see of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.accounts.types import ReleasePolicy
from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.core.vat import RateSum, VatCode

LONGEST_PO_NUMBER = 40
LONGEST_ADDRESS = 300
MOST_ADDRESS_LINES = 6
LONGEST_REASON = 300
LARGEST_QUANTITY = 99_999
#: no money at all
NOTHING = Money.zar(0)
#: products in a visitor's cart, which has to fit into a cookie
MOST_WAITING = 30


class State(StrEnum):
    """Where an order stands. A draft waits for an approver of the company that orders."""

    DRAFT = "draft"
    PLACED = "placed"
    HELD = "held"
    RELEASED = "released"
    PART_DELIVERED = "part-delivered"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


#: From each state, those it may become (design.md 5).
MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PLACED, State.HELD, State.CANCELLED}),
    State.PLACED: frozenset({State.HELD, State.RELEASED, State.CANCELLED}),
    State.HELD: frozenset({State.PLACED, State.RELEASED, State.CANCELLED}),
    State.RELEASED: frozenset({State.PART_DELIVERED, State.DELIVERED, State.CANCELLED}),
    State.PART_DELIVERED: frozenset({State.DELIVERED}),
    State.DELIVERED: frozenset(),
    State.CANCELLED: frozenset(),
}


def check_move(number: str, state: State, wanted: State) -> None:
    """Raise IllegalMove unless the table has this move."""
    if wanted not in MOVES[state]:
        raise IllegalMove(number, state.value, wanted.value)


class Event(StrEnum):
    """What happened to money that an order waits for."""

    VERIFIED = "verified"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer's policy is decided on, all at one moment and under the customer's lock.

    open_balance: what is owed before the order in question. unconfirmed: verified money the bank has not shown,
    the present payment included.
    """

    policy: ReleasePolicy
    open_balance: Money
    overdue: bool
    credit_limit: Money
    unconfirmed: Money
    provisional_limit: Money
    #: the customer's books are broken, and nothing automatic touches them
    parked: bool = False
    #: verified money that the bank should have shown by now
    awaited: Money = NOTHING


def hold_reason(standing: Standing, order_total: Money) -> str | None:
    """Why an order on account may not go at once, in the customer's words; None when it may.

    Other policies hold nothing when an order is placed: they wait for money.
    Source: design.md 2; docs/rules/release.md R4.
    """
    if standing.policy is not ReleasePolicy.ACCOUNT:
        return None
    if standing.parked:
        return "Your account is being checked by our team."
    if standing.overdue:
        return "An invoice on your account is overdue."
    if standing.open_balance + order_total > standing.credit_limit:
        return f"With this order your account would be above its limit of {standing.credit_limit}."
    return None


def may_release(standing: Standing, event: Event, *, paid: bool, covered: bool) -> bool:
    """Whether a placed order's goods may leave after something happened to its money.

    paid: its invoice needs nothing more; only confirmed money does that, so it is enough under any policy.
    covered: the verified payment is for all that the invoice still needs.
    Source: design.md 2; docs/rules/release.md R1 to R4 and R13.
    """
    if paid:
        return True
    if event is not Event.VERIFIED or not covered:
        return False
    if standing.policy is ReleasePolicy.TRUSTED:
        return True
    if standing.policy is not ReleasePolicy.PROVISIONAL or standing.awaited.cents > 0:
        return False
    return standing.unconfirmed <= standing.provisional_limit


class Filter(StrEnum):
    """Which orders a list shows."""

    ALL = "all"
    DRAFT = "draft"
    PLACED = "placed"
    HELD = "held"
    RELEASED = "released"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"

    @classmethod
    def of(cls, text: str | None, otherwise: Filter) -> Filter:
        """The filter an address asks for, or the other one."""
        return next((each for each in cls if each == text), otherwise)


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line of a cart at today's price and rate. available: whether the product is still sold."""

    product_id: int
    sku: str
    slug: str
    name: str
    unit: str
    pack: str
    icon: str
    picture: str | None
    quantity: int
    price: Money
    vat_code: VatCode
    net: Money
    vat: Money
    gross: Money
    available: bool
    #: whether it has a price today; without one nobody can order it
    priced: bool = True


@dataclass(frozen=True, slots=True)
class Cart:
    """A person's cart for one customer. mark: changes with anything in it, so that an order is for what was seen."""

    lines: tuple[CartLine, ...]
    net: Money
    vat: Money
    total: Money
    mark: str

    @property
    def gone(self) -> tuple[CartLine, ...]:
        """Lines whose product is no longer sold; they are not ordered."""
        return tuple(line for line in self.lines if line.priced and not line.available)

    @property
    def unpriced(self) -> tuple[CartLine, ...]:
        """Lines that have no price today, because no exchange rate counts; the order waits for one."""
        return tuple(line for line in self.lines if not line.priced)


ORDER_HEADS = (
    "Order", "Customer code", "Customer", "State", "PO number", "Placed", "Placed by", "Why it waits", "Invoice",
    "Without VAT", "VAT", "Total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order as lists and other features see it. held_reason: why it waits for us, empty when it does not."""

    id: int
    number: str
    customer_id: int
    customer_code: str
    customer_name: str
    state: State
    po_number: str
    net: Money
    vat: Money
    total: Money
    placed_at: datetime
    placed_by: str
    invoice_id: int | None
    invoice_number: str
    held_reason: str
    released_at: datetime | None
    released_by: str
    release_reason: str
    delivered_at: datetime | None
    cancelled_at: datetime | None
    version: int

    def cells(self) -> tuple[str | datetime | Money, ...]:
        """One row of a file, under ORDER_HEADS."""
        return (
            self.number, self.customer_code, self.customer_name, self.state.value, self.po_number, self.placed_at,
            self.placed_by, self.held_reason, self.invoice_number, self.net, self.vat, self.total,
        )  # fmt: skip

    @property
    def waits_for_money(self) -> bool:
        """Whether the goods leave once its invoice's money comes."""
        return self.state is State.PLACED

    @property
    def cut_short(self) -> bool:
        """Whether part of it was delivered and the rest was cancelled."""
        return self.state is State.DELIVERED and self.cancelled_at is not None

    @property
    def has_left(self) -> bool:
        """Whether goods of it have left, so that it has delivery notes."""
        return self.state in {State.PART_DELIVERED, State.DELIVERED}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line as ordered: price and VAT of that day."""

    product_id: int
    sku: str
    description: str
    quantity: int
    unit: str
    unit_price: Money
    vat_code: VatCode
    rate: int
    net: Money
    vat: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a customer's policy decided on, as it stood then. payment_id: whose money, where it was one payment's."""

    policy: ReleasePolicy
    owed: Money
    credit_limit: Money
    overdue: bool
    unconfirmed: Money
    provisional_limit: Money
    #: what the bank should have shown and had not
    awaited: Money
    payment_id: int | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What somebody orders, from a cart or from a quote, at its prices. po_number: empty when they said there is none."""

    lines: tuple[OrderLine, ...]
    po_number: str
    delivery: tuple[str, ...]
    note: str = ""
    quote_number: str = ""


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with everything its page shows."""

    info: OrderInfo
    lines: tuple[OrderLine, ...]
    rates: tuple[RateSum, ...]
    delivery: tuple[str, ...]
    note: str
    held_at: datetime | None
    cancel_reason: str
    #: what a release or a hold was decided on; None for orders from before this was kept
    evidence: Evidence | None
