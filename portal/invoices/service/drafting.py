"""Invoices that staff write by hand: kept, looked at, issued or discarded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.core.vat import NoRate, VatCode
from portal.invoices import queries
from portal.invoices.errors import NotIssuable
from portal.invoices.models import DraftJson, DraftLineJson, DraftRow
from portal.invoices.queries import drafts
from portal.invoices.service.finding import assembled, by_number
from portal.invoices.service.issuing import compose, issue
from portal.invoices.types import DraftLine, InvoiceDocument, InvoiceDraft, InvoiceInfo
from portal.invoices.types.drafts import DraftInfo, DraftState, DraftView, check_draft_move, days_late
from portal.platform import audit, idempotency
from portal.platform.db import db
from portal.platform.paging import Page

ISSUE = "invoices.issue-draft"
PAGE = 50
MOST_LINES = 100


def save(draft: InvoiceDraft, *, by: str, draft_id: int | None = None, seen_version: int = 0) -> DraftInfo:
    """Keep what was written, new or instead of what a draft held. It need not be complete yet. Flushes.

    Raises BadInput for more lines than an invoice takes, Conflict when somebody changed the draft meanwhile,
    IllegalMove when it was issued or discarded, NotFound.
    """
    if len(draft.lines) > MOST_LINES:
        raise BadInput(f"An invoice has at most {MOST_LINES} lines.")
    customer = accounts.customer(draft.customer_id)
    row = DraftRow(state=DraftState.DRAFT.value) if draft_id is None else _held(draft_id, seen_version)
    check_draft_move(draft_id or 0, DraftState(row.state), DraftState.DRAFT)
    row.customer_id, row.customer_code, row.customer_name = customer.id, customer.code, customer.name
    row.body, row.written_by, row.changed_at = _kept(draft), by, clock.now()
    row.currency = draft.lines[0].unit_price.currency if draft.lines else "ZAR"
    made, _ = _document(draft)
    row.total_cents = made.info.total.cents if made else 0
    db.session.add(row)
    db.session.flush()
    return drafts.info(row)


def view(draft_id: int) -> DraftView:
    """A draft and the invoice it would become today. Raises NotFound."""
    row = drafts.row(draft_id)
    if row is None:
        raise NotFound(f"no draft {draft_id}")
    draft = _draft(row)
    document, refused = _document(draft)
    return DraftView(drafts.info(row), draft, document, refused)


def issue_draft(draft_id: int, *, seen_version: int, key: str) -> InvoiceInfo:
    """Make the draft an invoice, as it was looked at. Flushes. The same key answers as the first time.

    Locks customer and draft, then takes the number. Raises NotIssuable, Conflict when it was changed after it was
    looked at, IllegalMove when it was issued or discarded, NotFound. Source: docs/rules/invoices.md I16 and I17.
    """
    seen = view(draft_id).info
    accounts.lock_customer(seen.customer_id)
    if (earlier := idempotency.answer_to(key, ISSUE)) is not None:
        return by_number(str(earlier["number"]))
    row = _held(draft_id, seen_version)
    check_draft_move(draft_id, DraftState(row.state), DraftState.ISSUED)
    draft = _draft(row)
    made = issue(draft)
    row.state, row.invoice_number, row.total_cents = DraftState.ISSUED.value, made.number, made.total.cents
    if late := days_late(draft.supplied_on, made.issued_on):
        audit.record("invoice.issued-late", made.number, after={"days": late, "supplied_on": str(draft.supplied_on)})
    idempotency.remember(key, ISSUE, {"number": made.number})
    db.session.flush()
    return made


def discard(draft_id: int, *, seen_version: int) -> None:
    """The draft is not going to be issued. Flushes. Raises what `issue_draft` raises."""
    accounts.lock_customer(view(draft_id).info.customer_id)
    row = _held(draft_id, seen_version)
    check_draft_move(draft_id, DraftState(row.state), DraftState.DISCARDED)
    row.state = DraftState.DISCARDED.value
    audit.record("invoice-draft.discarded", f"draft {draft_id}", after={"customer": row.customer_code})
    db.session.flush()


def list_page(
    after: str | None = None, limit: int = PAGE, *, state: DraftState = DraftState.DRAFT, oldest: bool = False
) -> Page[DraftInfo]:
    """Drafts of a state, newest first; those that are not decided unless another is asked for."""
    return drafts.page(state, after, limit, oldest=oldest)


def _held(draft_id: int, seen_version: int) -> DraftRow:
    row = drafts.lock(draft_id)
    if row is None:
        raise NotFound(f"no draft {draft_id}")
    if row.state == DraftState.DRAFT and row.version - 1 != seen_version:
        raise Conflict("Somebody changed this draft after you opened it. Look at it once more.")
    return row


def _document(draft: InvoiceDraft) -> tuple[InvoiceDocument | None, str]:
    """What it would be, or why it cannot be."""
    try:
        row, lines = compose(draft, accounts.customer(draft.customer_id))
    except (NotIssuable, NoRate) as error:
        return None, error.words
    row.id, row.number, row.reference = 0, "Draft", ""
    for position, line in enumerate(lines, 1):
        line.id = position
    return assembled(row, tuple(queries.line(line, row.currency) for line in lines)), ""


def _kept(draft: InvoiceDraft) -> DraftJson:
    return DraftJson(
        lines=[
            DraftLineJson(
                sku=line.sku, description=line.description, quantity=f"{line.quantity:f}", unit=line.unit,
                price_cents=line.unit_price.cents, discount=line.discount, vat_code=line.vat_code.value,
            )
            for line in draft.lines
        ],
        po_number=draft.po_number,
        discount=draft.discount,
        carriage_cents=draft.carriage.cents if draft.carriage else 0,
        supplied_on=draft.supplied_on.isoformat() if draft.supplied_on else "",
        delivery=list(draft.delivery),
    )  # fmt: skip


def _draft(row: DraftRow) -> InvoiceDraft:
    body, currency = row.body, row.currency
    return InvoiceDraft(
        customer_id=row.customer_id,
        lines=tuple(
            DraftLine(
                line["description"], line["sku"], Decimal(line["quantity"]), line["unit"],
                Money(line["price_cents"], currency), VatCode(line["vat_code"]), line["discount"],
            )
            for line in body["lines"]
        ),
        po_number=body["po_number"],
        delivery=tuple(body["delivery"]),
        discount=body["discount"],
        carriage=Money(body["carriage_cents"], currency) if body["carriage_cents"] else None,
        supplied_on=date.fromisoformat(body["supplied_on"]) if body["supplied_on"] else None,
    )  # fmt: skip
