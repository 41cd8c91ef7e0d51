"""The words of invoicing: states and moves, what is issued, and what others get to see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.core import exchange
from portal.core.countries import is_abroad, name_of
from portal.core.errors import IllegalMove
from portal.core.money import NBSP, Money
from portal.core.vat import VatCode

#: A tax invoice is issued within so many days of the supply (VAT Act s 20(1)).
ISSUE_WITHIN_DAYS = 21
#: From this sum on an invoice names its recipient in full (VAT Act s 20(4) and (5)).
FULL_FORM_ABOVE = Money.zar(5_000_00)
NOTHING = Money.zar(0)
LONGEST_PO_NUMBER = 40
LONGEST_DESCRIPTION = 300
LONGEST_REASON = 500


class State(StrEnum):
    """Where an invoice stands. Only confirmed money moves it."""

    DRAFT = "draft"
    ISSUED = "issued"
    PART_PAID = "part-paid"
    PAID = "paid"
    CREDITED = "credited"


#: From each state, those it may become; back only by a reversal.
MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.ISSUED}),
    State.ISSUED: frozenset({State.PART_PAID, State.PAID, State.CREDITED}),
    State.PART_PAID: frozenset({State.PART_PAID, State.PAID, State.ISSUED, State.CREDITED}),
    State.PAID: frozenset({State.PART_PAID, State.ISSUED, State.CREDITED}),
    State.CREDITED: frozenset(),
}
#: States in which an invoice still wants money.
OPEN = frozenset({State.ISSUED, State.PART_PAID})


def state_for(balance: Money, total: Money, credited: Money | None = None) -> State:
    """The state an issued invoice has: a function of what is still to pay and of what credit notes took off alone."""
    wanted = total if credited is None else total - credited
    if not wanted:
        return State.CREDITED
    if not balance:
        return State.PAID
    return State.ISSUED if balance == wanted else State.PART_PAID


def check_move(number: str, state: State, wanted: State) -> None:
    """Raise IllegalMove unless the table has this move; staying as it is needs none."""
    if wanted is not state and wanted not in MOVES[state]:
        raise IllegalMove(number, state.value, wanted.value)


class LegalForm(StrEnum):
    """How much an invoice must say: above R 5 000.00 the recipient's address as well (VAT Act s 20(4) and (5))."""

    FULL = "full"
    ABRIDGED = "abridged"

    @classmethod
    def of(cls, total: Money) -> LegalForm:
        """By the amount with VAT; anything in foreign money is in full."""
        rand = total.currency == FULL_FORM_ABOVE.currency
        return cls.ABRIDGED if rand and total <= FULL_FORM_ABOVE else cls.FULL


class Flag(StrEnum):
    """What an invoice carries beside its state."""

    PROOF_UNDER_WAY = "proof under way"
    DISPUTED = "disputed"


class Filter(StrEnum):
    """Which invoices a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    ALL = "all"

    @classmethod
    def of(cls, text: str | None) -> Filter:
        """The filter an address asks for; open invoices when it asks for none of ours."""
        return next((each for each in cls if each == text), cls.OPEN)


class SortBy(StrEnum):
    """How a list is sorted; a minus means newest first."""

    DUE = "due"
    DUE_DOWN = "-due"
    ISSUED = "issued"
    ISSUED_DOWN = "-issued"
    #: by the name the invoice was issued to; for lists of all customers
    RECIPIENT = "recipient"

    @classmethod
    def of(cls, text: str | None, otherwise: SortBy) -> SortBy:
        """The order an address asks for, or the other one."""
        return next((each for each in cls if each == text), otherwise)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line to be invoiced. quantity: at most three decimals. unit_price: for one unit, without VAT.

    discount: off this line, in hundredths of a percent.
    """

    description: str
    sku: str
    quantity: Decimal
    unit: str
    unit_price: Money
    vat_code: VatCode
    discount: int = 0


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """What is to be invoiced to whom. due_days: None for the customer's own terms.

    discount: off every line, after the line's own, in hundredths of a percent. carriage: the delivery charge without
    VAT, a taxed line of its own without any discount. supplied_on: the day whose VAT rates hold; None for today.
    """

    customer_id: int
    lines: tuple[DraftLine, ...]
    po_number: str = ""
    order_number: str = ""
    due_days: int | None = None
    delivery: tuple[str, ...] = ()
    discount: int = 0
    carriage: Money | None = None
    supplied_on: date | None = None


@dataclass(frozen=True, slots=True)
class DatedDraft:
    """An invoice of a past day, to be issued with many others."""

    customer_id: int
    day: date
    lines: tuple[DraftLine, ...]
    po_number: str = ""


