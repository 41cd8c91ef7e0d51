"""Rows that break an invariant of payments (reliability.md 3). One question each, so each sees one moment.

Tables of features below are named by the few columns asked for; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Integer, String, Subquery, and_, case, column, func, literal, or_, select, table, union_all
from sqlalchemy.orm import aliased

from portal.core.money import Money
from portal.ledger.types import AccountKind, JournalKind
from portal.payments.models import Allocation, Payment, PaymentMove, Refund, WriteOff
from portal.payments.types import FIRST, MOVES, PaymentState, ShareState, name_of
from portal.payments.types.giving import REFUND_BOOKED, WriteOffState
from portal.platform.db import db


class Row(NamedTuple):
    """What breaks an invariant, in words, and whose money it is where one can be named."""

    row: str
    words: str
    customer_id: int | None = None
    invoice_id: int | None = None


_LIMIT = 20

_INVOICE = table(
    "invoice", column("id", Integer), column("number", String), column("customer_id", Integer),
    column("currency", String), column("total_cents", Integer), column("balance_cents", Integer),
    column("state", String), column("credited_cents", Integer),
)  # fmt: skip
_JOURNAL = table(
    "journal", column("id", Integer), column("kind", String), column("source", String),
    column("amount_cents", Integer), column("currency", String), column("reverses_id", Integer),
    column("customer_id", Integer),
)  # fmt: skip
_ENTRY = table(
    "entry", column("id", Integer), column("account_id", Integer), column("journal_id", Integer),
    column("debit_cents", Integer), column("credit_cents", Integer),
)  # fmt: skip
_ACCOUNT = table(
    "account", column("id", Integer), column("kind", String), column("customer_id", Integer), column("currency", String)
)
_UNCONFIRMED = table(
    "unconfirmed", column("customer_id", Integer), column("currency", String), column("cents", Integer)
)
_ACTIVE = case((Allocation.state == ShareState.ACTIVE, Allocation.amount_cents), else_=0)


def over_allocated() -> Iterator[Row]:
    """1: a payment's active shares are more than it, or active although it is not confirmed."""
    paid = func.coalesce(func.sum(_ACTIVE), 0)
    most = case((Payment.state == PaymentState.CONFIRMED, Payment.received_cents), else_=0)
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, most, paid)
        .join(Allocation, Allocation.payment_id == Payment.id)
        .group_by(Payment.id, Payment.customer_id, Payment.state, Payment.received_cents)
        .having(paid > most)
        .limit(_LIMIT)
    )
    for payment_id, customer_id, received, cents in rows:
        words = f"{Money(int(cents))} of it pays invoices; it is worth {Money(int(received or 0))}"
        yield Row(name_of(payment_id), words, customer_id)


def _lowered() -> Subquery:
    """By invoice: what confirmed money paid on it, and what was written off. All that lowers a balance stands here."""
    paid = select(Allocation.invoice_id, Allocation.amount_cents).where(Allocation.state == ShareState.ACTIVE)
    off = select(WriteOff.invoice_id, WriteOff.amount_cents).where(WriteOff.state == WriteOffState.BOOKED)
    both = union_all(paid, off).subquery()
    return (
        select(both.c.invoice_id, func.sum(both.c.amount_cents).label("cents")).group_by(both.c.invoice_id).subquery()
    )


def wrong_balances() -> Iterator[Row]:
    """2: an invoice's stored balance is not its total less credit notes, what confirmed money paid and write-offs."""
    lowered = _lowered()
    less = func.coalesce(lowered.c.cents, 0)
    wanted = _INVOICE.c.total_cents - _INVOICE.c.credited_cents
    rows = db.session.execute(
        select(
            _INVOICE.c.id, _INVOICE.c.number, _INVOICE.c.customer_id, wanted, _INVOICE.c.balance_cents, less,
        )
        .select_from(_INVOICE)
        .outerjoin(lowered, lowered.c.invoice_id == _INVOICE.c.id)
        .where(_INVOICE.c.state.in_(("issued", "part-paid", "paid", "credited")))
        .where(_INVOICE.c.balance_cents != wanted - less)
        .limit(_LIMIT)
    )  # fmt: skip
    for invoice_id, number, customer_id, sum_, balance, cents in rows:
        words = (
            f"total less credit notes {Money(sum_)}, paid or written off {Money(int(cents))}, "
            f"but {Money(balance)} is still to pay"
        )
        yield Row(number, words, customer_id, invoice_id)


