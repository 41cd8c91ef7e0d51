"""The words of the books: accounts, journals and their lines, and what a check found broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.money import Money


class AccountKind(StrEnum):
    """What an account collects. Receivable and unallocated are kept per customer, bank per bank account, clearing per gateway."""

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
    VAT_INPUT = "vat-input"
    OPENING = "opening"
    RECEIVABLE_RAND = "receivable-rand"
    BANK_RAND = "bank-rand"
    UNALLOCATED_RAND = "unallocated-rand"
    REFUNDS_RAND = "refunds-rand"
    SUSPENSE = "suspense"


#: Kinds of which each customer has an account, and each of our bank accounts.
OF_CUSTOMERS = frozenset(
    {AccountKind.RECEIVABLE, AccountKind.UNALLOCATED, AccountKind.RECEIVABLE_RAND, AccountKind.UNALLOCATED_RAND}
)
OF_BANKS = frozenset({AccountKind.BANK, AccountKind.BANK_RAND})

#: What people call the accounts of a kind.
ACCOUNT_WORDS = {
    AccountKind.RECEIVABLE: "Receivable",
    AccountKind.BANK: "Bank",
    AccountKind.CLEARING: "Gateway clearing",
    AccountKind.UNALLOCATED: "Unallocated receipts",
    AccountKind.SALES: "Sales",
    AccountKind.VAT_OUTPUT: "VAT output",
    AccountKind.VAT_INPUT: "VAT to be claimed back",
    AccountKind.FEES: "Fees",
    AccountKind.WRITE_OFF: "Write-off",
    AccountKind.REFUNDS: "Refunds to be paid",
    AccountKind.BAD_DEBT: "Bad debt",
    AccountKind.EXCHANGE: "Exchange difference",
    AccountKind.OPENING: "Opening balances",
    AccountKind.RECEIVABLE_RAND: "Receivable abroad, in rand",
    AccountKind.BANK_RAND: "Bank in foreign money, in rand",
    AccountKind.UNALLOCATED_RAND: "Receipts from abroad, in rand",
    AccountKind.REFUNDS_RAND: "Refunds abroad to be paid, in rand",
    AccountKind.SUSPENSE: "Suspense",
}


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
    BAD_DEBT = "bad-debt"
    REFUND_PAID = "refund-paid"
    OPENING = "opening"
    RAND = "rand-value"
    SUSPENSE = "suspense"
    PAYOUT = "payout"


#: What people call a journal of a kind.
JOURNAL_WORDS = {
    JournalKind.INVOICE: "Invoice",
    JournalKind.CREDIT_NOTE: "Credit note",
    JournalKind.RECEIPT: "Receipt",
    JournalKind.ALLOCATION: "Allocation",
    JournalKind.REFUND: "Refund",
    JournalKind.REFUND_PAID: "Refund paid",
    JournalKind.FEE: "Fee",
    JournalKind.WRITE_OFF: "Write-off",
    JournalKind.BAD_DEBT: "Bad debt",
    JournalKind.REVERSAL: "Reversal",
    JournalKind.OPENING: "Opening balance",
    JournalKind.RAND: "Value in rand",
    JournalKind.SUSPENSE: "Suspense",
    JournalKind.PAYOUT: "Payout of a gateway",
}


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Names one account: its kind, its currency, and whose it is where there is one for each."""

    kind: AccountKind
    currency: str = "ZAR"
    of: int | None = None  # customer id, bank account id, or number of a gateway

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
class RandLine:
    """What one side of a posting in foreign money is worth in rand: whole cents, a debit above zero, a credit below."""

    kind: AccountKind
    cents: int
    of: int | None = None


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
    #: the bank's SWIFT code; empty where nobody pays from abroad
    bic: str = ""

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
class JournalFilter:
    """Which journals a list shows. source: the beginning of one; days are value dates, both included."""

    kind: JournalKind | None = None
    source: str = ""
    customer_id: int | None = None
    account_id: int | None = None
    since: date | None = None
    until: date | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """One account of the books with its balance, debits less credits."""

    id: int
    key: AccountKey
    balance: Money

    @property
    def customer_id(self) -> int | None:
        """Whose account it is, where there is one for each customer."""
        return self.key.of if self.key.kind in OF_CUSTOMERS else None


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One line of an account in the order of posting. balance: of the account after it."""

    id: int
    journal_id: int
    value_date: date
    kind: JournalKind
    source: str
    words: str
    debit: Money | None
    credit: Money | None
    balance: Money


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one kind and currency at the end of a day; banks one by one. balance: debits less credits.

    account_id: the account itself where the line is of one only.
    """

    kind: AccountKind
    currency: str
    of: int | None
    account_id: int | None
    count: int
    balance: Money

    @property
    def debit(self) -> Money | None:
        """The balance when it is a debit."""
        return self.balance if self.balance.cents > 0 else None

    @property
    def credit(self) -> Money | None:
        """The balance when it is a credit, as an amount above zero."""
        return -self.balance if self.balance.cents < 0 else None


@dataclass(frozen=True, slots=True)
class BooksInfo:
    """Up to which day the books are closed, and what somebody asked to open again."""

    closed_until: date | None
    asked_until: date | None
    asked_by_id: int | None
    asked_at: datetime | None
    asked_reason: str


@dataclass(frozen=True, slots=True)
class ClosingInfo:
    """One closing or reopening. deed: ``closed`` or ``reopened``; closed_until: how the books stood after it."""

    id: int
    deed: str
    closed_until: date | None
    at: datetime
    by_user_id: int | None
    asked_by_id: int | None
    reason: str


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
    """An invariant that does not hold: which, at which row, and what is wrong in words.

    customer_id and invoice_id: whose money it is, where one can be named; that is then parked (docs/rules/ledger.md, L12).
    """

    invariant: str
    row: str
    words: str
    customer_id: int | None = None
    invoice_id: int | None = None


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
class FindingInfo:
    """A row that a check found broken. It counts until it is sound again or a manager lifted it."""

    id: int
    invariant: str
    row: str
    words: str
    customer_id: int | None
    invoice_id: int | None
    found_at: datetime
    sound_at: datetime | None
    lifted_at: datetime | None
    lifted_by_id: int | None
    lift_reason: str
    version: int

    @property
    def open(self) -> bool:
        """Whether it still is broken, lifted or not."""
        return self.sound_at is None

    @property
    def parks(self) -> bool:
        """Whether automatic actions leave alone what it names."""
        return self.open and self.lifted_at is None and (self.customer_id is not None or self.invoice_id is not None)


@dataclass(frozen=True, slots=True)
class CheckRunInfo:
    """When a kind of check ran last: how many invariants or journals it asked, and how many rows were broken."""

    kind: str
    at: datetime
    asked: int
    problems: int


@dataclass(frozen=True, slots=True)
class InvoicePosting:
    """What the books need to know of an issued invoice; posted_at: the moment of issue."""

    number: str
    customer_id: int
    net: Money
    vat: Money
    day: date
    posted_at: datetime
