"""Statements of account: what is open and how old it is, what moved in a period; as values and as rows of a file.

Source: docs/rules/statements.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate

from portal.core import clock
from portal.core.countries import CURRENCIES
from portal.core.errors import BadInput
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.types import StatementEntry
from portal.payments import service as payments
from portal.platform.export import Row
from portal.reporting.queries import accounts as of_accounts

#: Days past the due day that end each age; what is older stands in the last column.
AGES = ("Current", "1 to 30 days", "31 to 60 days", "61 to 90 days", "91 to 120 days", "Over 120 days")
BOUNDS = (0, 30, 60, 90, 120)
LOOK_BACK = timedelta(days=90)
LONGEST = timedelta(days=3 * 366)


class Form(StrEnum):
    """What a statement shows: each open invoice, or the balance brought forward and what moved since."""

    OPEN_ITEM = "open-item"
    BALANCE_FORWARD = "balance-forward"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statement an address asks for; both days belong to the period."""

    form: Form
    since: date
    until: date
    currency: str = "ZAR"

    @classmethod
    def read(cls, values: Mapping[str, str], usual: str = CURRENCIES[0]) -> Asked:
        """From the address; usual: the customer's own currency.

        Raises BadInput for days that make no period; its ``field`` names the wrong one.
        """
        today = clock.today()
        form = next((each for each in Form if each == values.get("form")), Form.OPEN_ITEM)
        until = _day(values.get("until"), "until") or today
        since = _day(values.get("since"), "since") or min(until, today) - LOOK_BACK
        if since > until:
            raise BadInput("The period ends before it begins.", field="until")
        if until > today:
            raise BadInput("The period cannot end after today.", field="until")
        if until - since > LONGEST:
            raise BadInput("A statement covers three years at most.", field="since")
        currency = values.get("currency", "")
        return cls(form, since, until, currency if currency in CURRENCIES else usual)

    @classmethod
    def usual(cls) -> Asked:
        """Open items, and the movements of the last ninety days."""
        return cls.read({})


