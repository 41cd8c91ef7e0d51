"""Statements of account: what is open, how old it is, and what moved; as values and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from portal.core import clock
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.types import StatementEntry
from portal.payments import service as payments

#: Last day of each age, in days overdue; what is older stands in the last column.
AGES = ("Not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")
_BOUNDS = (0, 30, 60, 90)
LOOK_BACK = timedelta(days=90)
#: Text that a spreadsheet would take for a formula, in the wide letters of Asian keyboards too (ASVS 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open invoice. verified: what proofs promise and the bank has not shown; due: what adds up so far."""

    invoice: InvoiceInfo
    verified: Money
    days_overdue: int
    so_far: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the account, and what was owed after it."""

    entry: StatementEntry
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's account on one day. owed: open invoices less credit on account; ages as in AGES."""

    day: date
    items: tuple[OpenItem, ...]
    credit: Money
    owed: Money
    ages: tuple[Money, ...]
    since: date
    opening: Money
    movements: tuple[Movement, ...]

    @property
    def open_sum(self) -> Money:
        """All open invoices, before credit."""
        return total(item.invoice.balance for item in self.items)

    @property
    def verified(self) -> Money:
        """What proofs promise and the bank has not shown yet."""
        return total(item.verified for item in self.items)


def statement_of(customer_id: int) -> Statement:
    """The customer's account today, in rand: open items oldest due first, and ninety days of movements."""
    today = clock.today()
    found, promised = invoices.open_of(customer_id), payments.promised_by_invoice(customer_id)
    credit = ledger.credit_of(customer_id)
    entries = ledger.statement_of(customer_id, today - LOOK_BACK, today)
    owed = ledger.balance_of(customer_id)
    opening = owed - total(entry.debit - entry.credit for entry in entries)
    so_far = accumulate(each.balance for each in found)
    items = tuple(
        OpenItem(each, promised.get(each.id, Money.zero()), each.days_overdue(today), due)
        for each, due in zip(found, so_far, strict=True)
    )
    balances = list(accumulate((entry.debit - entry.credit for entry in entries), initial=opening))[1:]
    movements = tuple(Movement(entry, balance) for entry, balance in zip(entries, balances, strict=True))
    return Statement(today, items, credit, owed, ages_of(items), today - LOOK_BACK, opening, movements)


def ages_of(items: Iterable[OpenItem]) -> tuple[Money, ...]:
    """Open balances by days overdue, one sum for each of AGES."""
    sums = [Money.zero() for _ in AGES]
    for item in items:
        column = sum(item.days_overdue > bound for bound in _BOUNDS)
        sums[column] += item.invoice.balance
    return tuple(sums)


def as_csv(statement: Statement) -> str:
    """The open items as a spreadsheet reads them; amounts are plain numbers, text is never a formula."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(
        ("Invoice", "PO number", "Order", "Reference", "Issued", "Due", "Days overdue", "Total", "Confirmed",
         "Verified", "To pay")
    )  # fmt: skip
    for item in statement.items:
        info = item.invoice
        sheet.writerow(
            (info.number, _text(info.po_number), info.order_number, info.reference, info.issued_on.isoformat(),
             info.due_on.isoformat(), item.days_overdue, info.total.plain, info.paid.plain, item.verified.plain,
             info.balance.plain)
        )  # fmt: skip
    sheet.writerow(("Credit on account", "", "", "", "", "", "", "", "", "", (-statement.credit).plain))
    sheet.writerow(("To pay", "", "", "", "", "", "", "", "", "", statement.owed.plain))
    return out.getvalue()


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
