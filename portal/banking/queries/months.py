"""Months of our accounts: what their lines come to, and what was signed off."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from sqlalchemy import ColumnElement, and_, case, extract, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from portal.banking.models import BankStatement, ReconciledMonth, Reconciliation, StatementLine
from portal.banking.types import LEFT, MOVING, LineState
from portal.banking.types.months import Figures, MonthInList, SignedMonth, last_of
from portal.core.errors import NotFound
from portal.platform.db import db

_LEFT = StatementLine.state.in_([state.value for state in LEFT])
_MOVING = StatementLine.state.in_([state.value for state in MOVING])
_BOOKED = StatementLine.state == LineState.ALLOCATED
_ASIDE = StatementLine.state == LineState.IGNORED
_SUSPENSE = StatementLine.state == LineState.SUSPENSE
_BY_PERSON = StatementLine.decided_by.is_not(None)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _sum(value: ColumnElement[int] | InstrumentedAttribute[int], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, value), else_=0)), 0)


def _in_month(account_id: int, month: date) -> ColumnElement[bool]:
    return and_(StatementLine.bank_account_id == account_id, StatementLine.day.between(month, last_of(month)))


def figures(account_id: int, month: date) -> Figures:
    """What the lines of a month come to, as they stand now, in three questions."""
    cents, fee = StatementLine.amount_cents, StatementLine.fee_cents
    row = db.session.execute(
        select(
            func.count(StatementLine.id),
            _count(and_(_BOOKED, ~_BY_PERSON)),
            _count(and_(_BOOKED, _BY_PERSON)),
            _count(_ASIDE),
            _count(_SUSPENSE),
            _count(_LEFT),
            _count(_MOVING),
            _sum(cents, cents > 0),
            _sum(cents, cents < 0),
            func.coalesce(func.sum(fee), 0),
            _sum(cents, and_(_BOOKED, cents > 0)),
            _sum(cents, _SUSPENSE),
            _sum(func.abs(cents), _LEFT | _MOVING),
        ).where(_in_month(account_id, month))
    ).one()
    lines, alone, people, aside, suspense, left, moving, paid_in, out, fees, booked, held, waits = (int(v) for v in row)
    opening, closing = _balances(account_id, month)
    missing = 0
    if opening is not None and closing is not None:
        missing = abs(closing - opening - paid_in - out - fees)
    return Figures(
        lines, alone, people, aside, suspense, left, moving, opening, paid_in, out, fees, closing, booked, held,
        waits + missing,
    )  # fmt: skip


def _balances(account_id: int, month: date) -> tuple[int | None, int | None]:
    """The balances before the first line of a month and after its last, as the statements state them."""
    first, last = _edge(account_id, month, newest=False), _edge(account_id, month, newest=True)
    if first is None or last is None:
        return None, None
    line, statement = first
    opening = None if line.balance_cents is None else line.balance_cents - line.amount_cents - line.fee_cents
    if opening is None and statement.first_on >= month:
        opening = statement.opening_cents
    line, statement = last
    closing = line.balance_cents
    if closing is None and statement.last_on <= last_of(month):
        closing = statement.closing_cents
    return opening, closing


def _edge(account_id: int, month: date, *, newest: bool) -> tuple[StatementLine, BankStatement] | None:
    order = (StatementLine.day.desc(), StatementLine.id.desc()) if newest else (StatementLine.day, StatementLine.id)
    asked = select(StatementLine, BankStatement).join(BankStatement, BankStatement.id == StatementLine.statement_id)
    row = db.session.execute(asked.where(_in_month(account_id, month)).order_by(*order).limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def known(limit: int) -> list[MonthInList]:
    """The months in which money moved, the latest first, with what is open in each."""
    year, month = extract("year", StatementLine.day), extract("month", StatementLine.day)
    asked = (
        select(
            StatementLine.bank_account_id, year, month, func.count(StatementLine.id), _count(_LEFT | _MOVING),
            _count(_SUSPENSE),
        )
        .group_by(StatementLine.bank_account_id, year, month)
        .order_by(year.desc(), month.desc(), StatementLine.bank_account_id)
        .limit(limit)
    )  # fmt: skip
    return [
        MonthInList(account_id, date(int(in_year), int(in_month), 1), lines, int(waits), int(held))
        for account_id, in_year, in_month, lines, waits, held in db.session.execute(asked)
    ]


def open_lines(account_id: int, month: date, limit: int) -> list[int]:
    """Ids of money that came in and nobody decided, oldest first."""
    asked = select(StatementLine.id).where(_in_month(account_id, month), _LEFT, StatementLine.amount_cents > 0)
    return list(db.session.scalars(asked.order_by(StatementLine.id).limit(limit)))


def signed(account_id: int | None = None, *, live: bool = False, limit: int = 200) -> list[SignedMonth]:
    """What was signed off, the latest month first, of one account or all."""
    asked = select(ReconciledMonth)
    if account_id is not None:
        asked = asked.where(ReconciledMonth.bank_account_id == account_id)
    if live:
        asked = asked.where(ReconciledMonth.live == 1)
    rows = db.session.scalars(asked.order_by(ReconciledMonth.month.desc(), ReconciledMonth.id.desc()).limit(limit))
    return [info(row) for row in rows]


def hold(account_id: int) -> None:
    """Keep others from adding lines to an account, undoing one or signing its months until this transaction ends."""
    asked = select(Reconciliation).where(Reconciliation.bank_account_id == account_id)
    asked = asked.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(asked)
    if row is None:
        with suppress(IntegrityError), db.session.begin_nested():
            db.session.add(Reconciliation(bank_account_id=account_id))
        row = db.session.scalars(asked).one()
    row.version += 1
    db.session.flush()


def live_months(account_id: int, first: date, last: date) -> set[date]:
    """The months of these days that are signed off. The caller holds the account."""
    asked = select(ReconciledMonth.month).where(
        ReconciledMonth.bank_account_id == account_id,
        ReconciledMonth.live == 1,
        ReconciledMonth.month.between(first.replace(day=1), last),
    )
    return set(db.session.scalars(asked))


def by_id(signed_id: int) -> SignedMonth:
    """One month as it was signed off. Raises NotFound."""
    row = db.session.get(ReconciledMonth, signed_id)
    if row is None:
        raise NotFound(f"no signed month {signed_id}")
    return info(row)


def lock(signed_id: int) -> ReconciledMonth:
    """A month that was signed off as it stands now, held until the transaction ends. Raises NotFound."""
    asked = select(ReconciledMonth).where(ReconciledMonth.id == signed_id)
    row = db.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound(f"no signed month {signed_id}")
    row.version += 1
    return row


def info(row: ReconciledMonth) -> SignedMonth:
    """The value of a row."""
    kept = row.figures
    known = {name: kept.get(name) if name in ("opening", "closing") else int(kept.get(name) or 0) for name in _NAMES}
    return SignedMonth(
        id=row.id,
        account_id=row.bank_account_id,
        month=row.month,
        live=row.live == 1,
        figures=Figures(**known),  # type: ignore[arg-type]
        note=row.note,
        signed_by=row.signed_by,
        signed_name=row.signed_name,
        signed_at=row.signed_at,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        asked_reason=row.asked_reason,
        reopened_by=row.reopened_by,
        reopened_at=row.reopened_at,
    )


_NAMES = tuple(Figures.__dataclass_fields__)