INVOICE_HEADS = (
    "Invoice", "Reference", "Customer code", "Customer", "Issued", "Due", "State", "PO number", "Order", "Currency",
    "Without VAT", "VAT", "Total", "To pay", "Exported to", "Exchange rate", "Total in rand",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvoiceInfo:
    """An issued invoice as lists and other features see it. recipient: the name it was issued to."""

    id: int
    number: str
    reference: str
    customer_id: int
    customer_code: str
    recipient: str
    issued_on: date
    due_on: date
    state: State
    net: Money
    vat: Money
    total: Money
    balance: Money
    order_number: str
    po_number: str
    proof_under_way: bool
    disputed: bool
    #: what credit notes took off it
    credited: Money = NOTHING
    supplied_on: date | None = None
    #: the country its goods went to; empty at home
    export_to: str = ""
    #: of a foreign total: the rate in millionths of a rand, the rate's day, and the total's value
    rate_micros: int | None = None
    rate_day: date | None = None
    rand: Money | None = None

    def worth(self, part: Money) -> Money:
        """The value in rand of a part of it, at the invoice's own rate. Source: docs/rules/foreign-money.md F5."""
        return part if self.rand is None else exchange.part_of(self.rand, part, self.total)

    @property
    def currency(self) -> str:
        """ISO 4217 code of all its amounts."""
        return self.total.currency

    @property
    def is_open(self) -> bool:
        """Whether it still wants money."""
        return self.state in OPEN

    @property
    def paid(self) -> Money:
        """How much confirmed money it got so far."""
        return self.total - self.credited - self.balance

    def cells(self) -> tuple[str | date | Money | None, ...]:
        """One row of a file, under INVOICE_HEADS."""
        return (
            self.number, self.reference, self.customer_code, self.recipient, self.issued_on, self.due_on,
            self.state.value, self.po_number, self.order_number, self.currency, self.net, self.vat, self.total,
            self.balance, name_of(self.export_to) if self.export_to else "",
            exchange.rate_words(self.rate_micros) if self.rate_micros is not None else "", self.rand,
        )  # fmt: skip

    def days_overdue(self, today: date) -> int:
        """Whole days since it was due; 0 when it is not late or wants nothing."""
        return max(0, (today - self.due_on).days) if self.is_open else 0


@dataclass(frozen=True, slots=True)
class Party:
    """Supplier or recipient as printed on the invoice on the day it was issued."""

    name: str
    address: tuple[str, ...]
    vat_number: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""
    code: str = ""
    country: str = ""

    @property
    def abroad(self) -> str:
        """The name of its country when that is not ours; empty at home."""
        return name_of(self.country) if self.country and is_abroad(self.country) else ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line as issued. rate: hundredths of a percent; ``net + vat == gross``."""

    position: int
    sku: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Money
    vat_code: VatCode
    rate: int
    net: Money
    vat: Money
    gross: Money
    #: in hundredths of a percent: of this line, and of the whole document on this line
    discount: int = 0
    whole_discount: int = 0
    id: int = 0

    @property
    def discount_words(self) -> str:
        """``10 % + 5 %``: off this line, then off the whole document; empty when nothing is off."""
        return f"{NBSP}+{NBSP}".join(percent_words(each) for each in (self.discount, self.whole_discount) if each)

    @property
    def quantity_words(self) -> str:
        """``2 rolls``."""
        return quantity_words(self.quantity, self.unit)


@dataclass(frozen=True, slots=True)
class RateRow:
    """Value and VAT of all lines of one rate, as the foot of the invoice lists them."""

    words: str
    net: Money
    vat: Money
    code: VatCode = VatCode.STANDARD
    #: hundredths of a percent
    rate: int = 0


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """The whole legal document; printing it needs nothing else.

    opening: only the balance of an invoice that an earlier system issued, so that this is no tax invoice.
    """

    info: InvoiceInfo
    issued_at: datetime
    supplier: Party
    recipient: Party
    delivery: tuple[str, ...]
    lines: tuple[InvoiceLine, ...]
    rates: tuple[RateRow, ...]
    opening: bool = False

    @property
    def heading(self) -> str:
        """What stands above it (VAT Act s 20(4): only a tax invoice is called one)."""
        return "Opening Balance" if self.opening else "Tax Invoice"


@dataclass(frozen=True, slots=True)
class Owing:
    """What a customer's open invoices add up to. The counts are of invoices."""

    total: Money
    overdue: Money
    due_soon: Money
    under_way: Money
    open_count: int = 0
    overdue_count: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """Which page of which list is asked for. customer_id: None for all customers (staff)."""

    customer_id: int | None
    today: date
    filter: Filter = Filter.OPEN
    search: str = ""
    sort: SortBy = SortBy.DUE
    after: str | None = None
    limit: int = 25


def quantity_words(quantity: Decimal, unit: str) -> str:
    """``2 rolls``, ``1 box``, ``3 boxes``; what is sold by the piece has only its number."""
    number = f"{quantity:f}"
    if unit in {"", "each"}:
        return number
    if quantity == 1:
        return f"{number}{NBSP}{unit}"
    ending = "es" if unit.endswith(("x", "s", "ch", "sh")) else "s"
    return f"{number}{NBSP}{unit}{ending}"


def rate_words(code: VatCode, rate: int) -> str:
    """``15 %``, ``Zero-rated``, ``Exempt``; rate in hundredths of a percent."""
    if code is VatCode.ZERO:
        return "Zero-rated"
    if code is VatCode.EXEMPT:
        return "Exempt"
    return percent_words(rate)


def percent_words(hundredths: int) -> str:
    """``15 %``, ``2.5 %``; given in hundredths of a percent."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}{f'.{part:02d}'.rstrip('0') if part else ''}{NBSP}%"
