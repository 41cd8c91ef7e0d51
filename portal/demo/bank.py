"""The bank statement of the demo's last two weeks: what the clerks confirmed, what the bank took, and what puzzles them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.banking import service as banking
from portal.core import clock
from portal.core.money import Money
from portal.demo.company import Cast
from portal.demo.timeline import weekdays_after
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments

_DAYS = 14
_NOBODYS = "CASH DEPOSIT BRANCH 4471"
_OPENING = Money.zar(412_860_15)
_SPENT = (
    ("#MONTHLY ACCOUNT FEE", 1, 115_00), ("#SERVICE FEES", 4, 15_80), ("RENT UNIT 4 MIDRAND", 2, 28_750_00),
    ("FUEL CARD SETTLEMENT 83150", 6, 7_801_19), ("SUPPLIER PMT SEALS DIRECT", 8, 54_210_40),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    on: date
    cents: int
    text: str
    reference: str = ""


def statement_came(cast: Cast, random: Random) -> None:
    """A clerk imports the statement of our first account; lines explain themselves as far as they can."""
    account = ledger.our_account(next(iter(cast.bank_accounts.values())))
    today = clock.today()
    lines = sorted((*_seen(account.id, today), *_spent(today), *_puzzles(today, random)), key=lambda each: each.on)
    content = _written(lines, account.number).encode()
    name = f"statement-{today.isoformat()}.csv"
    made = banking.import_statement(content, name, account.id, by=cast.staff["clerk"].user_id, later=False)
    certain = banking.keep(made.statement_id, banking.answers_for(made.statement_id), later=False)
    for line_id in certain:
        banking.book(line_id)
    for line in banking.lines().items:
        if line.description == _NOBODYS:
            banking.suspend(
                line.id, "Asked at all three counters; nobody knows the depositor", by=cast.staff["clerk"].user_id
            )


def _seen(account_id: int, today: date) -> Iterator[_Line]:
    """Payments that a clerk confirmed from the bank's screen: the statement shows them too."""
    for payment in payments.confirmed_at(account_id, today - timedelta(days=_DAYS), today):
        name = payment.customer_name.upper()[:28]
        yield _Line(payment.value_date or today, payment.amount.cents, f"MAGTAPE CREDIT {name}", payment.reference)


def _spent(today: date) -> Iterator[_Line]:
    for text, days, cents in _SPENT:
        yield _Line(weekdays_after(today - timedelta(days=_DAYS + 1), days), -cents, text)


def _puzzles(today: date, random: Random) -> Iterator[_Line]:
    """An amount without a name, a name without a reference, and money nobody knows."""
    yesterday = today - timedelta(days=1)
    owing = [each for each in invoices.all_open() if not each.proof_under_way]
    for each, text in zip(random.sample(owing, min(2, len(owing))), ("ADT CASH DEPO MIDRAND", ""), strict=False):
        yield _Line(yesterday, each.balance.cents, text or f"INT-BANKING PMT FRM {each.recipient.upper()[:26]}")
    yield _Line(today - timedelta(days=_DAYS - 2), 640_00, _NOBODYS)
    yield _Line(yesterday, 1_875_00, "RTC CREDIT J MAHLANGU", "DEPOSIT")


def _written(lines: list[_Line], account: str) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["ACCOUNT TRANSACTION HISTORY"])
    rows.writerow([f"FOR ACCOUNT NUMBER {account}"])
    rows.writerow(["Date", "SERVICE FEE", "Amount", "DESCRIPTION", "REFERENCE", "Balance", "CHEQUE NUMBER", ""])
    balance = _OPENING
    for line in lines:
        amount = Money.zar(line.cents)
        balance += amount
        rows.writerow([f"{line.on:%Y/%m/%d}", "", amount.plain, line.text, line.reference, balance.plain, "", ""])
    return out.getvalue()
