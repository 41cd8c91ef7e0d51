"""Drafts of invoices."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.money import Money
from portal.invoices.models import DraftRow
from portal.invoices.types.drafts import DraftInfo, DraftState
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch

_COLUMNS = (
    DraftRow.id, DraftRow.customer_id, DraftRow.customer_code, DraftRow.customer_name, DraftRow.currency,
    DraftRow.total_cents, DraftRow.state, DraftRow.invoice_number, DraftRow.written_by, DraftRow.changed_at,
    DraftRow.version,
)  # fmt: skip


def info(row: DraftRow | AnyRow) -> DraftInfo:
    """The value of a draft."""
    return DraftInfo(
        row.id, row.customer_id, row.customer_code, row.customer_name, Money(row.total_cents, row.currency),
        DraftState(row.state), row.invoice_number, row.written_by, row.changed_at, row.version,
    )  # fmt: skip


def row(draft_id: int) -> DraftRow | None:
    """One draft with all it holds."""
    return db.session.get(DraftRow, draft_id)


def lock(draft_id: int) -> DraftRow | None:
    """The draft as it stands now, held until the transaction ends; the caller holds its customer's lock."""
    found = db.session.scalar(
        select(DraftRow).where(DraftRow.id == draft_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is not None:
        found.version += 1
    return found


def page(state: DraftState, after: str | None, limit: int, *, oldest: bool = False) -> Page[DraftInfo]:
    """Drafts of a state, newest first."""
    query = select(*_COLUMNS).where(DraftRow.state == state)
    return fetch(query, Sort(DraftRow.id, DraftRow.id, descending=not oldest), after, limit).map(info)
