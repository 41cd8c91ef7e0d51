"""Rules that set lines aside, as staff changed and added them."""

from __future__ import annotations

from sqlalchemy import select

from portal.banking.models import AsideRow, StatementLine
from portal.banking.queries import line_info
from portal.banking.types import LineInfo
from portal.platform.db import db


def written() -> list[AsideRow]:
    """What staff wrote, in the order in which it was first written."""
    return list(db.session.scalars(select(AsideRow).order_by(AsideRow.id).execution_options(populate_existing=True)))


def lock_rule(code: str) -> AsideRow | None:
    """What staff wrote for a rule, held until the transaction ends; None while they wrote nothing."""
    asked = select(AsideRow).where(AsideRow.code == code)
    row = db.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is not None:
        row.version += 1
    return row


def recent_lines(limit: int) -> list[LineInfo]:
    """The lines that were imported last, newest first."""
    asked = select(*StatementLine.__table__.columns).order_by(StatementLine.id.desc()).limit(limit)
    return [line_info(row) for row in db.session.execute(asked)]
