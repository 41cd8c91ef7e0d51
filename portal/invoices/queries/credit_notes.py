"""Questions to the tables of credit notes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, or_, select

from portal.core.exchange import HOME
from portal.core.money import Money
from portal.core.vat import LineAmounts
from portal.invoices import queries
from portal.invoices.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from portal.invoices.types.credit import CreditNoteInfo, Part
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort, fetch

_COLUMNS = (
    CreditNote.id, CreditNote.number, CreditNote.invoice_id, Invoice.number.label("invoice_number"),
    CreditNote.customer_id, CreditNote.customer_code, CreditNote.recipient_name, CreditNote.issued_on,
    CreditNote.currency, CreditNote.net_cents, CreditNote.vat_cents, CreditNote.total_cents, CreditNote.freed_cents,
    CreditNote.reason, CreditNote.rand_cents, Invoice.rate_micros, Invoice.rate_day, Invoice.export_to,
)  # fmt: skip
#: What is printed beside the list's own columns.
_PRINTED = (CreditNote.issued_at, CreditNote.supplier, CreditNote.recipient, Invoice.issued_on.label("invoice_issued"))


def info(row: AnyRow) -> CreditNoteInfo:
    """The value of a row of the list's columns."""
    currency = row.currency
    return CreditNoteInfo(
        id=row.id,
        number=row.number,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        recipient=row.recipient_name,
        issued_on=row.issued_on,
        net=Money(row.net_cents, currency),
        vat=Money(row.vat_cents, currency),
        total=Money(row.total_cents, currency),
        freed=Money(row.freed_cents, currency),
        reason=row.reason,
        rand=None if row.rand_cents is None else Money(row.rand_cents, HOME),
        rate_micros=row.rate_micros,
        rate_day=row.rate_day,
        export_to=row.export_to or "",
    )


def printed(number: str) -> AnyRow | None:
    """A credit note with all it prints but its lines."""
    query = select(*_COLUMNS, *_PRINTED).join(Invoice, Invoice.id == CreditNote.invoice_id)
    return db.session.execute(query.where(CreditNote.number == number)).one_or_none()


def by_number(number: str) -> CreditNoteInfo | None:
    """One credit note."""
    row = printed(number)
    return None if row is None else info(row)


def of_invoice(invoice_id: int) -> list[CreditNoteInfo]:
    """The credit notes of an invoice, in the order they were issued."""
    query = select(*_COLUMNS).join(Invoice, Invoice.id == CreditNote.invoice_id)
    rows = db.session.execute(query.where(CreditNote.invoice_id == invoice_id).order_by(CreditNote.id))
    return [info(row) for row in rows]


def page(
    customer_id: int | None, search: str, after: str | None, limit: int, *, oldest: bool = False
) -> Page[CreditNoteInfo]:
    """Credit notes, newest first; customer_id: None for those of all customers."""
    query = select(*_COLUMNS).join(Invoice, Invoice.id == CreditNote.invoice_id)
    if customer_id is not None:
        query = query.where(CreditNote.customer_id == customer_id)
    if search:
        text = search.upper()
        query = query.where(
            or_(
                CreditNote.number.startswith(text, autoescape=True),
                Invoice.number.startswith(text, autoescape=True),
                CreditNote.customer_code == text,
                CreditNote.recipient_name.startswith(search, autoescape=True),
            )
        )
    return fetch(query, Sort(CreditNote.id, CreditNote.id, descending=not oldest), after, limit).map(info)


def taken_back(invoice_id: int) -> dict[int, Decimal]:
    """How much of each line of an invoice credit notes took back, by the line's position."""
    rows = db.session.execute(
        select(InvoiceLine.position, func.sum(CreditNoteLine.quantity_milli))
        .join(CreditNoteLine, CreditNoteLine.invoice_line_id == InvoiceLine.id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .group_by(InvoiceLine.position)
    )
    return {position: Decimal(int(milli)).scaleb(-3).normalize() for position, milli in rows}


def parts_of(credit_note_id: int, currency: str) -> tuple[Part, ...]:
    """The lines of a credit note, in their order, each with the invoice's line that it takes back."""
    rows = db.session.execute(
        select(CreditNoteLine, InvoiceLine)
        .join(InvoiceLine, InvoiceLine.id == CreditNoteLine.invoice_line_id)
        .where(CreditNoteLine.credit_note_id == credit_note_id)
        .order_by(CreditNoteLine.position)
    )
    return tuple(_part(taken, line, currency) for taken, line in rows)


def _part(taken: CreditNoteLine, line: InvoiceLine, currency: str) -> Part:
    kept = queries.line(line, currency)
    amounts = LineAmounts(
        Money(taken.net_cents, currency), Money(taken.vat_cents, currency), Money(taken.gross_cents, currency),
        kept.rate, kept.vat_code,
    )  # fmt: skip
    return Part(kept, Decimal(taken.quantity_milli).scaleb(-3).normalize(), amounts)


def sums_disagree(limit: int) -> Iterable[tuple[str, int, int]]:
    """(invoice number, credited by its own row, credited by its credit notes) where these differ."""
    by_notes = func.coalesce(func.sum(CreditNote.total_cents), 0)
    rows = db.session.execute(
        select(Invoice.number, Invoice.credited_cents, by_notes)
        .outerjoin(CreditNote, CreditNote.invoice_id == Invoice.id)
        .where(or_(Invoice.credited_cents > 0, CreditNote.id.is_not(None)))
        .group_by(Invoice.id, Invoice.number, Invoice.credited_cents)
        .having(by_notes != Invoice.credited_cents)
        .limit(limit)
    )
    return [(number, int(stored), int(counted)) for number, stored, counted in rows]


def lines_disagree(limit: int) -> list[str]:
    """Numbers of credit notes whose lines do not add up to them."""
    query = (
        select(CreditNote.number)
        .outerjoin(CreditNoteLine, CreditNoteLine.credit_note_id == CreditNote.id)
        .group_by(CreditNote.id, CreditNote.number, CreditNote.net_cents, CreditNote.vat_cents)
        .having(
            or_(
                func.coalesce(func.sum(CreditNoteLine.net_cents), 0) != CreditNote.net_cents,
                func.coalesce(func.sum(CreditNoteLine.vat_cents), 0) != CreditNote.vat_cents,
            )
        )
    )
    return list(db.session.scalars(query.limit(limit)))
