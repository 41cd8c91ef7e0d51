"""Ladders, reminders, disputes, promises and interest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Date, ScalarSelect, func, literal, null, select, true, type_coerce, union_all

from portal.core.money import Money
from portal.invoices import queries
from portal.invoices.models import Dispute, InterestCharge, Invoice, PromiseToPay, Reminder, ReminderLadder
from portal.invoices.types import InvoiceInfo
from portal.invoices.types.dunning import DisputeInfo, DisputeState, PromiseState, ReminderInfo, Said
from portal.platform.db import Moment, db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch


def ladders(owners: Iterable[int]) -> dict[int, ReminderLadder]:
    """The ladders of these owners; 0 is everybody's."""
    rows = db.session.scalars(
        select(ReminderLadder).where(ReminderLadder.owner.in_(list(owners))).execution_options(populate_existing=True)
    )
    return {row.owner: row for row in rows}


def lock_ladder(owner: int) -> ReminderLadder | None:
    """A ladder as it stands now, held until the transaction ends."""
    return db.session.scalar(
        select(ReminderLadder)
        .where(ReminderLadder.owner == owner)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def late_customers(today: date) -> list[int]:
    """Customers with an open invoice whose due day is past."""
    query = select(Invoice.customer_id).where(Invoice.is_open == true(), Invoice.due_on < today).distinct()
    return list(db.session.scalars(query.order_by(Invoice.customer_id)))


def reached(customer_id: int) -> dict[int, int]:
    """The highest step each open invoice of a customer was reminded at."""
    rows = db.session.execute(
        select(Reminder.invoice_id, func.max(Reminder.level))
        .join(Invoice, Invoice.id == Reminder.invoice_id)
        .where(Reminder.customer_id == customer_id, Invoice.is_open == true())
        .group_by(Reminder.invoice_id)
    )
    return dict(rows.all())


def reminders_page(after: str | None, limit: int, *, oldest: bool = False) -> Page[ReminderInfo]:
    """Reminders of all customers, newest first."""
    query: AnySelect = select(
        Reminder.id, Invoice.number, Invoice.customer_code, Invoice.recipient_name, Reminder.level,
        Reminder.balance_cents, Invoice.currency, Reminder.days_overdue, Reminder.sent_at,
    ).join(Invoice, Invoice.id == Reminder.invoice_id)  # fmt: skip
    return fetch(query, Sort(Reminder.id, Reminder.id, descending=not oldest), after, limit).map(_reminder)


def _reminder(row: AnyRow) -> ReminderInfo:
    return ReminderInfo(
        row.id, row.number, row.customer_code, row.recipient_name, row.level, Money(row.balance_cents, row.currency),
        row.days_overdue, row.sent_at,
    )  # fmt: skip


_DISPUTE = (
    Dispute.id, Dispute.invoice_id, Invoice.number.label("invoice_number"), Dispute.customer_id,
    Invoice.recipient_name.label("recipient"), Dispute.state, Dispute.words, Dispute.raised_by, Dispute.raised_at,
    Dispute.answer, Dispute.answered_by, Dispute.answered_at, Dispute.closed_at, Dispute.version,
)  # fmt: skip


def _dispute(row: AnyRow) -> DisputeInfo:
    return DisputeInfo(
        row.id, row.invoice_id, row.invoice_number, row.customer_id, row.recipient, DisputeState(row.state), row.words,
        row.raised_by, row.raised_at, row.answer, row.answered_by, row.answered_at, row.closed_at, row.version,
    )  # fmt: skip


def disputes_of(invoice_id: int) -> list[DisputeInfo]:
    """The disputes of an invoice, newest first."""
    query = select(*_DISPUTE).join(Invoice, Invoice.id == Dispute.invoice_id).where(Dispute.invoice_id == invoice_id)
    return [_dispute(row) for row in db.session.execute(query.order_by(Dispute.id.desc()))]


def dispute(dispute_id: int) -> DisputeInfo | None:
    """One dispute."""
    query = select(*_DISPUTE).join(Invoice, Invoice.id == Dispute.invoice_id).where(Dispute.id == dispute_id)
    row = db.session.execute(query).one_or_none()
    return None if row is None else _dispute(row)


def lock_dispute(dispute_id: int) -> Dispute | None:
    """A dispute as it stands now, held until the transaction ends; the caller holds its customer and invoice."""
    row = db.session.scalar(
        select(Dispute).where(Dispute.id == dispute_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def disputes_page(state: DisputeState, after: str | None, limit: int, *, oldest: bool = False) -> Page[DisputeInfo]:
    """Disputes of a state, newest first."""
    query = select(*_DISPUTE).join(Invoice, Invoice.id == Dispute.invoice_id).where(Dispute.state == state)
    return fetch(query, Sort(Dispute.id, Dispute.id, descending=not oldest), after, limit).map(_dispute)


def open_disputes() -> ScalarSelect[int]:
    """How many wait for an answer or an end, as a subquery."""
    return select(func.count()).select_from(Dispute).where(Dispute.state == DisputeState.OPEN).scalar_subquery()


def running_promises(customer_id: int) -> list[PromiseToPay]:
    """The customer's promises nobody has kept, broken or replaced yet, locked in the order of their ids."""
    query = select(PromiseToPay).where(
        PromiseToPay.customer_id == customer_id, PromiseToPay.state == PromiseState.RUNNING
    )
    return list(
        db.session.scalars(query.order_by(PromiseToPay.id).with_for_update().execution_options(populate_existing=True))
    )


def said_of(invoice_id: int) -> list[Said]:
    """Disputes, promises and reminders of an invoice, oldest first, in one question."""
    nothing, no_day, no_moment = literal(""), type_coerce(null(), Date), type_coerce(null(), Moment)
    disputes = select(
        literal("dispute").label("kind"), Dispute.state, Dispute.words, Dispute.raised_by.label("by"),
        Dispute.raised_at.label("at"), Dispute.answer, Dispute.answered_by, Dispute.answered_at, no_day.label("day"),
        literal(0).label("level"),
    ).where(Dispute.invoice_id == invoice_id)  # fmt: skip
    promises = select(
        literal("promise"), PromiseToPay.state, PromiseToPay.words, PromiseToPay.made_by, PromiseToPay.made_at, nothing,
        nothing, no_moment, PromiseToPay.promised_on, literal(0),
    ).where(PromiseToPay.invoice_id == invoice_id)  # fmt: skip
    reminders = select(
        literal("reminder"), nothing, nothing, nothing, Reminder.sent_at, nothing, nothing, no_moment, no_day,
        Reminder.level,
    ).where(Reminder.invoice_id == invoice_id)  # fmt: skip
    rows: Iterable[AnyRow] = db.session.execute(union_all(disputes, promises, reminders))
    found = [Said(*row) for row in rows]
    return sorted(found, key=lambda each: each.at)


def charged_until(invoice_ids: list[int]) -> dict[int, date]:
    """Up to which day each of these invoices was charged interest."""
    rows = db.session.execute(
        select(InterestCharge.invoice_id, func.max(InterestCharge.until))
        .where(InterestCharge.invoice_id.in_(invoice_ids))
        .group_by(InterestCharge.invoice_id)
    )
    return dict(rows.all())


def interest_invoices(invoice_ids: list[int]) -> set[int]:
    """Those of these invoices that charge interest themselves."""
    return set(db.session.scalars(select(InterestCharge.charged_by).where(InterestCharge.charged_by.in_(invoice_ids))))


def overdue_of(customer_id: int, today: date) -> list[InvoiceInfo]:
    """The customer's open invoices whose due day is past."""
    return [each for each in queries.open_invoices_of(customer_id) if each.due_on < today]
