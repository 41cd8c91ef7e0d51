"""Read-only questions across features, for figures and reports (docs/rules/figures.md)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, select, true, union_all

from portal.core import clock
from portal.core.money import Money
from portal.invoices.models import Invoice
from portal.payments.models import Payment
from portal.platform.db import db
from portal.proofs.models import Proof
from portal.reporting.types import AGES, WAITS, WEEKS, DayOfMoney, Debtor, Late, Waiting, Week

_RAND = "ZAR"


def money_by_day(first: date, last: date) -> tuple[DayOfMoney, ...]:
    """Each day from first to last: confirmed by value date, verified only by the day of payment. Rand only."""
    confirmed = (
        select(
            literal(1).label("sure"), Payment.value_date.label("day"), func.sum(Payment.received_cents).label("cents")
        )
        .where(Payment.state == "confirmed", Payment.value_date.between(first, last), Payment.currency == _RAND)
        .group_by(Payment.value_date)
    )
    verified = (
        select(literal(0), Payment.paid_on, func.sum(Payment.claimed_cents))
        .where(Payment.state == "verified", Payment.paid_on.between(first, last), Payment.currency == _RAND)
        .group_by(Payment.paid_on)
    )
    sums: dict[tuple[int, date], int] = {
        (int(row.sure), row.day): int(row.cents or 0) for row in db.session.execute(union_all(confirmed, verified))
    }
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(DayOfMoney(day, Money.zar(sums.get((1, day), 0)), Money.zar(sums.get((0, day), 0))) for day in days)


def debtors_by_age(today: date) -> tuple[Money, ...]:
    """Open balances in rand, by days overdue, in the order of AGES."""
    bounds = [today - timedelta(days=days) for days in (0, 30, 60, 90)]
    age = case(*((Invoice.due_on >= bound, number) for number, bound in enumerate(bounds)), else_=len(bounds))
    query = (
        select(age.label("age"), func.sum(Invoice.balance_cents).label("cents"))
        .where(Invoice.is_open == true(), Invoice.currency == _RAND)
        .group_by(age)
    )
    found = {int(row.age): int(row.cents or 0) for row in db.session.execute(query)}
    return tuple(Money.zar(found.get(number, 0)) for number in range(len(AGES)))


def waiting(now: datetime) -> Waiting:
    """What waits for a person and for the bank, in one query."""
    edges = [now - timedelta(minutes=minutes) for minutes in (30, 60, 120)]
    buckets = [_between(edges[number - 1] if number else None, edge) for number, edge in enumerate(edges)]
    buckets.append(Proof.created_at <= edges[-1])
    queue = select(
        *(func.coalesce(func.sum(case((bucket, 1), else_=0)), 0) for bucket in buckets), func.min(Proof.created_at)
    ).where(Proof.state == "review")
    verified = (Payment.state == "verified", Payment.currency == _RAND)
    count = select(func.count()).select_from(Payment).where(*verified).scalar_subquery()
    cents = select(func.coalesce(func.sum(Payment.claimed_cents), 0)).where(*verified).scalar_subquery()
    *counts, oldest, payments, payments_sum = db.session.execute(queue.add_columns(count, cents)).one()
    reviews = tuple(int(each) for each in counts[: len(WAITS)])
    return Waiting(reviews, oldest, int(payments), Money.zar(int(payments_sum)))


def _between(newer: datetime | None, older: datetime) -> ColumnElement[bool]:
    return Proof.created_at > older if newer is None else and_(Proof.created_at <= newer, Proof.created_at > older)


def weeks_of_answers(today: date) -> tuple[Week, ...]:
    """Proofs that got an answer in each of the last weeks (from Monday), oldest week first.

    By rule: verified, and no person decided anything. Duplicates and unreadable files are no decision either way.
    """
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=number) for number in range(WEEKS)]  # newest first, as the case tries them
    moments = [datetime.combine(start, time(), clock.SAST) for start in starts]
    week = case(*((Proof.read_at >= moment, number) for number, moment in enumerate(moments)), else_=WEEKS)
    alone = case((and_(Proof.state == "verified", Proof.decided_at.is_(None)), 1), else_=0)
    query = (
        select(week.label("week"), func.count().label("answered"), func.sum(alone).label("by_rule"))
        .where(Proof.read_at >= moments[-1], Proof.state.in_(("verified", "review", "rejected")))
        .group_by(week)
    )
    found = {int(row.week): (int(row.answered), int(row.by_rule or 0)) for row in db.session.execute(query)}
    return tuple(Week(start, *found.get(number, (0, 0))) for number, start in reversed(list(enumerate(starts))))


def late_payments(today: date, limit: int = 5) -> tuple[Late, ...]:
    """Verified payments the bank should have shown by now, the longest awaited first."""
    query = (
        select(
            Payment.id,
            Proof.public_id,
            Payment.customer_name,
            Payment.claimed_cents,
            Payment.currency,
            Payment.expected_on,
        )
        .outerjoin(Proof, Proof.id == Payment.proof_id)
        .where(Payment.state == "verified", Payment.expected_on < today)
        .order_by(Payment.expected_on, Payment.id)
        .limit(limit)
    )
    return tuple(
        Late(row.id, row.public_id, row.customer_name, Money(row.claimed_cents or 0, row.currency), row.expected_on)
        for row in db.session.execute(query)
        if row.expected_on is not None
    )


def largest_overdue(today: date, limit: int = 3) -> tuple[Debtor, ...]:
    """The customers that owe most of what is overdue, in rand."""
    cents = func.sum(Invoice.balance_cents)
    query = (
        select(Invoice.customer_code, func.max(Invoice.recipient_name), cents, func.min(Invoice.due_on))
        .where(Invoice.is_open == true(), Invoice.due_on < today, Invoice.currency == _RAND)
        .group_by(Invoice.customer_code)
        .order_by(cents.desc(), Invoice.customer_code)
        .limit(limit)
    )
    return tuple(
        Debtor(code, name, Money.zar(int(owed)), since) for code, name, owed, since in db.session.execute(query)
    )
