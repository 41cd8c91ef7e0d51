"""Questions to statements and their lines, and their lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, insert, or_, select

from portal.banking.models import BankStatement, CandidateJson, StatementLine
from portal.banking.types import LEFT, MOVING, ImportInfo, LineInfo, LineState, Offer, Tally
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch


def keys_known(account_id: int, first: date, last: date) -> set[str]:
    """The content keys of an account's lines of these days."""
    days = StatementLine.day.between(first, last)
    asked = select(StatementLine.content_key).where(StatementLine.bank_account_id == account_id, days)
    return set(db.session.scalars(asked))


def add_lines(rows: Sequence[dict[str, object]]) -> None:
    """Write lines in one statement."""
    if rows:
        db.session.execute(insert(StatementLine), list(rows))


def statement_before(account_id: int, first: date) -> BankStatement | None:
    """The account's statement that ends last before a day, or on it."""
    asked = select(BankStatement).where(BankStatement.bank_account_id == account_id, BankStatement.last_on <= first)
    return db.session.scalar(asked.order_by(BankStatement.last_on.desc(), BankStatement.id.desc()).limit(1))


def statement_after(account_id: int, last: date) -> BankStatement | None:
    """The account's statement that begins first after a day, or on it."""
    asked = select(BankStatement).where(BankStatement.bank_account_id == account_id, BankStatement.first_on >= last)
    return db.session.scalar(asked.order_by(BankStatement.first_on, BankStatement.id).limit(1))


def statements_reach() -> date | None:
    """The last day of the newest statement; None where none was ever imported."""
    return db.session.scalar(select(func.max(BankStatement.last_on)))


def lines_of(statement_id: int, state: LineState) -> list[StatementLine]:
    """A statement's lines in a state, in the order of the file."""
    asked = select(StatementLine).where(StatementLine.statement_id == statement_id, StatementLine.state == state)
    return list(db.session.scalars(asked.order_by(StatementLine.id).execution_options(populate_existing=True)))


def booked_since(account_id: int, day: date) -> list[StatementLine]:
    """Money in that was booked from lines of these days: what a reversal may take back."""
    asked = select(StatementLine).where(
        StatementLine.bank_account_id == account_id,
        StatementLine.day >= day,
        StatementLine.state == LineState.ALLOCATED,
        StatementLine.payment_id.is_not(None),
    )
    return list(db.session.scalars(asked.order_by(StatementLine.day, StatementLine.id)))


def payments_with_line(payment_ids: Sequence[int]) -> set[int]:
    """Those of these payments that a line stands behind already."""
    asked = select(StatementLine.payment_id).where(StatementLine.payment_id.in_(payment_ids))
    return {found for found in db.session.scalars(asked) if found is not None}


def payer_texts(limit: int = 2000) -> list[tuple[int, str]]:
    """Customer and text of the lines that people decided last: what payers are learned from."""
    asked = select(StatementLine.customer_id, StatementLine.description).where(
        StatementLine.state == LineState.ALLOCATED,
        StatementLine.decided_by.is_not(None),
        StatementLine.customer_id.is_not(None),
    )
    rows = db.session.execute(asked.order_by(StatementLine.id.desc()).limit(limit))
    return [(int(customer_id), text) for customer_id, text in rows if customer_id is not None]


def lock_line(line_id: int) -> StatementLine:
    """The line as it stands now, held until the transaction ends, and written so that a cluster sees it.

    Raises NotFound. Locked before the customer, by everybody who locks lines.
    """
    asked = select(StatementLine).where(StatementLine.id == line_id)
    line = db.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if line is None:
        raise NotFound(f"no statement line {line_id}")
    line.version += 1
    return line


def line(line_id: int) -> LineInfo:
    """One line. Raises NotFound."""
    found = db.session.execute(
        select(*StatementLine.__table__.columns).where(StatementLine.id == line_id)
    ).one_or_none()
    if found is None:
        raise NotFound(f"no statement line {line_id}")
    return line_info(found)


def lines_page(which: str, after: str | None, limit: int) -> Page[LineInfo]:
    """Lines that are left, oldest first; or those booked or set aside, newest first."""
    conditions: dict[str, ColumnElement[bool]] = {
        "booked": StatementLine.state == LineState.ALLOCATED,
        "aside": StatementLine.state == LineState.IGNORED,
        "certain": StatementLine.state.in_([state.value for state in MOVING]),
        "suspense": StatementLine.state == LineState.SUSPENSE,
    }
    found = conditions.get(which, StatementLine.state.in_([state.value for state in LEFT]))
    newest_first = which in ("booked", "aside")
    asked = select(*StatementLine.__table__.columns).where(found)
    return fetch(asked, Sort(StatementLine.id, StatementLine.id, descending=newest_first), after, limit).map(line_info)


def tally(today: date) -> Tally:
    """The figures above the work list, in one question over what is left and the last thirty days."""
    recent = StatementLine.day >= today - timedelta(days=30)
    left = StatementLine.state.in_([state.value for state in LEFT])
    moving = StatementLine.state.in_([state.value for state in MOVING])
    booked = and_(StatementLine.state == LineState.ALLOCATED, recent)
    suspense = StatementLine.state == LineState.SUSPENSE
    by_person = StatementLine.decided_by.is_not(None)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = db.session.execute(
        select(
            count(and_(booked, ~by_person)),
            count(and_(booked, by_person)),
            count(left),
            count(moving),
            func.coalesce(func.sum(case((left, func.abs(StatementLine.amount_cents)), else_=0)), 0),
            count(suspense),
            func.coalesce(func.sum(case((suspense, StatementLine.amount_cents), else_=0)), 0),
        ).where(or_(left, moving, booked, suspense))
    ).one()
    alone, people, waiting, on_the_way, cents, parked, held = (int(value) for value in row)
    return Tally(alone, people, waiting, on_the_way, Money.zar(cents), parked, Money.zar(held))


def imports(limit: int) -> list[ImportInfo]:
    """The last imports, newest first."""
    rows = db.session.scalars(select(BankStatement).order_by(BankStatement.id.desc()).limit(limit))
    return [
        ImportInfo(
            row.id, row.bank_account_id, row.file_name, row.layout, row.first_on, row.last_on, row.added, row.already,
            row.gap, row.imported_at,
        )
        for row in rows
    ]  # fmt: skip


def line_info(row: AnyRow) -> LineInfo:
    """The value of a row of all columns of a line."""
    return LineInfo(
        id=row.id,
        account_id=row.bank_account_id,
        day=row.day,
        amount=Money(row.amount_cents, row.currency),
        fee=Money(row.fee_cents, row.currency),
        description=row.description,
        reference=row.reference,
        state=LineState(row.state),
        reasons=tuple(row.reasons),
        offers=tuple(_offer(each) for each in row.candidates),
        payment_id=row.payment_id,
        journal_id=row.journal_id,
        reason=row.reason,
        by_itself=row.decided_by is None,
        version=row.version,
    )


def _offer(kept: CandidateJson) -> Offer:
    payment = kept["payment"]
    return Offer(kept["why"], kept["invoice"], int(payment) if payment else None)


def left_count() -> ScalarSelect[int]:
    """How many lines wait for a person."""
    left = StatementLine.state.in_([state.value for state in LEFT])
    return select(func.count(StatementLine.id)).where(left).scalar_subquery()
