"""Customers' accounts as the ledger has them, and debtors by age (docs/rules/statements.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, or_, select, true

from portal.accounts.models import Customer
from portal.core.money import Money
from portal.invoices.models import Invoice
from portal.ledger.models import Account, Entry, Journal
from portal.ledger.types import AccountKind
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch

_NET = Entry.debit_cents - Entry.credit_cents
_OWED = (AccountKind.RECEIVABLE, AccountKind.UNALLOCATED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger says of a customer: invoices that need money, credit on account, and the balance before a day."""

    receivable: Money
    credit: Money
    opening: Money


def standing(customer_id: int, currency: str, before: date) -> Standing:
    """All three in one question."""
    earlier = func.sum(case((Journal.value_date < before, _NET), else_=0))
    rows = db.session.execute(
        select(Account.kind, func.sum(_NET), earlier)
        .join(Entry, Entry.account_id == Account.id)
        .join(Journal, Journal.id == Entry.journal_id)
        .where(Account.customer_id == customer_id, Account.kind.in_(_OWED), Account.currency == currency)
        .group_by(Account.kind)
    ).all()
    now = {kind: int(cents) for kind, cents, _ in rows}
    return Standing(
        Money(now.get(AccountKind.RECEIVABLE, 0), currency),
        Money(-now.get(AccountKind.UNALLOCATED, 0), currency),
        Money(sum(int(cents) for _, _, cents in rows), currency),
    )


@dataclass(frozen=True, slots=True)
class DebtorRow:
    """One customer: open balances by age, and credit on account."""

    customer_id: int
    code: str
    name: str
    ages: tuple[Money, ...]
    credit: Money


def debtors(
    search: str, only_overdue: bool, today: date, bounds: Sequence[int], currency: str, after: str | None, limit: int
) -> Page[DebtorRow]:
    """Customers that owe or have credit, by code: a page of them, then their sums in two questions."""
    mine = (Invoice.customer_id == Customer.id, Invoice.is_open == true(), Invoice.currency == currency)
    owes = exists().where(*mine, Invoice.due_on < today) if only_overdue else exists().where(*mine)
    query = select(Customer.id, Customer.code, Customer.name)
    query = query.where(owes if only_overdue else or_(owes, _credit_of(currency) != 0))
    if search:
        query = query.where(
            or_(Customer.code == search.upper(), Customer.name.startswith(search, autoescape=True))
        )  # fmt: skip
    found = fetch(query, Sort(Customer.code, Customer.id), after, limit)
    ids = [row.id for row in found.items]
    ages, credits_ = _ages_of(ids, today, bounds, currency), _credits_of(ids, currency)
    nothing = (Money.zero(currency),) * (len(bounds) + 1)

    def made(row: AnyRow) -> DebtorRow:
        credit = credits_.get(row.id, Money.zero(currency))
        return DebtorRow(row.id, row.code, row.name, ages.get(row.id, nothing), credit)

    return found.map(made)


def _credit_of(currency: str) -> ScalarSelect[int]:
    """Of the customer of the outer query."""
    return (
        select(func.coalesce(func.sum(_NET), 0))
        .join(Account, Account.id == Entry.account_id)
        .where(
            Account.customer_id == Customer.id, Account.kind == AccountKind.UNALLOCATED, Account.currency == currency
        )
        .correlate(Customer)
        .scalar_subquery()
    )


def _age(today: date, bounds: Sequence[int]) -> ColumnElement[int]:
    days = [today - timedelta(days=bound) for bound in bounds]
    return case(*((Invoice.due_on >= day, number) for number, day in enumerate(days)), else_=len(bounds))


def _ages_of(ids: list[int], today: date, bounds: Sequence[int], currency: str) -> dict[int, tuple[Money, ...]]:
    age = _age(today, bounds).label("age")
    rows = db.session.execute(
        select(Invoice.customer_id, age, func.sum(Invoice.balance_cents))
        .where(Invoice.customer_id.in_(ids), Invoice.is_open == true(), Invoice.currency == currency)
        .group_by(Invoice.customer_id, age)
    )
    found: dict[int, list[int]] = {}
    for customer_id, number, cents in rows:
        found.setdefault(customer_id, [0] * (len(bounds) + 1))[number] = int(cents)
    return {owner: tuple(Money(cents, currency) for cents in sums) for owner, sums in found.items()}


def _credits_of(ids: list[int], currency: str) -> dict[int, Money]:
    rows = db.session.execute(
        select(Account.customer_id, func.sum(-_NET))
        .join(Entry, Entry.account_id == Account.id)
        .where(Account.customer_id.in_(ids), Account.kind == AccountKind.UNALLOCATED, Account.currency == currency)
        .group_by(Account.customer_id)
    )
    return {owner: Money(int(cents), currency) for owner, cents in rows if owner is not None}


def ages_of_all(today: date, bounds: Sequence[int], currency: str) -> tuple[Money, ...]:
    """Open balances of all customers, by age."""
    age = _age(today, bounds).label("age")
    rows = db.session.execute(
        select(age, func.sum(Invoice.balance_cents))
        .where(Invoice.is_open == true(), Invoice.currency == currency)
        .group_by(age)
    )
    sums = {int(number): int(cents or 0) for number, cents in rows}
    return tuple(Money(sums.get(number, 0), currency) for number in range(len(bounds) + 1))


def booked(currency: str) -> tuple[Money, Money]:
    """What the ledger says all customers owe on invoices, and have as credit."""
    rows = db.session.execute(
        select(Account.kind, func.sum(_NET))
        .join(Entry, Entry.account_id == Account.id)
        .where(Account.kind.in_(_OWED), Account.currency == currency)
        .group_by(Account.kind)
    )
    sums = {kind: int(cents) for kind, cents in rows}
    receivable, credit = sums.get(AccountKind.RECEIVABLE, 0), -sums.get(AccountKind.UNALLOCATED, 0)
    return Money(receivable, currency), Money(credit, currency)
