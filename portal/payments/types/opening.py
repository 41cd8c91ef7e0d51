"""The words of what an earlier system left: customers, open invoices, credits, and what is wrong with a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.money import Money, total


class Record(StrEnum):
    """What a row of the file is."""

    CUSTOMER = "customer"
    INVOICE = "invoice"
    CREDIT = "credit"


class OpeningState(StrEnum):
    """A file that was looked at, or one that was taken over."""

    DRAFT = "draft"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row. row: its number as a spreadsheet shows it; the heads are row 1."""

    row: int
    words: str


@dataclass(frozen=True, slots=True)
class OpeningCustomer:
    """A customer to be made. known: there is one with this code already, which stays as it is."""

    row: int
    code: str
    name: str
    email: str
    vat_number: str
    address: tuple[str, ...]
    terms_days: int
    credit_limit: Money
    known: bool = False


@dataclass(frozen=True, slots=True)
class OpeningInvoice:
    """An invoice of the earlier system and what it still needs."""

    row: int
    code: str
    number: str
    issued_on: date
    due_on: date
    balance: Money


@dataclass(frozen=True, slots=True)
class OpeningCredit:
    """Money that a customer had on account."""

    row: int
    code: str
    amount: Money
    words: str


@dataclass(frozen=True, slots=True)
class Opening:
    """All that a file says, in its order, and what is wrong with it."""

    customers: tuple[OpeningCustomer, ...]
    invoices: tuple[OpeningInvoice, ...]
    credits: tuple[OpeningCredit, ...]
    errors: tuple[RowError, ...]

    @property
    def owed(self) -> Money:
        """What all its invoices still need."""
        return total(each.balance for each in self.invoices)

    @property
    def credit(self) -> Money:
        """What all its credits come to."""
        return total(each.amount for each in self.credits)

    @property
    def new_customers(self) -> int:
        """How many customers would be made."""
        return sum(not each.known for each in self.customers)


@dataclass(frozen=True, slots=True)
class OpeningInfo:
    """A file of opening balances as lists show it; counts and sums are what it holds, or what was made of it."""

    id: int
    state: OpeningState
    file_name: str
    day: date
    made_at: datetime
    made_by_id: int | None
    customers: int
    invoices: int
    credits: int
    owed: Money
    credit: Money
