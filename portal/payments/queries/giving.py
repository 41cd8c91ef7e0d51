"""Write-offs and refunds: single ones, their locks, their lists, and how much of a payment refunds hold."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.errors import NotFound
from portal.core.money import Money
from portal.payments.models import Payment, Refund, RefundFile, WriteOff
from portal.payments.types import UNDER_WAY
from portal.payments.types.giving import (
    REFUND_HOLDS,
    REFUND_UNDER_WAY,
    Beneficiary,
    RefundFileInfo,
    RefundInfo,
    RefundState,
    WriteOffInfo,
    WriteOffKind,
    WriteOffState,
)
from portal.platform import paging
from portal.platform.db import db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort

Row = TypeVar("Row", WriteOff, Refund)


def write_off_of(write_off_id: int) -> WriteOffInfo:
    """One write-off. Raises NotFound."""
    return write_off_info(_one(WriteOff, WriteOff.id, write_off_id))


def lock_write_off(write_off_id: int) -> WriteOff:
    """One write-off, fresh and held. The caller holds its customer and its invoice. Raises NotFound."""
    return _one(WriteOff, WriteOff.id, write_off_id, lock=True)


def refund_of(refund_id: int) -> RefundInfo:
    """One refund. Raises NotFound."""
    return refund_info(_one(Refund, Refund.id, refund_id))


def lock_refund(refund_id: int) -> Refund:
    """One refund, fresh and held. The caller holds its customer and its payment. Raises NotFound."""
    return _one(Refund, Refund.id, refund_id, lock=True)


def _one(kind: type[Row], ident: InstrumentedAttribute[int], row_id: int, *, lock: bool = False) -> Row:
    asked = select(kind).where(ident == row_id).execution_options(populate_existing=True)
    row = db.session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotFound(f"no {kind.__tablename__} {row_id}")
    if lock:
        row.version += 1
    return row


def held_by_refunds(payment_id: int) -> int:
    """How many cents of a payment refunds hold or have given back. The caller holds the payment."""
    asked = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.payment_id == payment_id, Refund.state.in_([state.value for state in REFUND_HOLDS])
    )
    return int(db.session.scalar(asked) or 0)


def held_by_refunds_of(payment_ids: Sequence[int]) -> dict[int, int]:
    """The same for several payments, by id, in one question; those without any are left out."""
    asked = select(Refund.payment_id, func.sum(Refund.amount_cents)).where(
        Refund.payment_id.in_(payment_ids), Refund.state.in_([state.value for state in REFUND_HOLDS])
    )
    return {number: int(cents) for number, cents in db.session.execute(asked.group_by(Refund.payment_id))}


def refunds_of(payment_id: int, states: Sequence[RefundState] | frozenset[RefundState] = ()) -> list[RefundInfo]:
    """Refunds of a payment, newest first; of some states, or all."""
    asked = select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id.desc()).limit(50)
    if states:
        asked = asked.where(Refund.state.in_([state.value for state in states]))
    return [refund_info(row) for row in db.session.scalars(asked.execution_options(populate_existing=True))]


def of_gateway(payment_id: int) -> list[RefundInfo]:
    """Refunds of a payment that its gateway pays back, oldest first. The caller holds the payment."""
    asked = select(Refund).where(Refund.payment_id == payment_id, Refund.via != "").order_by(Refund.id)
    return [refund_info(row) for row in db.session.scalars(asked.execution_options(populate_existing=True))]


def under_way(customer_id: int) -> bool:
    """Whether a payment of the customer is announced, or a refund asked for, that has not come to its end."""
    coming = select(Payment.id).where(Payment.customer_id == customer_id, Payment.state.in_(list(UNDER_WAY))).limit(1)
    going = (
        select(Refund.id).where(Refund.customer_id == customer_id, Refund.state.in_(list(REFUND_UNDER_WAY))).limit(1)
    )
    return any(db.session.scalar(asked) is not None for asked in (coming, going))


def write_offs_of(invoice_id: int) -> list[WriteOffInfo]:
    """Write-offs of an invoice, newest first."""
    asked = select(WriteOff).where(WriteOff.invoice_id == invoice_id).order_by(WriteOff.id.desc()).limit(20)
    return [write_off_info(row) for row in db.session.scalars(asked.execution_options(populate_existing=True))]


def write_offs_page(
    state: WriteOffState | None, after: str | None, limit: int, *, oldest: bool = False
) -> Page[WriteOffInfo]:
    """Write-offs, newest first."""
    return _page(WriteOff, state, after, limit, oldest=oldest).map(write_off_info)


def refunds_page(state: RefundState | None, after: str | None, limit: int, *, oldest: bool = False) -> Page[RefundInfo]:
    """Refunds, newest first."""
    return _page(Refund, state, after, limit, oldest=oldest).map(refund_info)


def _page(
    kind: type[WriteOff] | type[Refund], state: StrEnum | None, after: str | None, limit: int, *, oldest: bool
) -> Page[AnyRow]:
    asked: AnySelect = select(*kind.__table__.columns)
    if state is not None:
        index = f"FORCE INDEX (ix_{kind.__tablename__}_state)"  # reliability.md E23
        asked = asked.where(kind.state == state.value).with_hint(kind, index, "mysql")
    return paging.fetch(asked, Sort(kind.id, kind.id, descending=not oldest), after, limit)


def refund_file(file_id: int) -> RefundFileInfo:
    """One file. Raises NotFound."""
    row = db.session.get(RefundFile, file_id)
    if row is None:
        raise NotFound(f"no refund file {file_id}")
    return _file_info(row)


def refund_files(limit: int = 20) -> list[RefundFileInfo]:
    """The newest files."""
    return [
        _file_info(row) for row in db.session.scalars(select(RefundFile).order_by(RefundFile.id.desc()).limit(limit))
    ]


def in_file(file_id: int) -> list[RefundInfo]:
    """The refunds of a file, in the order of their ids."""
    asked = select(Refund).where(Refund.file_id == file_id).order_by(Refund.id)
    return [refund_info(row) for row in db.session.scalars(asked.execution_options(populate_existing=True))]


def _file_info(row: RefundFile) -> RefundFileInfo:
    amount = Money(row.sum_cents, row.currency)
    return RefundFileInfo(row.id, row.made_at, row.made_by_id, row.bank_account_id, row.count, amount)


def write_off_info(row: WriteOff | AnyRow) -> WriteOffInfo:
    """The value of a row."""
    return WriteOffInfo(
        id=row.id,
        kind=WriteOffKind(row.kind),
        state=WriteOffState(row.state),
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        customer_name=row.customer_name,
        amount=Money(row.amount_cents, row.currency),
        vat=Money(row.vat_cents, row.currency),
        reason=row.reason,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        decision=row.decision,
        journal_id=row.journal_id,
    )


def refund_info(row: Refund | AnyRow) -> RefundInfo:
    """The value of a row."""
    return RefundInfo(
        id=row.id,
        state=RefundState(row.state),
        payment_id=row.payment_id,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        customer_name=row.customer_name,
        amount=Money(row.amount_cents, row.currency),
        to=Beneficiary(row.holder, row.bank, row.branch, row.account),
        reason=row.reason,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        decision=row.decision,
        file_id=row.file_id,
        paid_on=row.paid_on,
        journal_id=row.journal_id,
        paid_journal_id=row.paid_journal_id,
        via=row.via,
        gateway_number=row.gateway_number or "",
    )
