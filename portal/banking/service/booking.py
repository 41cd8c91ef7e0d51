"""A line becomes money, is set aside, or is undone: each in one transaction, once, and by a counter-entry back."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts import service as accounts
from portal.banking import queries
from portal.banking.errors import LineTaken
from portal.banking.models import CandidateJson, StatementLine
from portal.banking.service.days import value_day
from portal.banking.service.fees import post_fee, take_back
from portal.banking.service.months import demand_open
from portal.banking.service.suspense import leave
from portal.banking.types import LEFT, OPEN_TO_PEOPLE, LineState
from portal.core import clock
from portal.core.errors import BadInput, DomainError
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.payments import service as payments
from portal.payments.types import BankReceipt, PaymentInfo, PaymentState
from portal.platform import audit
from portal.platform.db import db

_UNDONE = (LineState.ALLOCATED, LineState.IGNORED, LineState.SUSPENSE)
_TAKEN = "This line was decided already. Undo that first."


def book(line_id: int) -> bool:
    """Book a line that is certain; whether it was. Money moves once however often this runs.

    What changed since it was matched makes it a suggestion: nothing is forced.
    Source: docs/rules/reconciliation.md, B1 and B12.
    """
    line = queries.lock_line(line_id)
    if line.state != LineState.MATCHED:
        return False
    if line.takes_back_id is not None:
        return _take_back(line)
    payment_id = next((int(each["payment"]) for each in line.candidates if each["payment"]), None)
    numbers = [share["invoice"] for share in line.shares]
    if words := _changed(line, payment_id):
        line.state, line.reasons = LineState.SUGGESTED, [words, *line.reasons]
        line.candidates = [
            *line.candidates,
            *(CandidateJson(invoice=each, payment=None, why=words) for each in numbers),
        ]
        db.session.flush()
        return False
    _allocate(line, payment_id, numbers, by=None)
    return True


def accept(
    line_id: int, *, payment_id: int | None = None, numbers: Sequence[str] = (), customer: str = "", by: int
) -> None:
    """A person says what a line is: a payment, invoices of one customer, or a customer's credit on account.

    Raises LineTaken when it was decided meanwhile, BadInput when the choice does not fit, NotFound.
    Money in suspense leaves it by a counter-entry first. Source: docs/rules/reconciliation.md, B10 and B14.
    """
    line = queries.lock_line(line_id)
    if line.state not in OPEN_TO_PEOPLE:
        raise LineTaken(_TAKEN)
    if line.amount_cents <= 0:
        raise BadInput("Only money that came in can be a customer’s payment. Set the line aside with a reason.")
    if customer and not numbers and payment_id is None:
        line.customer_id = accounts.customer_by_code(customer).id
    elif payment_id is None and not numbers:
        raise BadInput("Choose a payment, invoices or a customer.")
    leave(line, "its owner is known")
    _allocate(line, payment_id, numbers, by=by)


def ignore(line_id: int, reason: str, *, by: int) -> None:
    """A person says that a line is no customer’s money, and why. Raises LineTaken, BadInput without a reason."""
    if not reason.strip():
        raise BadInput("Say why; the auditor reads it.", field="reason")
    line = queries.lock_line(line_id)
    if line.state not in LEFT:
        raise LineTaken(_TAKEN)
    line.state, line.reason = LineState.IGNORED, reason.strip()[:500]
    _decided(line, by)
    audit.record("bank.line_set_aside", _subject(line), after={"reason": line.reason})


def undo(line_id: int, reason: str, *, by: int) -> None:
    """Take back what was decided about a line, by counter-entries; it waits for a person again.

    A payment that this line confirmed is reversed; one that was confirmed by hand keeps its money and loses its line.
    Raises LineTaken when there is nothing to undo, BadInput without a reason.
    Source: docs/rules/reconciliation.md, B12.
    """
    if not reason.strip():
        raise BadInput("Say why; the customer and the auditor read it.", field="reason")
    line = queries.lock_line(line_id)
    if line.state not in _UNDONE or line.takes_back_id is not None:
        raise LineTaken("There is nothing to undo on this line.")
    demand_open(line.bank_account_id, [line.day])
    before = {"state": line.state, "payment": line.payment_id, "journal": line.journal_id}
    if line.payment_id is not None and not line.linked:
        payments.reverse(line.payment_id, reason, key=_key(line, "undo"), by=by)
    take_back(line, clock.today(), f"Bank line {line.id}: {reason}")
    leave(line, reason)
    line.payment_id = line.journal_id = line.decided_by = line.decided_at = None
    line.linked, line.reason, line.attempt = False, "", line.attempt + 1
    line.state = LineState.SUGGESTED if line.candidates else LineState.UNMATCHED
    post_fee(line, whole=False)
    db.session.flush()
    audit.record("bank.line_undone", _subject(line), before=before, after={"reason": reason})


def _allocate(line: StatementLine, payment_id: int | None, numbers: Sequence[str], *, by: int | None) -> None:
    received = BankReceipt(
        Money(line.amount_cents, line.currency), value_day(line), line.bank_account_id,
        f"{line.description} {line.reference}".strip()[:255],
    )  # fmt: skip
    if payment_id is not None:
        found = payments.payment(payment_id)
        line.linked = found.state is PaymentState.CONFIRMED
        if line.linked:
            _check_link(line, found)
        else:
            payments.confirmation(payment_id, received, key=_key(line, "confirm"), by=by)
        line.customer_id = found.customer_id
    else:
        named = [invoices.by_number(number) for number in numbers]
        owners = {each.customer_id for each in named} or ({line.customer_id} if line.customer_id else set())
        if len(owners) != 1:
            raise BadInput("The invoices belong to different customers. One payment is of one customer.")
        line.customer_id = owners.pop()
        made = payments.record_receipt(
            line.customer_id, received, [each.id for each in named], key=_key(line, "receipt"), by=by
        )
        payment_id = made.payment_id
    line.payment_id, line.state = payment_id, LineState.ALLOCATED
    _decided(line, by)
    audit.record("bank.line_booked", _subject(line), after={"payment": payment_id, "rule": line.rule})


def _check_link(line: StatementLine, payment: PaymentInfo) -> None:
    """A payment confirmed by hand belongs to one line, of its amount and account."""
    if queries.payments_with_line([payment.id]):
        raise BadInput(f"{payment.name} stands behind another line of a statement already.")
    if payment.amount.cents != line.amount_cents or payment.bank_account_id != line.bank_account_id:
        raise BadInput(f"{payment.name} was confirmed with another amount or on another account.")


def _changed(line: StatementLine, payment_id: int | None) -> str:
    """What no longer holds of a certain match, in words; the customer is locked while it is looked at."""
    if line.customer_id is None:
        return "Whose money it is, is not known."
    accounts.lock_customer(line.customer_id)
    if payment_id is not None:
        found = payments.payment(payment_id)
        if found.state is PaymentState.CONFIRMED:
            try:
                _check_link(line, found)
            except DomainError as error:
                return str(error)
        elif not found.under_way:
            return f"{found.name} is {found.state.value} by now."
        return ""
    for share in line.shares:
        if invoices.by_number(share["invoice"]).balance.cents < share["amount"]:
            return f"{share['invoice']} was paid in the meantime."
    return ""


def _take_back(line: StatementLine) -> bool:
    """The bank took back a payment that an earlier line had booked: it is reversed, and the customer is told."""
    assert line.takes_back_id is not None  # noqa: S101 - asked by the caller
    earlier = queries.lock_line(line.takes_back_id)
    if earlier.payment_id is None or payments.payment(earlier.payment_id).state is not PaymentState.CONFIRMED:
        line.state = LineState.UNMATCHED
        return False
    reason = f"The bank took the payment back on {line.day}: {line.description}"[:500]
    payments.reverse(earlier.payment_id, reason, key=_key(line, "back"))
    line.state = LineState.ALLOCATED
    _decided(line, None)
    audit.record("bank.line_booked", _subject(line), after={"reverses": earlier.payment_id, "rule": line.rule})
    return True


def _decided(line: StatementLine, by: int | None) -> None:
    line.decided_by, line.decided_at = by, clock.now()
    db.session.flush()


def _subject(line: StatementLine) -> str:
    return f"statement_line:{line.id}"


def _key(line: StatementLine, what: str) -> str:
    """One key for each deed of a line; after an undo it is another deed."""
    return f"bank-line-{what}:{line.id}/{line.attempt}"