def _day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("Write the day like 2026-03-16.", field=field) from None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open invoice. verified: what proofs promise and the bank has not shown; so_far: what adds up to here."""

    invoice: InvoiceInfo
    verified: Money
    days_overdue: int
    so_far: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the account, and what was owed after it."""

    entry: StatementEntry
    balance: Money

    @property
    def change(self) -> Money:
        """Above zero when the customer owes more by it."""
        return self.entry.debit - self.entry.credit

    @property
    def document(self) -> str:
        """The number of the invoice or credit note it is, empty for money."""
        kind, _, number = self.entry.source.partition(":")
        return number if kind in {"invoice", "credit-note"} else ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's account, in one currency.

    Open items, credit, owed and ages are those of ``day``; opening, movements and closing those of the period asked
    for. owed: open invoices less credit on account, as the ledger says.
    """

    day: date
    asked: Asked
    items: tuple[OpenItem, ...]
    credit: Money
    owed: Money
    ages: tuple[Money, ...]
    opening: Money
    movements: tuple[Movement, ...]

    @property
    def since(self) -> date:
        """The first day of the period."""
        return self.asked.since

    @property
    def open_sum(self) -> Money:
        """All open invoices, before credit."""
        return total((item.invoice.balance for item in self.items), self.asked.currency)

    @property
    def verified(self) -> Money:
        """What proofs promise and the bank has not shown yet."""
        return total((item.verified for item in self.items), self.asked.currency)

    @property
    def closing(self) -> Money:
        """What was owed at the end of the period."""
        return self.movements[-1].balance if self.movements else self.opening

    @property
    def charged(self) -> Money:
        """Everything that made the account larger in the period."""
        return total((max(each.change, self.zero) for each in self.movements), self.asked.currency)

    @property
    def received(self) -> Money:
        """Everything that made it smaller: money and credit notes."""
        return total((max(-each.change, self.zero) for each in self.movements), self.asked.currency)

    @property
    def zero(self) -> Money:
        """Nothing, in its currency."""
        return Money.zero(self.asked.currency)


def statement_of(customer_id: int, asked: Asked | None = None) -> Statement:
    """The customer's account: open items oldest due first, and what moved in the period, all in one currency.

    Every figure is the ledger's or adds up to the ledger's. Source: docs/rules/statements.md A1 to A5.
    """
    asked, today = asked or Asked.usual(), clock.today()
    found = [each for each in invoices.open_of(customer_id) if each.currency == asked.currency]
    promised = payments.promised_by_invoice(customer_id)
    standing = of_accounts.standing(customer_id, asked.currency, asked.since)
    entries = ledger.statement_of(customer_id, asked.since, asked.until, asked.currency)
    so_far = accumulate(each.balance for each in found)
    zero = Money.zero(asked.currency)
    items = tuple(
        OpenItem(each, promised.get(each.id, zero), each.days_overdue(today), due)
        for each, due in zip(found, so_far, strict=True)
    )
    return Statement(
        day=today,
        asked=asked,
        items=items,
        credit=standing.credit,
        owed=standing.receivable - standing.credit,
        ages=ages_of(items, asked.currency),
        opening=standing.opening,
        movements=_movements(standing.opening, entries),
    )


def _movements(opening: Money, entries: Iterable[StatementEntry]) -> tuple[Movement, ...]:
    """What moved the balance; money that only went from credit to an invoice, or back, did not."""
    moved = [each for each in entries if each.debit != each.credit]
    balances = list(accumulate((each.debit - each.credit for each in moved), initial=opening))[1:]
    return tuple(Movement(entry, balance) for entry, balance in zip(moved, balances, strict=True))


def ages_of(items: Iterable[OpenItem], currency: str = "ZAR") -> tuple[Money, ...]:
    """Open balances by days overdue, one sum for each of AGES."""
    sums = [Money.zero(currency) for _ in AGES]
    for item in items:
        sums[sum(item.days_overdue > bound for bound in BOUNDS)] += item.invoice.balance
    return tuple(sums)


OPEN_HEADS = (
    "Invoice", "PO number", "Order", "Reference", "Issued", "Due", "Days overdue", "Total", "Credited", "Confirmed",
    "Verified", "To pay",
)  # fmt: skip
FORWARD_HEADS = ("Date", "What", "Document", "Journal", "Charged", "Received or credited", "Balance")


def heads(statement: Statement) -> tuple[str, ...]:
    """The first line of its file."""
    return OPEN_HEADS if statement.asked.form is Form.OPEN_ITEM else FORWARD_HEADS


def rows(statement: Statement) -> Iterator[Row]:
    """The statement as a spreadsheet reads it, its sums last."""
    return _open_rows(statement) if statement.asked.form is Form.OPEN_ITEM else _forward_rows(statement)


def _open_rows(statement: Statement) -> Iterator[Row]:
    for item in statement.items:
        info = item.invoice
        yield (
            info.number, info.po_number, info.order_number, info.reference, info.issued_on, info.due_on,
            item.days_overdue, info.total, info.credited, info.paid, item.verified, info.balance,
        )  # fmt: skip
    blank = ("",) * (len(OPEN_HEADS) - 2)
    yield ("Credit on account", *blank, -statement.credit)
    yield ("To pay", *blank, statement.owed)
    for words, amount in zip(AGES, statement.ages, strict=True):
        yield (words, *blank, amount)


def _forward_rows(statement: Statement) -> Iterator[Row]:
    yield (statement.since, "Balance brought forward", "", "", "", "", statement.opening)
    for each in statement.movements:
        charged, received = (each.change, "") if each.change.cents > 0 else ("", -each.change)
        entry = each.entry
        yield (entry.day, entry.words, each.document, entry.journal_id, charged, received, each.balance)
    yield (statement.asked.until, "Balance", "", "", statement.charged, statement.received, statement.closing)
