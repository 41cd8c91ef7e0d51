"""Rows that break an invariant of write-offs and refunds. One question each; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Integer, String, and_, case, column, func, or_, select, table, union_all

from portal.core.money import Money
from portal.ledger.types import AccountKind
from portal.payments.models import Allocation, Payment, Refund, WriteOff
from portal.payments.queries.broken import Row
from portal.payments.types import PaymentState, ShareState, name_of
from portal.payments.types.giving import (
    REFUND_BOOKED,
    REFUND_HOLDS,
    RefundState,
    WriteOffState,
    refund_name,
    write_off_name,
)
from portal.platform.db import db

_LIMIT = 20
_JOURNAL = table("journal", column("id", Integer), column("amount_cents", Integer), column("reverses_id", Integer))
_ENTRY = table("entry", column("account_id", Integer), column("debit_cents", Integer), column("credit_cents", Integer))
_ACCOUNT = table("account", column("id", Integer), column("kind", String), column("currency", String))


def given_twice() -> Iterator[Row]:
    """1: what a confirmed payment pays and what refunds hold of it is more than it is worth."""
    paid = select(Allocation.payment_id, Allocation.amount_cents).where(Allocation.state == ShareState.ACTIVE)
    back = select(Refund.payment_id, Refund.amount_cents).where(Refund.state.in_([s.value for s in REFUND_HOLDS]))
    both = union_all(paid, back).subquery()
    used = func.sum(both.c.amount_cents)
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, Payment.received_cents, used)
        .join(both, both.c.payment_id == Payment.id)
        .where(Payment.state == PaymentState.CONFIRMED)
        .group_by(Payment.id, Payment.customer_id, Payment.received_cents)
        .having(used > Payment.received_cents)
        .limit(_LIMIT)
    )
    for payment_id, customer_id, received, cents in rows:
        words = f"{Money(int(cents))} of it pays invoices or goes back; it is worth {Money(received)}"
        yield Row(name_of(payment_id), words, customer_id)


def wrong_refund_account() -> Iterator[Row]:
    """11: the refunds that the ledger says are to be paid are those that are approved or sent."""
    cents = func.sum(_ENTRY.c.credit_cents - _ENTRY.c.debit_cents)
    booked = db.session.execute(
        select(_ACCOUNT.c.currency, cents)
        .select_from(_ACCOUNT.join(_ENTRY, _ENTRY.c.account_id == _ACCOUNT.c.id))
        .where(_ACCOUNT.c.kind == AccountKind.REFUNDS.value)
        .group_by(_ACCOUNT.c.currency)
    )
    waiting = db.session.execute(
        select(Refund.currency, func.sum(Refund.amount_cents))
        .where(Refund.state.in_((RefundState.APPROVED.value, RefundState.SENT.value)))
        .group_by(Refund.currency)
    )
    stands = {currency: int(cents) for currency, cents in booked}
    wanted = {currency: int(cents) for currency, cents in waiting}
    for currency in sorted(stands.keys() | wanted.keys()):
        have, want = Money(stands.get(currency, 0), currency), Money(wanted.get(currency, 0), currency)
        if have != want:
            yield Row(f"refunds in {currency}", f"{have} stands there, approved refunds come to {want}")


def wrong_write_offs() -> Iterator[Row]:
    """4: a write-off that counts has its journal, of its amount; one that was undone has the counter-entry too."""
    journal, counter = _JOURNAL.alias("journal_of"), _JOURNAL.alias("counter")
    booked, undone = WriteOff.state == WriteOffState.BOOKED, WriteOff.state == WriteOffState.UNDONE
    rows = db.session.execute(
        select(WriteOff.id, WriteOff.state, WriteOff.customer_id, WriteOff.invoice_id)
        .outerjoin(journal, journal.c.id == WriteOff.journal_id)
        .outerjoin(counter, counter.c.reverses_id == journal.c.id)
        .where(
            or_(
                and_(or_(booked, undone), func.coalesce(journal.c.amount_cents, 0) != WriteOff.amount_cents),
                and_(booked, counter.c.id.is_not(None)),
                and_(undone, counter.c.id.is_(None)),
                and_(~or_(booked, undone), WriteOff.journal_id.is_not(None)),
            )
        )
        .limit(_LIMIT)
    )
    for number, state, customer_id, invoice_id in rows:
        yield Row(write_off_name(number), f"it is {state}, and its journals do not say so", customer_id, invoice_id)


def wrong_refunds() -> Iterator[Row]:
    """4: a refund that counts has its journals, of its amount, and none of them is reversed; others have none standing."""
    first, paid = _JOURNAL.alias("first"), _JOURNAL.alias("paid")
    undo_first, undo_paid = _JOURNAL.alias("undo_first"), _JOURNAL.alias("undo_paid")
    counts = Refund.state.in_([state.value for state in REFUND_BOOKED])
    standing_first = case((and_(first.c.id.is_not(None), undo_first.c.id.is_(None)), first.c.amount_cents), else_=0)
    standing_paid = case((and_(paid.c.id.is_not(None), undo_paid.c.id.is_(None)), paid.c.amount_cents), else_=0)
    rows = db.session.execute(
        select(Refund.id, Refund.state, Refund.customer_id)
        .outerjoin(first, first.c.id == Refund.journal_id)
        .outerjoin(paid, paid.c.id == Refund.paid_journal_id)
        .outerjoin(undo_first, undo_first.c.reverses_id == first.c.id)
        .outerjoin(undo_paid, undo_paid.c.reverses_id == paid.c.id)
        .where(
            or_(
                standing_first != case((counts, Refund.amount_cents), else_=0),
                standing_paid != case((Refund.state == RefundState.PAID, Refund.amount_cents), else_=0),
            )
        )
        .limit(_LIMIT)
    )
    for number, state, customer_id in rows:
        yield Row(refund_name(number), f"it is {state}, and its journals do not say so", customer_id)