def strange_owners() -> Iterator[Row]:
    """A payment's share is for an invoice of another customer or in another currency."""
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, _INVOICE.c.number)
        .join(Allocation, Allocation.payment_id == Payment.id)
        .join(_INVOICE, _INVOICE.c.id == Allocation.invoice_id)
        .where(or_(_INVOICE.c.customer_id != Payment.customer_id, _INVOICE.c.currency != Payment.currency))
        .limit(_LIMIT)
    )
    for payment_id, customer_id, number in rows:
        yield Row(name_of(payment_id), f"{number} is another customer’s or in another currency", customer_id)


def proofs_used_twice() -> Iterator[Row]:
    """5: one document stands behind two payments."""
    rows = db.session.execute(
        select(Payment.proof_id, func.min(Payment.customer_id), func.count(Payment.id))
        .where(Payment.proof_id.is_not(None))
        .group_by(Payment.proof_id)
        .having(func.count(Payment.id) > 1)
        .limit(_LIMIT)
    )
    for proof_id, customer_id, count in rows:
        yield Row(f"proof {proof_id}", f"it stands behind {count} payments", customer_id)


def broken_paths() -> Iterator[Row]:
    """7: a payment's moves are not a path through the table, or do not end where the payment stands."""
    earlier = aliased(PaymentMove)
    before = (
        select(earlier.to_state)
        .where(earlier.payment_id == PaymentMove.payment_id, earlier.id < PaymentMove.id)
        .order_by(earlier.id.desc())
        .limit(1)
        .correlate(PaymentMove)
        .scalar_subquery()
    )
    allowed = [and_(PaymentMove.from_state == "", PaymentMove.to_state.in_(_texts(FIRST)))]
    allowed += [
        and_(PaymentMove.from_state == state, PaymentMove.to_state.in_(_texts(wanted)))
        for state, wanted in MOVES.items()
        if wanted
    ]
    rows = db.session.execute(
        select(PaymentMove.payment_id, Payment.customer_id, PaymentMove.from_state, PaymentMove.to_state)
        .join(Payment, Payment.id == PaymentMove.payment_id)
        .where(or_(func.coalesce(before, "") != PaymentMove.from_state, ~or_(*allowed)))
        .limit(_LIMIT)
    )
    for payment_id, customer_id, from_state, to_state in rows:
        words = f"it cannot have gone from {from_state or 'nothing'} to {to_state}"
        yield Row(name_of(payment_id), words, customer_id)
    yield from _wrong_ends()


def _wrong_ends() -> Iterator[Row]:
    last = (
        select(PaymentMove.to_state)
        .where(PaymentMove.payment_id == Payment.id)
        .order_by(PaymentMove.id.desc())
        .limit(1)
        .correlate(Payment)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, Payment.state, last)
        .where(func.coalesce(last, "") != Payment.state)
        .limit(_LIMIT)
    )
    for payment_id, customer_id, state, kept in rows:
        yield Row(name_of(payment_id), f"it is {state}, but its last move was to {kept or 'nothing'}", customer_id)


def _texts(states: Sequence[PaymentState] | frozenset[PaymentState]) -> list[str]:
    return [state.value for state in states]


def wrong_journals() -> Iterator[Row]:
    """4: confirmed money has exactly its one receipt in the ledger; reversed money its counter-entry as well."""
    receipt, counter = _JOURNAL.alias("receipt"), _JOURNAL.alias("counter")
    money = _texts([PaymentState.CONFIRMED, PaymentState.REVERSED])
    is_money, is_reversed = Payment.state.in_(money), Payment.state == PaymentState.REVERSED
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, Payment.state)
        .outerjoin(receipt, and_(receipt.c.id == Payment.journal_id, receipt.c.kind == JournalKind.RECEIPT.value))
        .outerjoin(counter, counter.c.reverses_id == receipt.c.id)
        .where(
            or_(
                and_(is_money, receipt.c.id.is_(None)),
                and_(is_money, receipt.c.amount_cents != Payment.received_cents),
                and_(~is_money, Payment.journal_id.is_not(None)),
                and_(is_reversed, counter.c.id.is_(None)),
                and_(Payment.state == PaymentState.CONFIRMED, counter.c.id.is_not(None)),
            )
        )
        .limit(_LIMIT)
    )
    for payment_id, customer_id, state in rows:
        yield Row(name_of(payment_id), f"it is {state}, and its journals do not say so", customer_id)


