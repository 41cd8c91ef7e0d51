"""Questions to lines that wait in suspense, and whether the ledger agrees with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, Integer, String, case, column, func, select, table

from portal.banking.models import StatementLine
from portal.banking.queries import line_info
from portal.banking.types import LineInfo, LineState
from portal.banking.types.suspense import AGE_WORDS, AGES, Age, days_of
from portal.core.money import Money
from portal.ledger.types import AccountKind, JournalKind
from portal.platform.db import db
from portal.platform.paging import Page, Sort, fetch

_LIMIT = 20
_IN = StatementLine.state == LineState.SUSPENSE
_ACCOUNT = table("account", column("id", Integer), column("kind", String), column("currency", String))
_ENTRY = table(
    "entry", column("account_id", Integer), column("debit_cents", Integer), column("credit_cents", Integer)
)  # fmt: skip
_JOURNAL = table(
    "journal", column("id", Integer), column("kind", String), column("amount_cents", Integer),
    column("reverses_id", Integer),
)  # fmt: skip


def ages(today: date) -> list[Age]:
    """How much has waited how long, in one question."""
    wanted: list[ColumnElement[int]] = []
    for name, _, _ in AGES:
        fits = _aged(name, today)
        wanted.append(func.coalesce(func.sum(case((fits, 1), else_=0)), 0))
        wanted.append(func.coalesce(func.sum(case((fits, StatementLine.amount_cents), else_=0)), 0))
    row = [int(value) for value in db.session.execute(select(*wanted).where(_IN)).one()]
    return [Age(name, AGE_WORDS[name], row[at * 2], Money.zar(row[at * 2 + 1])) for at, (name, _, _) in enumerate(AGES)]


def _aged(name: str, today: date) -> ColumnElement[bool]:
    first, last = days_of(name, today)
    until = StatementLine.day <= (last or today)
    return until if first is None else until & (StatementLine.day >= first)


def lines_page(age: str, today: date, after: str | None, limit: int) -> Page[LineInfo]:
    """Lines in suspense, those first that came first; of one age, or all."""
    asked = select(*StatementLine.__table__.columns).where(_IN)
    if age:
        asked = asked.where(_aged(age, today))
    return fetch(asked, Sort(StatementLine.id, StatementLine.id), after, limit).map(line_info)


def wrong_sums() -> Iterator[tuple[str, str]]:
    """Currencies in which the ledger's suspense is not what the lines in suspense come to."""
    booked = dict(
        db.session.execute(
            select(_ACCOUNT.c.currency, func.sum(_ENTRY.c.credit_cents - _ENTRY.c.debit_cents))
            .join(_ENTRY, _ENTRY.c.account_id == _ACCOUNT.c.id)
            .where(_ACCOUNT.c.kind == AccountKind.SUSPENSE.value)
            .group_by(_ACCOUNT.c.currency)
        ).all()
    )
    held = dict(
        db.session.execute(
            select(StatementLine.currency, func.sum(StatementLine.amount_cents))
            .where(_IN)
            .group_by(StatementLine.currency)
        ).all()
    )
    for currency in sorted(booked.keys() | held.keys()):
        mine, theirs = int(held.get(currency) or 0), int(booked.get(currency) or 0)
        if mine != theirs:
            words = f"lines in suspense come to {Money(mine, currency)}, the ledger holds {Money(theirs, currency)}"
            yield f"suspense:{currency}", words


def wrong_journals() -> Iterator[tuple[str, str]]:
    """Lines in suspense without a standing journal of their amount, and others that still have one."""
    back = _JOURNAL.alias("back")
    right = (
        (_JOURNAL.c.kind == JournalKind.SUSPENSE.value)
        & (_JOURNAL.c.amount_cents == StatementLine.amount_cents)
        & back.c.id.is_(None)
    )
    rows = db.session.execute(
        select(StatementLine.id, StatementLine.state)
        .outerjoin(_JOURNAL, _JOURNAL.c.id == StatementLine.suspense_journal_id)
        .outerjoin(back, back.c.reverses_id == _JOURNAL.c.id)
        .where((_IN & func.coalesce(~right, True)) | (~_IN & StatementLine.suspense_journal_id.is_not(None)))
        .limit(_LIMIT)
    )
    for line_id, state in rows:
        yield f"statement_line:{line_id}", f"it is {state} and its journal in suspense does not fit"
