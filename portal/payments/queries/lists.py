"""Lists of payments: what waits for the bank, what an invoice got, what a customer paid."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.payments.models import Allocation, Payment
from portal.payments.queries.giving import held_by_refunds, held_by_refunds_of
from portal.payments.queries.rows import info, shares_of
from portal.payments.types import (
    EFT,
    ENDED,
    WITHOUT_GATEWAY,
    PaymentInfo,
    PaymentState,
    ShareState,
    Waiting,
    WaitingSum,
)
from portal.platform.db import db
from portal.platform.paging import Page, Sort, capped, fetch

_AWAITED = Sort(Payment.expected_on, Payment.id)
_NEWEST = Sort(Payment.id, Payment.id, descending=True)


def with_shares(asked: Select[Payment]) -> list[PaymentInfo]:
    """The payments of a question with their shares: two questions in all."""
    rows = db.session.scalars(asked.execution_options(populate_existing=True)).all()
    shares = shares_of([row.id for row in rows]) if rows else {}
    return [info(row, shares[row.id]) for row in rows]


def by_id(payment_id: int) -> PaymentInfo | None:
    """One payment."""
    found = with_shares(select(Payment).where(Payment.id == payment_id))
    if not found:
        return None
    held = held_by_refunds(payment_id) if found[0].state is PaymentState.CONFIRMED else 0
    return replace(found[0], refunded_cents=held)


def of_customer(customer_id: int | None, after: str | None, limit: int) -> Page[PaymentInfo]:
    """A customer's payments, or everybody's, the newest first; those turned back at a gateway are left out."""
    shown = or_(Payment.method.in_(WITHOUT_GATEWAY), Payment.state.not_in([state.value for state in ENDED]))
    asked = select(*Payment.__table__.columns).where(shown)
    if customer_id is not None:
        asked = asked.where(Payment.customer_id == customer_id)
        asked = asked.with_hint(Payment, "FORCE INDEX (ix_payment_customer_id)", "mysql")
    page = fetch(asked, _NEWEST, after, limit)
    ids = [row.id for row in page.items]
    shares, held = (shares_of(ids), held_by_refunds_of(ids)) if ids else ({}, {})
    return page.map(lambda row: replace(info(row, shares[row.id]), refunded_cents=held.get(row.id, 0)))


def by_proof(proof_id: int) -> PaymentInfo | None:
    """The payment a document stands behind."""
    found = with_shares(select(Payment).where(Payment.proof_id == proof_id))
    return found[0] if found else None


def by_proofs(proof_ids: list[int]) -> list[PaymentInfo]:
    """The payments that some documents stand behind."""
    return with_shares(select(Payment).where(Payment.proof_id.in_(proof_ids)))


def of_invoice(invoice_id: int) -> list[PaymentInfo]:
    """Payments that were meant for an invoice or paid it, newest first; those whose plan was changed are left out."""
    meant = select(Allocation.payment_id).where(
        Allocation.invoice_id == invoice_id,
        or_(Allocation.state != ShareState.VOID, Payment.state == PaymentState.REVERSED),
    )
    asked = select(Payment).where(Payment.id.in_(meant.where(Allocation.payment_id == Payment.id).correlate(Payment)))
    return with_shares(asked.order_by(Payment.id.desc()).limit(50))


def announced(currency: str) -> list[PaymentInfo]:
    """Claimed and verified payments, oldest first: what a bank statement may show."""
    states = (PaymentState.CLAIMED.value, PaymentState.VERIFIED.value)
    asked = select(Payment).where(Payment.state.in_(states), Payment.currency == currency)
    return with_shares(asked.order_by(Payment.id))


def confirmed_at(bank_account_id: int, first: date, last: date) -> list[PaymentInfo]:
    """Payments confirmed on one of our accounts with a value date in these days."""
    asked = select(Payment).where(
        Payment.state == PaymentState.CONFIRMED,
        Payment.value_date.between(first, last),
        Payment.bank_account_id == bank_account_id,
    )
    return with_shares(asked.order_by(Payment.id))


def promised_by_invoice(customer_id: int) -> dict[int, Money]:
    """What verified payments will pay on each invoice of a customer once the bank shows them."""
    asked = (
        select(Allocation.invoice_id, Payment.currency, func.sum(Allocation.amount_cents))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(
            Payment.customer_id == customer_id,
            Payment.state == PaymentState.VERIFIED,
            Allocation.state == ShareState.PLANNED,
        )
        .group_by(Allocation.invoice_id, Payment.currency)
    )
    return {invoice_id: Money(int(cents), currency) for invoice_id, currency, cents in db.session.execute(asked)}


def waiting(which: Waiting, search: str, today: date, after: str | None, limit: int) -> Page[PaymentInfo]:
    """Payments the bank has not shown, those first that it should have shown first; given up ones newest first."""
    states = ENDED if which is Waiting.ENDED else {PaymentState.VERIFIED}
    asked = select(*Payment.__table__.columns).where(Payment.state.in_([state.value for state in states]))
    if which is Waiting.ENDED:
        asked = asked.where(Payment.method == EFT)  # who turned back at a gateway gave nothing up
    if which is Waiting.LATE:
        asked = asked.where(Payment.expected_on < today)
    if search:
        asked = asked.where(_fits(search))
    page = fetch(asked, _NEWEST if which is Waiting.ENDED else _AWAITED, after, limit)
    shares = shares_of([row.id for row in page.items]) if page.items else {}
    return page.map(lambda row: info(row, shares[row.id]))


def _fits(search: str) -> ColumnElement[bool]:
    """Customer, reference or invoice by their beginning, or the exact amount."""
    begins = [
        column.startswith(search, autoescape=True)
        for column in (Payment.customer_name, Payment.customer_code, Payment.reference)
    ]
    paying = select(Allocation.payment_id).where(Allocation.invoice_number.startswith(search, autoescape=True))
    begins.append(Payment.id.in_(paying.where(Allocation.payment_id == Payment.id).correlate(Payment)))
    with suppress(BadInput):
        begins.append(Payment.claimed_cents == Money.parse(search).cents)
    return or_(*begins)


def waiting_sum(today: date) -> WaitingSum:
    """All that waits for the bank in one question."""
    late, rand, dollars = Payment.expected_on < today, Payment.currency == "ZAR", Payment.currency == "USD"
    row = db.session.execute(
        select(
            func.count(Payment.id),
            func.coalesce(func.sum(case((rand, Payment.claimed_cents), else_=0)), 0),
            func.coalesce(func.sum(case((late, 1), else_=0)), 0),
            func.coalesce(func.sum(case((and_(late, rand), Payment.claimed_cents), else_=0)), 0),
            func.coalesce(func.sum(case((dollars, Payment.claimed_cents), else_=0)), 0),
        ).where(Payment.state == PaymentState.VERIFIED)
    ).one()
    count, cents, late_count, late_cents, dollar_cents = (int(value) for value in row)
    return WaitingSum(count, Money(cents), late_count, Money(late_cents), Money(dollar_cents, "USD"))


def late_cents(customer_id: int, today: date) -> dict[str, int]:
    """What verified payments of a customer the bank should have shown come to, by currency."""
    asked = select(Payment.currency, func.sum(Payment.claimed_cents)).where(
        Payment.customer_id == customer_id, Payment.state == PaymentState.VERIFIED, Payment.expected_on < today
    )
    return {currency: int(cents or 0) for currency, cents in db.session.execute(asked.group_by(Payment.currency))}


def verified_of(customer_id: int) -> list[PaymentInfo]:
    """A customer's verified payments that the bank has not shown, oldest first."""
    asked = select(Payment).where(Payment.customer_id == customer_id, Payment.state == PaymentState.VERIFIED)
    return with_shares(asked.order_by(Payment.id))


def to_chase(until: date, limit: int) -> list[int]:
    """Verified payments expected up to a day whose customer was not asked about them yet, oldest first."""
    asked = select(Payment.id).where(
        Payment.state == PaymentState.VERIFIED, Payment.expected_on <= until, Payment.chased_at.is_(None)
    )
    return list(db.session.scalars(asked.order_by(Payment.expected_on, Payment.id).limit(limit)))


def waiting_count() -> ScalarSelect[int]:
    """How many wait, as a part of the rail's one question."""
    return capped(select(Payment.id).where(Payment.state == PaymentState.VERIFIED))
