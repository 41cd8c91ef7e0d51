"""Statements that were sent by mail, and who may be due one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select

from portal.accounts.models import Customer
from portal.core.money import Money
from portal.ledger.models import Account
from portal.ledger.types import AccountKind
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch
from portal.reporting.models import StatementMail
from portal.reporting.types import SentStatement

_OWED = (AccountKind.RECEIVABLE, AccountKind.UNALLOCATED)


def sent(customer_id: int, currency: str, first: date, last: date) -> StatementMail | None:
    """The statement of exactly this period, when it was sent."""
    return db.session.scalar(
        select(StatementMail).where(
            StatementMail.customer_id == customer_id,
            StatementMail.currency == currency,
            StatementMail.first_on == first,
            StatementMail.last_on == last,
        )
    )


def due(first: date, last: date) -> list[tuple[int, str]]:
    """(customer id, currency) of every account that had no statement of this period yet."""
    had = and_(
        StatementMail.customer_id == Account.customer_id,
        StatementMail.currency == Account.currency,
        StatementMail.first_on == first,
        StatementMail.last_on == last,
    )
    rows = db.session.execute(
        select(Account.customer_id, Account.currency)
        .outerjoin(StatementMail, had)
        .where(Account.kind.in_(_OWED), Account.customer_id.is_not(None), StatementMail.id.is_(None))
        .group_by(Account.customer_id, Account.currency)
        .order_by(Account.customer_id, Account.currency)
    )
    return [(int(customer_id), currency) for customer_id, currency in rows if customer_id is not None]


def page(search: str, after: str | None, limit: int, *, oldest: bool = False) -> Page[SentStatement]:
    """Statements that were sent, newest first."""
    query = select(StatementMail.id, Customer.code, Customer.name, *_SENT).join(
        Customer, Customer.id == StatementMail.customer_id
    )
    if search:
        query = query.where(or_(Customer.code == search.upper(), Customer.name.startswith(search, autoescape=True)))
    return fetch(query, Sort(StatementMail.id, StatementMail.id, descending=not oldest), after, limit).map(_info)


_SENT = (
    StatementMail.first_on, StatementMail.last_on, StatementMail.closing_cents, StatementMail.currency,
    StatementMail.email, StatementMail.sent_by, StatementMail.sent_at,
)  # fmt: skip


def _info(row: AnyRow) -> SentStatement:
    closing = Money(row.closing_cents, row.currency)
    return SentStatement(
        row.id, row.code, row.name, row.first_on, row.last_on, closing, row.email, row.sent_by, row.sent_at
    )
