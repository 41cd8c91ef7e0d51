"""The words of the books: accounts, journals and their lines, and what a check found broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.money import Money


class AccountKind(StrEnum):
    """What an account collects. Receivable and unallocated are kept per customer, bank per bank account."""

    RECEIVABLE = "receivable"
    BANK = "bank"
    CLEARING = "clearing"
    UNALLOCATED = "unallocated"
    SALES = "sales"
    VAT_OUTPUT = "vat-output"
    FEES = "fees"
    WRITE_OFF = "write-off"
    REFUNDS = "refunds"
    BAD_DEBT = "bad-debt"
    EXCHANGE = "exchange"


class JournalKind(StrEnum):
    """Why a journal was written (design.md 5)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    RECEIPT = "receipt"
    ALLOCATION = "allocation"
    REFUND = "refund"
    FEE = "fee"
    WRITE_OFF = "write-off"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Names one account: its kind, its currency, and whose it is where there is one for each."""

    kind: AccountKind
    currency: str = "ZAR"
    of: int | None = None  # customer id, or bank account id

    @property
    def code(self) -> str:
        """``receivable:14:ZAR`` or ``sales:ZAR``; unique, and what an entry's digest is made over."""
        return ":".join(str(part) for part in (self.kind, self.of, self.currency) if part is not None)

    @classmethod
    def of_code(cls, code: str) -> AccountKey:
        """The key a code was made from."""
        kind, *middle, currency = code.split(":")
        return cls(AccountKind(kind), currency, int(middle[0]) if middle else None)


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a posting: exactly one of debit and credit is given, and it is above zero."""

    account: AccountKey
    debit: Money | None = None
    credit: Money | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal before it is written. ``source`` names the event, like ``payment:12``; one journal a kind and source."""

    kind: JournalKind
    value_date: date
    source: str
    words: str
    lines: tuple[Line, ...]
    customer_id: int | None = None
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class BankAccountInfo:
    """One of our own bank accounts; number and branch are digits as text."""

    id: int
    bank: str
    branch: str
    number: str
    holder: str
    primary: bool
    name: str = ""
    currency: str = "ZAR"

    @property
    def masked(self) -> str:
        """``FNB ···0736``: enough to tell our accounts apart, as lists and journals show it."""
        return f"{self.bank} ···{self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """One written line, with the digest that was taken when it was written (64 hexadecimal digits)."""

    line: int
    account: AccountKey
    debit: Money | None
    credit: Money | None
    digest: str


@dataclass(frozen=True, slots=True)
class JournalInfo:
    """One written journal; ``sealed_as`` is its place in the chain, None until the next minute's seal."""

    id: int
    kind: JournalKind
    value_date: date
    posted_at: datetime
    source: str
    words: str
    amount: Money
    customer_id: int | None
    reverses: int | None
    reversed_by: int | None = None
    sealed_as: int | None = None
    entries: tuple[EntryInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One movement of a customer's account: debit is what they owe more, credit what they owe less."""

    journal_id: int
    day: date
    kind: JournalKind
    source: str
    words: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold: which, at which row, and what is wrong in words."""

    invariant: str
    row: str
    words: str


Check = Callable[[], Iterable[Broken]]


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying the whole ledger found: how much was looked at, the end of the chain, and every changed row."""

    journals: int
    entries: int
    sealed: int
    head: str
    problems: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Outcome of one invariant in a self-check."""

    invariant: str
    broken: tuple[Broken, ...]

    @property
    def ok(self) -> bool:
        """True when no row breaks it."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class InvoicePosting:
    """What the books need to know of an issued invoice; posted_at: the moment of issue."""

    number: str
    customer_id: int
    net: Money
    vat: Money
    day: date
    posted_at: datetime
