"""Statement files that were kept and looked at."""

from __future__ import annotations

from sqlalchemy import select

from portal.banking.models import StatementUpload
from portal.banking.types.uploads import Fate, UploadInfo, UploadState
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.platform.db import db


def lock_by_hash(account_id: int, sha256: str) -> StatementUpload | None:
    """The upload of these bytes for an account, held until the transaction ends; None when it never came."""
    asked = select(StatementUpload).where(
        StatementUpload.bank_account_id == account_id, StatementUpload.sha256 == sha256
    )
    return _locked(db.session.scalar(asked.with_for_update().execution_options(populate_existing=True)))


def lock_upload(upload_id: int) -> StatementUpload:
    """An upload as it stands now, held until the transaction ends. Raises NotFound."""
    asked = select(StatementUpload).where(StatementUpload.id == upload_id)
    row = _locked(db.session.scalar(asked.with_for_update().execution_options(populate_existing=True)))
    if row is None:
        raise NotFound(f"no upload {upload_id}")
    return row


def _locked(row: StatementUpload | None) -> StatementUpload | None:
    if row is not None:
        row.version += 1
    return row


def upload(upload_id: int) -> UploadInfo:
    """One upload. Raises NotFound."""
    asked = select(StatementUpload).where(StatementUpload.id == upload_id).execution_options(populate_existing=True)
    row = db.session.scalar(asked)
    if row is None:
        raise NotFound(f"no upload {upload_id}")
    return info(row)


def waiting(limit: int) -> list[UploadInfo]:
    """Files that were looked at or refused and not imported, newest first."""
    asked = select(StatementUpload).where(StatementUpload.state != UploadState.MADE.value)
    return [info(row) for row in db.session.scalars(asked.order_by(StatementUpload.id.desc()).limit(limit))]


def info(row: StatementUpload) -> UploadInfo:
    """The value of a row."""

    def money(cents: int | None) -> Money | None:
        return None if cents is None else Money(cents, row.currency)

    return UploadInfo(
        id=row.id,
        account_id=row.bank_account_id,
        file_name=row.file_name,
        sha256=row.sha256,
        state=UploadState(row.state),
        layout=row.layout,
        currency=row.currency,
        refusal=row.refusal,
        refused_row=row.refused_row,
        counts={
            Fate.ALONE: row.alone, Fate.WAITS: row.waits, Fate.ASIDE: row.aside, Fate.HERE: row.already,
        },
        first=row.first_on,
        last=row.last_on,
        opening=money(row.opening_cents),
        closing=money(row.closing_cents),
        moved=Money(row.moved_cents, row.currency),
        proved=row.proved,
        matched=row.matched,
        gap=row.gap,
        seen=row.seen,
        preview_key=row.preview_key,
        looked_at=row.looked_at,
        statement_id=row.statement_id,
        mapping_id=row.mapping_id,
    )  # fmt: skip