def receipts_without_payment() -> Iterator[Row]:
    """4: a receipt in the ledger that no payment owns."""
    rows = db.session.execute(
        select(_JOURNAL.c.id, _JOURNAL.c.customer_id, _JOURNAL.c.source)
        .select_from(_JOURNAL)
        .outerjoin(Payment, Payment.journal_id == _JOURNAL.c.id)
        .where(_JOURNAL.c.kind == JournalKind.RECEIPT.value, Payment.id.is_(None))
        .limit(_LIMIT)
    )
    for number, customer_id, source in rows:
        yield Row(f"journal {number}", f"no payment owns {source}", customer_id)


def wrong_receivables() -> Iterator[Row]:
    """11: what a customer owes in the ledger is the sum of what its invoices still need."""
    owed = (
        select(_INVOICE.c.customer_id, _INVOICE.c.currency, func.sum(_INVOICE.c.balance_cents).label("cents"))
        .where(_INVOICE.c.state != "draft")
        .group_by(_INVOICE.c.customer_id, _INVOICE.c.currency)
        .subquery()
    )
    yield from _differ(_booked(AccountKind.RECEIVABLE, 1), owed, "its invoices need")


def wrong_credits() -> Iterator[Row]:
    """11: a customer's credit in the ledger is what its confirmed payments leave, less what was given back."""
    left = select(Payment.customer_id, Payment.currency, Payment.received_cents.label("cents")).where(
        Payment.state == PaymentState.CONFIRMED
    )
    paid = (
        select(Payment.customer_id, Payment.currency, (-Allocation.amount_cents).label("cents"))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.state == ShareState.ACTIVE)
    )
    back = select(Refund.customer_id, Refund.currency, (-Refund.amount_cents).label("cents")).where(
        Refund.state.in_([state.value for state in REFUND_BOOKED])
    )
    all_ = union_all(left, paid, back).subquery()
    credits_ = (
        select(all_.c.customer_id, all_.c.currency, func.sum(all_.c.cents).label("cents"))
        .group_by(all_.c.customer_id, all_.c.currency)
        .subquery()
    )
    yield from _differ(_booked(AccountKind.UNALLOCATED, -1), credits_, "its payments leave")


def _booked(kind: AccountKind, sign: int) -> Subquery:
    cents = sign * func.sum(_ENTRY.c.debit_cents - _ENTRY.c.credit_cents)
    return (
        select(_ACCOUNT.c.customer_id, _ACCOUNT.c.currency, cents.label("cents"))
        .select_from(_ACCOUNT.join(_ENTRY, _ENTRY.c.account_id == _ACCOUNT.c.id))
        .where(_ACCOUNT.c.kind == kind.value)
        .group_by(_ACCOUNT.c.customer_id, _ACCOUNT.c.currency)
        .subquery()
    )


def wrong_unconfirmed() -> Iterator[Row]:
    """A customer's unconfirmed sum is that of its verified payments."""
    verified = (
        select(Payment.customer_id, Payment.currency, func.sum(Payment.claimed_cents).label("cents"))
        .where(Payment.state == PaymentState.VERIFIED)
        .group_by(Payment.customer_id, Payment.currency)
        .subquery()
    )
    stored = select(_UNCONFIRMED.c.customer_id, _UNCONFIRMED.c.currency, _UNCONFIRMED.c.cents).subquery()
    yield from _differ(stored, verified, "its verified payments come to")


def _differ(left: Subquery, right: Subquery, words: str) -> Iterator[Row]:
    """Customers whose sum on the left (customer_id, currency, cents) is not the one on the right."""
    nothing = literal(0)
    both = union_all(
        select(left.c.customer_id, left.c.currency, left.c.cents.label("booked"), nothing.label("counted")),
        select(right.c.customer_id, right.c.currency, nothing.label("booked"), right.c.cents.label("counted")),
    ).subquery()
    booked, counted = func.sum(both.c.booked), func.sum(both.c.counted)
    rows = db.session.execute(
        select(both.c.customer_id, both.c.currency, booked, counted)
        .group_by(both.c.customer_id, both.c.currency)
        .having(booked != counted)
        .limit(_LIMIT)
    )
    for customer_id, currency, stored, sum_ in rows:
        stands = f"{Money(int(stored), currency)} stands there, {words} {Money(int(sum_), currency)}"
        named = f"customer {customer_id}" + ("" if currency == "ZAR" else f" in {currency}")
        yield Row(named, stands, customer_id)
