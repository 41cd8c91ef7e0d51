"""The bank's fees are booked by themselves (docs/rules/reconciliation.md, B2)."""

from __future__ import annotations

from datetime import date

from portal.banking.models import StatementLine
from portal.banking.service.days import value_day
from portal.catalog import service as catalog
from portal.core.exchange import HOME, in_rand
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import AccountKey, AccountKind, Draft, JournalKind, Line, RandLine


def post_fee(line: StatementLine, *, whole: bool) -> None:
    """Post the fee of a line: what stands in its fee column, and the amount where the whole line is a fee.

    Nothing is posted when there is none, or when it was posted before. Raises NoExchangeRate for foreign money of a
    day that no rate counts on.
    """
    cents = line.fee_cents + (line.amount_cents if whole else 0)
    if not cents or line.journal_id is not None:
        return
    amount = Money(abs(cents), line.currency)
    fees, bank = (
        AccountKey(AccountKind.FEES, line.currency),
        AccountKey(AccountKind.BANK, line.currency, line.bank_account_id),
    )
    debit, credit = (fees, bank) if cents < 0 else (bank, fees)
    source, words = _source(line), f"Bank fee: {line.description}"
    sides = (Line(debit, debit=amount), Line(credit, credit=amount))
    day = value_day(line)
    line.journal_id = ledger.post(Draft(JournalKind.FEE, day, source, words, sides))
    if line.currency != HOME:
        rand = in_rand(Money(cents, line.currency), catalog.rate_on(line.currency, line.day).micros).cents
        lines = (RandLine(AccountKind.FEES, -rand), RandLine(AccountKind.BANK_RAND, rand, line.bank_account_id))
        ledger.post_rand(JournalKind.FEE, source, None, day, words, lines)


def take_back(line: StatementLine, day: date, words: str) -> None:
    """Counter-entries of the fee or the payout that a line posted. The caller forgets its journal and begins another attempt."""
    if line.journal_id is not None:
        ledger.post_reversal(line.journal_id, day, words)
        ledger.reverse_rand(JournalKind.FEE, _source(line), day, words)


def _source(line: StatementLine) -> str:
    return f"bank-line:{line.id}/{line.attempt}"
