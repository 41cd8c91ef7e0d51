"""Rows at which money from abroad and its value in rand do not agree. One question for each side; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    String,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    table,
    union_all,
)

from portal.core.exchange import HOME, in_rand, part_of
from portal.core.money import Money
from portal.ledger.types import AccountKind, JournalKind
from portal.payments.models import Allocation, Payment, Refund
from portal.payments.queries.broken import Row
from portal.payments.types import PaymentState, ShareState, name_of
from portal.payments.types.giving import REFUND_BOOKED
from portal.platform.db import db

_LIMIT = 20
#: Older invoices were checked when they were new, and nothing of their money changes.
_NEWEST = 5_000

_INVOICE = table(
    "invoice", column("id", Integer), column("number", String), column("customer_id", Integer),
    column("currency", String), column("total_cents", BigInteger), column("balance_cents", BigInteger),
    column("rand_cents", BigInteger), column("rate_micros", BigInteger), column("rate_day", Date),
    column("export_to", String), column("issued_on", Date), column("vat_cents", BigInteger),
)  # fmt: skip
_LINE = table("invoice_line", column("invoice_id", Integer), column("vat_code", String))
_JOURNAL = table(
    "journal", column("kind", String), column("source", String), column("amount_cents", BigInteger)
)  # fmt: skip
_ENTRY = table(
    "entry", column("account_id", Integer), column("debit_cents", BigInteger), column("credit_cents", BigInteger)
)  # fmt: skip
_ACCOUNT = table("account", column("id", Integer), column("kind", String), column("customer_id", Integer))


def wrong_values() -> Iterator[Row]:
    """A foreign invoice is no zero-rated export, has no rate, or is not worth its total at its rate, booked once."""
    journal = _JOURNAL.alias("value")
    source = literal(f"{JournalKind.INVOICE}/invoice:") + _INVOICE.c.number
    newest = db.session.scalar(select(func.max(_INVOICE.c.id))) or 0
    rows = db.session.execute(
        select(_INVOICE, journal.c.amount_cents.label("booked"))
        .outerjoin(journal, and_(journal.c.kind == JournalKind.RAND.value, journal.c.source == source))
        .where(_INVOICE.c.currency != HOME, _INVOICE.c.id > newest - _NEWEST)
        .order_by(_INVOICE.c.id)
    )
    for row in rows:
        if words := _fault(row.total_cents, row.currency, row.rate_micros, row.rate_day, row.rand_cents, row.issued_on):
            yield Row(row.number, words, row.customer_id, row.id)
        elif row.booked != row.rand_cents:
            words = f"it is worth {_rand(row.rand_cents)}, {_rand(row.booked or 0)} is booked"
            yield Row(row.number, words, row.customer_id, row.id)
        elif not row.export_to or row.vat_cents:
            yield Row(row.number, "foreign money is for zero-rated exports only", row.customer_id, row.id)


def _fault(
    cents: int, currency: str, micros: int | None, day: date | None, rand_cents: int | None, issued_on: date
) -> str:
    if micros is None or day is None or rand_cents is None:
        return "it is in foreign money and has no exchange rate"
    if day > issued_on:
        return f"its rate is of {day}, after its day"
    worth = in_rand(Money(cents, currency), micros)
    return "" if worth.cents == rand_cents else f"at its rate it is worth {worth}, {_rand(rand_cents)} stands on it"


def taxed_abroad() -> Iterator[Row]:
    """A line of a foreign invoice is not zero-rated."""
    newest = db.session.scalar(select(func.max(_INVOICE.c.id))) or 0
    rows = db.session.execute(
        select(_INVOICE.c.id, _INVOICE.c.number, _INVOICE.c.customer_id)
        .join(_LINE, _LINE.c.invoice_id == _INVOICE.c.id)
        .where(_INVOICE.c.currency != HOME, _INVOICE.c.id > newest - _NEWEST, _LINE.c.vat_code != "zero")
        .distinct()
        .limit(_LIMIT)
    )
    for invoice_id, number, customer_id in rows:
        yield Row(number, "a line of it is not zero-rated", customer_id, invoice_id)


def wrong_receivables() -> Iterator[Row]:
    """What customers abroad owe in rand is what their open invoices are worth, each at its own rate."""
    worth: dict[int, int] = defaultdict(int)
    rows = db.session.execute(
        select(
            _INVOICE.c.customer_id, _INVOICE.c.currency, _INVOICE.c.total_cents, _INVOICE.c.balance_cents,
            _INVOICE.c.rand_cents,
        ).where(_INVOICE.c.currency != HOME, _INVOICE.c.balance_cents > 0, _INVOICE.c.rand_cents.is_not(None))
    )  # fmt: skip
    for customer_id, currency, whole, balance, rand in rows:
        worth[customer_id] += part_of(Money(rand, HOME), Money(balance, currency), Money(whole, currency)).cents
    yield from _differ(_booked(AccountKind.RECEIVABLE_RAND, 1), worth, "its invoices are worth")


def wrong_credits() -> Iterator[Row]:
    """Credit from abroad in rand is what its payments leave, each at the rate of its day."""
    left = select(Payment.id, Payment.received_cents.label("cents")).where(
        Payment.state == PaymentState.CONFIRMED, Payment.currency != HOME
    )
    paid = (
        select(Allocation.payment_id, (-Allocation.amount_cents).label("cents"))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Allocation.state == ShareState.ACTIVE, Payment.currency != HOME)
    )
    back = select(Refund.payment_id, (-Refund.amount_cents).label("cents")).where(
        Refund.state.in_([state.value for state in REFUND_BOOKED]), Refund.currency != HOME
    )
    all_ = union_all(left, paid, back).subquery()
    sums = select(all_.c.id, func.sum(all_.c.cents).label("cents")).group_by(all_.c.id).subquery()
    rows = db.session.execute(
        select(Payment.customer_id, Payment.currency, Payment.received_cents, Payment.rand_cents, sums.c.cents)
        .join(sums, sums.c.id == Payment.id)
        .where(sums.c.cents != 0, Payment.rand_cents.is_not(None))
    )
    worth: dict[int, int] = defaultdict(int)
    for customer_id, currency, received, rand, cents in rows:
        part, whole = Money(int(cents), currency), Money(int(received or 0), currency)
        worth[customer_id] += part_of(Money(int(rand or 0), HOME), part, whole).cents
    yield from _differ(_booked(AccountKind.UNALLOCATED_RAND, -1), worth, "its payments leave")


def unvalued() -> Iterator[Row]:
    """Foreign money at the bank that has no value in rand, or another than its amount at its rate; rand that have one."""
    money = Payment.state.in_([PaymentState.CONFIRMED.value, PaymentState.REVERSED.value])
    abroad = case((Payment.currency != HOME, 1), else_=0)
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, Payment.currency, Payment.received_cents, Payment.rate_micros, Payment.rand_cents)
        .where(or_(and_(money, abroad == 1), and_(abroad == 0, Payment.rand_cents.is_not(None))))
        .order_by(Payment.id.desc())
        .limit(_NEWEST)
    )  # fmt: skip
    for payment_id, customer_id, currency, received, micros, rand in rows:
        if currency == HOME or micros is None or rand is None:
            yield Row(name_of(payment_id), "its value in rand is missing, or it is rand itself", customer_id)
        elif in_rand(Money(int(received or 0), currency), micros).cents != rand:
            yield Row(name_of(payment_id), f"{_rand(rand)} is not its amount at its rate", customer_id)


def wrong_refunds() -> Iterator[Row]:
    """Refunds abroad that wait for the bank stand in rand while there are any, and only then."""
    waiting = db.session.scalar(
        select(func.count(Refund.id)).where(Refund.state.in_(("approved", "sent")), Refund.currency != HOME)
    )
    booked = sum(cents for cents in _booked(AccountKind.REFUNDS_RAND, -1).values())
    if bool(waiting) != (booked > 0):
        yield Row("refunds abroad", f"{_rand(booked)} stands there, {waiting or 0} wait for the bank")


def _booked(kind: AccountKind, sign: int) -> dict[int, int]:
    owner = func.coalesce(_ACCOUNT.c.customer_id, literal(0))
    rows = db.session.execute(
        select(owner, sign * func.sum(_ENTRY.c.debit_cents - _ENTRY.c.credit_cents))
        .select_from(_ACCOUNT.join(_ENTRY, _ENTRY.c.account_id == _ACCOUNT.c.id))
        .where(_ACCOUNT.c.kind == kind.value)
        .group_by(owner)
    )
    return {int(customer_id): int(cents) for customer_id, cents in rows}


def _differ(booked: dict[int, int], worth: dict[int, int], words: str) -> Iterator[Row]:
    for customer_id in sorted(booked.keys() | worth.keys()):
        have, want = booked.get(customer_id, 0), worth.get(customer_id, 0)
        if have != want:
            yield Row(f"customer {customer_id}", f"{_rand(have)} stands there, {words} {_rand(want)}", customer_id)


def _rand(cents: int) -> Money:
    return Money(cents, HOME)
