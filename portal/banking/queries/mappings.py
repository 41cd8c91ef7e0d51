"""Columns that people named for files of an account."""

from __future__ import annotations

from sqlalchemy import select

from portal.banking.models import MappedColumns
from portal.banking.types.mappings import ColumnMapping
from portal.core.errors import NotFound
from portal.platform.db import db


def in_force(account_id: int) -> list[ColumnMapping]:
    """The mappings of an account that are switched on."""
    asked = select(MappedColumns).where(MappedColumns.bank_account_id == account_id, MappedColumns.active)
    return [info(row) for row in db.session.scalars(asked.order_by(MappedColumns.id))]


def every() -> list[ColumnMapping]:
    """All mappings, by account and name."""
    asked = select(MappedColumns).order_by(MappedColumns.bank_account_id, MappedColumns.name, MappedColumns.id)
    return [info(row) for row in db.session.scalars(asked.limit(200))]


def lock_signature(account_id: int, signature: str) -> MappedColumns | None:
    """The mapping for these headings, held until the transaction ends; None when there is none."""
    asked = select(MappedColumns).where(
        MappedColumns.bank_account_id == account_id, MappedColumns.signature == signature
    )
    return _locked(db.session.scalar(asked.with_for_update().execution_options(populate_existing=True)))


def lock_mapping(mapping_id: int) -> MappedColumns:
    """A mapping as it stands now, held until the transaction ends. Raises NotFound."""
    asked = select(MappedColumns).where(MappedColumns.id == mapping_id)
    row = _locked(db.session.scalar(asked.with_for_update().execution_options(populate_existing=True)))
    if row is None:
        raise NotFound(f"no column mapping {mapping_id}")
    return row


def _locked(row: MappedColumns | None) -> MappedColumns | None:
    if row is not None:
        row.version += 1
    return row


def info(row: MappedColumns) -> ColumnMapping:
    """The value of a row."""
    return ColumnMapping(
        row.id, row.bank_account_id, row.name, row.signature, dict(row.roles), tuple(row.headings), row.turned,
        row.active, row.changed_at, row.version,
    )  # fmt: skip
