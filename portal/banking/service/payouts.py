"""What a payment gateway pays out arrives as one line of the bank, and is booked off what the gateway holds for us."""

from __future__ import annotations

from portal.banking import queries
from portal.banking.errors import LineTaken
from portal.banking.service.days import value_day
from portal.banking.service.months import demand_open
from portal.banking.types import LEFT, LineInfo, LineState
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.payments.service import online
from portal.payments.types.online import LABELS
from portal.platform import audit
from portal.platform.db import db


def payouts_of(line: LineInfo) -> dict[str, str]:
    """The gateways whose payout a line that is left may be, because it names them: code and what people call it."""
    if not line.left or line.amount.cents <= 0 or line.amount.currency != HOME:
        return {}
    text = f"{line.description} {line.reference}".casefold().replace(" ", "")
    return {code: label for code, label in LABELS.items() if label.casefold() in text}


def held_by(code: str) -> Money:
    """What a gateway holds for us by our books, for who compares a payout with it."""
    return online.clearing_of(code)


def book_payout(line_id: int, code: str, *, by: int, fee: Money | None = None) -> None:
    """A person says that a line is a gateway's payout. Undone like every other line, by a counter-entry. Flushes.

    fee: what the gateway kept of the money that this pays out, where its notices do not say so.
    Raises LineTaken when it was decided meanwhile, BadInput for money that left us or a line with a fee of its own.
    Source: docs/rules/ledger.md, L26; docs/rules/reconciliation.md, B10.
    """
    line = queries.lock_line(line_id)
    if line.state not in LEFT:
        raise LineTaken("This line was decided already. Undo that first.")
    demand_open(line.bank_account_id, [line.day])
    if line.journal_id is not None:
        raise BadInput("The bank kept a fee of this line; book the payout by hand.")
    amount, source = Money(line.amount_cents, line.currency), f"bank-line:{line.id}/{line.attempt}"
    line.journal_id = online.record_payout(code, amount, line.bank_account_id, value_day(line), source=source, fee=fee)
    line.state, line.decided_by, line.decided_at = LineState.ALLOCATED, by, clock.now()
    line.reason = f"Payout of {LABELS[code]}"
    db.session.flush()
    audit.record("bank.line_booked", f"statement_line:{line.id}", after={"journal": line.journal_id, "payout": code})
