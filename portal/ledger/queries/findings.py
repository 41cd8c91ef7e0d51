"""What checks found broken: since when, until when, and whose money it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from portal.core.errors import NotFound
from portal.ledger.models import CheckRun, Finding
from portal.ledger.types import CheckRunInfo, FindingInfo
from portal.platform import paging
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort


def _parks() -> ColumnElement[bool]:
    return and_(Finding.sound_at.is_(None), Finding.lifted_at.is_(None))


def parking(customer_id: int | None, invoice_id: int | None, limit: int) -> list[FindingInfo]:
    """Open, unlifted findings that name this invoice, or else anything of this customer's."""
    whose = Finding.invoice_id == invoice_id if invoice_id is not None else Finding.customer_id == customer_id
    rows = db.session.scalars(select(Finding).where(_parks(), whose).order_by(Finding.id).limit(limit))
    return [info(row) for row in rows]


def is_parked(customer_id: int, invoice_ids: list[int] | None) -> bool:
    """Whether the customer itself is parked, or one of these invoices; None asks for any invoice of the customer's."""
    mine = Finding.customer_id == customer_id
    if invoice_ids is not None:
        mine = or_(and_(mine, Finding.invoice_id.is_(None)), Finding.invoice_id.in_(invoice_ids))
    return bool(db.session.scalar(select(exists().where(_parks(), mine))))


def any_parking() -> bool:
    """Whether anything is broken that nobody lifted."""
    return bool(db.session.scalar(select(exists().where(_parks()))))


def open_rows() -> dict[tuple[str, str], Finding]:
    """All findings that are not sound again, by invariant and row, locked."""
    rows = db.session.scalars(
        select(Finding)
        .where(Finding.sound_at.is_(None))
        .order_by(Finding.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.invariant, row.row): row for row in rows}


def lock_finding(finding_id: int) -> Finding:
    """One of them, locked and fresh. Raises NotFound."""
    row = db.session.scalar(
        select(Finding).where(Finding.id == finding_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"no finding {finding_id}")
    row.version += 1
    return row


def page(only_open: bool, after: str | None, limit: int, *, oldest: bool = False) -> Page[FindingInfo]:
    """Findings, newest first."""
    asked = select(*Finding.__table__.columns)
    if only_open:
        asked = asked.where(Finding.sound_at.is_(None)).with_hint(Finding, "FORCE INDEX (ix_finding_sound)", "mysql")
    return paging.fetch(asked, Sort(Finding.id, Finding.id, descending=not oldest), after, limit).map(info)


def info(row: Finding | AnyRow) -> FindingInfo:
    """The value of a row."""
    return FindingInfo(
        row.id, row.invariant, row.row, row.words, row.customer_id, row.invoice_id, row.found_at, row.sound_at,
        row.lifted_at, row.lifted_by_id, row.lift_reason, row.version,
    )  # fmt: skip


def runs() -> list[CheckRunInfo]:
    """The last run of each kind of check."""
    rows = db.session.scalars(select(CheckRun).order_by(CheckRun.kind).execution_options(populate_existing=True))
    return [CheckRunInfo(row.kind, row.at, row.asked, row.problems) for row in rows]


def note_run(kind: str, at: datetime, asked: int, problems: int) -> None:
    """Keep when a kind of check ran."""
    row = db.session.get(CheckRun, kind, with_for_update=True) or CheckRun(kind=kind)
    row.at, row.asked, row.problems = at, asked, problems
    db.session.add(row)
    db.session.flush()
