"""Files of opening balances."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.errors import NotFound
from portal.core.money import Money
from portal.payments.models import OpeningImport
from portal.payments.types.opening import OpeningInfo, OpeningState
from portal.platform.db import db


def lock_by_hash(sha256: str) -> OpeningImport | None:
    """The file with these bytes, held."""
    return db.session.scalar(
        select(OpeningImport)
        .where(OpeningImport.sha256 == sha256)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def by_id(import_id: int) -> OpeningImport | None:
    """One file, with its bytes."""
    return db.session.scalar(
        select(OpeningImport).where(OpeningImport.id == import_id).execution_options(populate_existing=True)
    )


def lock(import_id: int) -> OpeningImport:
    """One file, fresh and held; its version rises while it is a draft. Raises NotFound."""
    row = db.session.scalar(
        select(OpeningImport)
        .where(OpeningImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"no file of opening balances {import_id}")
    if row.state == OpeningState.DRAFT:
        row.version += 1
    return row


def newest(limit: int = 50) -> list[OpeningInfo]:
    """Files without their bytes, newest first."""
    columns = [column for column in OpeningImport.__table__.columns if column.key != "body"]
    return [info(row) for row in db.session.execute(select(*columns).order_by(OpeningImport.id.desc()).limit(limit))]


def info(row: object) -> OpeningInfo:
    """The value of a row."""
    given: OpeningImport = row  # type: ignore[assignment]
    return OpeningInfo(
        given.id, OpeningState(given.state), given.file_name, given.day, given.made_at, given.made_by_id,
        given.customers, given.invoices, given.credits, Money.zar(given.owed_cents), Money.zar(given.credit_cents),
    )  # fmt: skip
