"""Suspense: money that is in the books while nobody knows whose it is; given to its owner later, or given back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.banking import queries
from portal.banking.errors import LineTaken
from portal.banking.models import StatementLine
from portal.banking.queries import suspense as rows
from portal.banking.service.days import value_day
from portal.banking.types import LEFT, LineInfo, LineState
from portal.banking.types.suspense import Age
from portal.content import service as content
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import AccountKey, AccountKind, Broken, Draft, JournalKind, Line
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.payments.types.giving import Beneficiary, RefundInfo
from portal.platform import audit, idempotency
from portal.platform.db import db
from portal.platform.paging import Page

PAGE_SIZE = 25
#: whose credit money is that goes back to a payer nobody knows
NOBODY = "NONE000"
_GIVE_BACK = "banking.give-back"


def suspend(line_id: int, note: str, *, by: int) -> None:
    """Nobody knows whose this money is: it goes into the books as suspense, where its age is watched.

    Raises LineTaken when it was decided meanwhile, BadInput for money that left. Flushes; posts one journal.
    Source: docs/rules/reconciliation.md, B14.
    """
    line = queries.lock_line(line_id)
    if line.state not in LEFT:
        raise LineTaken("This line was decided already. Undo that first.")
    if line.amount_cents <= 0:
        raise BadInput("Only money that came in can wait for its owner. Set the line aside with a reason.")
    if line.currency != HOME:
        raise BadInput(f"Money in {line.currency} cannot wait in suspense. Book it to its customer, or leave it here.")
    amount = Money(line.amount_cents, line.currency)
    line.suspense_journal_id = ledger.post(
        Draft(
            JournalKind.SUSPENSE,
            value_day(line),
            f"bank-line:{line.id}/{line.attempt}",
            f"Nobody knows whose: {line.description} {line.reference}",
            (
                Line(AccountKey(AccountKind.BANK, line.currency, line.bank_account_id), debit=amount),
                Line(AccountKey(AccountKind.SUSPENSE, line.currency), credit=amount),
            ),
        )
    )
    line.state, line.reason = LineState.SUSPENSE, note.strip()[:500]
    line.decided_by, line.decided_at = by, clock.now()
    db.session.flush()
    audit.record("bank.line_suspended", f"statement_line:{line.id}", after={"cents": amount.cents, "note": line.reason})


def leave(line: StatementLine, why: str) -> None:
    """Take a locked line's money out of suspense by a counter-entry, on the day its receipt is booked on."""
    if line.suspense_journal_id is None:
        return
    ledger.post_reversal(line.suspense_journal_id, value_day(line), f"Bank line {line.id}: {why}")
    line.suspense_journal_id = None


def give_back(line_id: int, to: Beneficiary, reason: str, *, key: str, by: int) -> RefundInfo:
    """Ask to pay money in suspense back to where it came from; a second person approves, whatever the amount.

    It becomes credit of nobody's account and a refund of that, so that it goes through the same hands as any other.
    Flushes; the same key gives the first answer. Raises LineTaken, BadInput without a reason.
    Source: docs/rules/reconciliation.md, B15.
    """
    if not reason.strip():
        raise BadInput("Say why; the second person and the auditor read it.", field="reason")
    line = queries.lock_line(line_id)
    if (earlier := idempotency.answer_to(key, _GIVE_BACK)) is not None:
        return payments.refund(int(earlier["refund"]))
    if line.state != LineState.SUSPENSE:
        raise LineTaken("Only money in suspense goes back from here.")
    leave(line, "it goes back")
    amount, words = Money(line.amount_cents, line.currency), f"{line.description} {line.reference}".strip()[:255]
    received = BankReceipt(amount, value_day(line), line.bank_account_id, words)
    customer_id, own = _nobody(), f"bank-line-back:{line.id}/{line.attempt}"
    made = payments.record_receipt(customer_id, received, [], key=f"{own}-receipt", by=by)
    refund = payments.ask_refund(made.payment_id, amount, to, reason, key=f"{own}-refund", by=by, alone=False)
    line.customer_id, line.payment_id, line.state = customer_id, made.payment_id, LineState.ALLOCATED
    line.decided_by, line.decided_at = by, clock.now()
    db.session.flush()
    after = {"payment": made.payment_id, "refund": refund.id, "reason": reason.strip()[:500]}
    audit.record("bank.line_given_back", f"statement_line:{line.id}", after=after)
    idempotency.remember(key, _GIVE_BACK, {"refund": refund.id})
    return refund


def _nobody() -> int:
    """The account for money that is nobody's; made when first needed."""
    try:
        return accounts.customer_by_code(NOBODY).id
    except NotFound:
        draft = CustomerDraft("Payers we do not know", content.company().email, terms_days=0)
        return accounts.create_customer(NOBODY, draft)


def ages() -> list[Age]:
    """How much waits in suspense, by how long."""
    return rows.ages(clock.today())


def suspended(age: str = "", after: str | None = None, limit: int = PAGE_SIZE) -> Page[LineInfo]:
    """Lines in suspense, those first that came first. age: only of that age."""
    return rows.lines_page(age, clock.today(), after, limit)


_INVARIANTS: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
    "banking: the ledger's suspense is what lines in suspense come to": rows.wrong_sums,
    "banking: each line in suspense stands in the ledger once": rows.wrong_journals,
}


def register_invariants() -> None:
    """Add them to what ``flask self-check`` asks."""
    for name, question in _INVARIANTS.items():
        ledger.invariant(name, partial(_ask, name, question))


def _ask(name: str, question: Callable[[], Iterable[tuple[str, str]]]) -> Iterator[Broken]:
    return (Broken(name, *row) for row in question())
