"""The bank's fees are booked by themselves (docs/rules/reconciliation.md, B2)."""

from __future__ import annotations

from portal.banking.models import StatementLine
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import AccountKey, AccountKind, Draft, JournalKind, Line


def post_fee(line: StatementLine, *, whole: bool) -> None:
    """Post the fee of a line: what stands in its fee column, and the amount where the whole line is a fee.

    Nothing is posted when there is none, or when it was posted before.
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
    line.journal_id = ledger.post(
        Draft(
            JournalKind.FEE,
            line.day,
            f"bank-line:{line.id}/{line.attempt}",
            f"Bank fee: {line.description}",
            (Line(debit, debit=amount), Line(credit, credit=amount)),
        )
    )
