"""Money against invoices: the only things about them that ever change."""

from __future__ import annotations

from collections.abc import Iterable

from portal.core.errors import Conflict, NotFound
from portal.core.money import Money
from portal.invoices import queries
from portal.invoices.errors import MoreThanOwed
from portal.invoices.models import Invoice
from portal.invoices.types import OPEN, Flag, InvoiceInfo, State, check_move, state_for
from portal.platform import webhooks
from portal.platform.db import db

#: what programs hear of; a credit note speaks for itself
_EVENTS = {State.PAID: "invoice.paid", State.PART_PAID: "invoice.part-paid", State.ISSUED: "invoice.reopened"}


def lock(ids: Iterable[int]) -> list[InvoiceInfo]:
    """Lock invoices in the order of their ids and give them as they stand now.

    The caller holds their customer's lock. Raises NotFound when one is missing.
    """
    wanted = sorted(set(ids))
    rows = queries.lock(wanted)
    if len(rows) != len(wanted):
        raise NotFound("an invoice is missing")
    return [queries.info(row) for row in rows]


def settle(invoice_id: int, amount: Money) -> InvoiceInfo:
    """Confirmed money pays an invoice, in whole or in part; its state follows from what is left.

    Locks the invoice and reads it afresh, so two receipts at the same moment both count or one is refused.
    amount: above zero, in the invoice's currency. Paid in full, no proof is under way any more.
    Raises MoreThanOwed when the invoice needs less, NotFound. Source: docs/rules/invoices.md I7.
    """
    row = _locked(invoice_id)
    balance = Money(row.balance_cents, row.currency)
    if amount.cents <= 0:
        raise Conflict(f"{row.number}: an amount to settle is above zero")
    if amount > balance:
        raise MoreThanOwed(row.number, balance, amount)
    return _move(row, balance - amount)


def unsettle(invoice_id: int, amount: Money) -> InvoiceInfo:
    """Take back what was settled, because its payment was reversed. Raises Conflict for more than was paid."""
    row = _locked(invoice_id)
    balance = Money(row.balance_cents, row.currency)
    whole = Money(row.total_cents - row.credited_cents, row.currency)
    if amount.cents <= 0 or balance + amount > whole:
        raise Conflict(f"{row.number}: {amount} was never paid on it")
    return _move(row, balance + amount)


def set_flag(ids: int | Iterable[int], flag: Flag | str, on: bool = True) -> None:
    """Set or clear "proof under way" or "disputed" on one invoice or several, locked in the order of their ids."""
    column = "proof_under_way" if Flag(flag) is Flag.PROOF_UNDER_WAY else "disputed"
    for row in queries.lock({ids} if isinstance(ids, int) else set(ids)):
        setattr(row, column, on and State(row.state) in OPEN)
    db.session.flush()


def set_under_way(invoice_id: int, on: bool) -> None:
    """Say whether a proof for this invoice is on its way through the house."""
    set_flag(invoice_id, Flag.PROOF_UNDER_WAY, on)


def _locked(invoice_id: int) -> Invoice:
    rows = queries.lock([invoice_id])
    if not rows:
        raise NotFound(f"no invoice {invoice_id}")
    return rows[0]


def _move(row: Invoice, balance: Money) -> InvoiceInfo:
    move_to(row, balance, Money(row.credited_cents, row.currency))
    return queries.info(row)


def move_to(row: Invoice, balance: Money, credited: Money) -> None:
    """Give a locked invoice its new balance and credited sum, and the state that follows from them. Flushes.

    Raises IllegalMove when the table of states has no such move. Source: docs/rules/invoices.md I7 and I13.
    """
    state = state_for(balance, Money(row.total_cents, row.currency), credited)
    before = State(row.state)
    check_move(row.number, before, state)
    row.balance_cents, row.credited_cents = balance.cents, credited.cents
    row.state, row.is_open = state.value, state in OPEN
    if state not in OPEN:
        row.proof_under_way = row.disputed = False
    db.session.flush()
    if state is not before and state in _EVENTS:
        webhooks.tell(
            row.customer_id, _EVENTS[state], f"invoices/{row.number}", number=row.number, state=state.value,
            balance=balance,
        )  # fmt: skip
