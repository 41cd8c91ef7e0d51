"""Confirmed money that an invoice does not need any more, because a credit note lowered it."""

from __future__ import annotations

from dataclasses import replace

from portal.core import clock
from portal.core.errors import Conflict
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.types import AccountKey, AccountKind, Draft, JournalKind, Line
from portal.payments.models import Payment
from portal.payments.queries import rows
from portal.payments.service import valuing
from portal.payments.types import Share, ShareState, name_of
from portal.platform import audit


def free(invoice_id: int, amount: Money) -> None:
    """Take so much of what was paid off an invoice and leave it as its payments' credit, the newest payment first.

    The caller holds the customer's lock and the invoice's, and lowers the invoice in the same transaction; the
    payments are locked here in the order of their ids. One counter-entry for each payment. Flushes.
    Raises Conflict when less than that was ever paid. Source: docs/rules/confirmation.md C14.
    """
    left, invoice = amount, invoices.by_id(invoice_id)
    held = [rows.lock_payment(number) for number in rows.payers_of(invoice_id)]
    for payment in reversed(held):
        if not left:
            break
        shares = [each for each in rows.shares_of([payment.id])[payment.id] if each.state is ShareState.ACTIVE]
        mine = next((each for each in shares if each.invoice_id == invoice_id), None)
        if mine is not None:
            taken = min(mine.amount, left)
            _lower(payment, shares, mine, taken, invoice)
            invoice = replace(invoice, balance=invoice.balance + taken)
            left -= taken
    if left:
        raise Conflict(f"{left} of this was never paid by a payment; look at the invoice's payments first.")


def _lower(payment: Payment, shares: list[Share], mine: Share, taken: Money, invoice: InvoiceInfo) -> None:
    """invoice: as it was before it needed this amount again."""
    credit = valuing.booked_credit(payment)
    kept = {each.invoice_id: (each.invoice_number, each.amount) for each in shares}
    kept[mine.invoice_id] = (mine.invoice_number, mine.amount - taken)
    rows.set_shares(payment, {number: share for number, share in kept.items() if share[1]}, ShareState.ACTIVE)
    part = f"{mine.invoice_number}/{payment.version}"
    _post(payment, mine.invoice_number, part, taken)
    valuing.allocation(payment, part, invoice, -taken, credit)
    audit.record(
        "payment.freed", name_of(payment.id), after={"invoice": mine.invoice_number, "freed": taken.cents}
    )  # fmt: skip


def _post(payment: Payment, number: str, part: str, taken: Money) -> None:
    """An allocation on its other sides; the version, raised by the lock, tells it from others of the same payment."""
    receivable = AccountKey(AccountKind.RECEIVABLE, taken.currency, payment.customer_id)
    credit = AccountKey(AccountKind.UNALLOCATED, taken.currency, payment.customer_id)
    ledger.post(
        Draft(
            JournalKind.ALLOCATION,
            clock.today(),
            f"payment:{payment.id}/{part}",
            f"{taken} of {name_of(payment.id)} is no longer needed for {number}",
            (Line(receivable, debit=taken), Line(credit, credit=taken)),
            customer_id=payment.customer_id,
        )
    )


def register() -> None:
    """Credit notes call it."""
    invoices.when_overpaid(free)
