"""Credit notes: the only thing that lowers an issued invoice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.exchange import HOME, part_of
from portal.core.money import Money
from portal.core.vat import by_rate
from portal.invoices import queries
from portal.invoices.models import CreditNote, CreditNoteLine, Invoice
from portal.invoices.queries import credit_notes
from portal.invoices.service.finding import invoice_row, party
from portal.invoices.service.issuing import take_number
from portal.invoices.service.parties import supplier
from portal.invoices.service.settling import move_to
from portal.invoices.types import LONGEST_REASON, RateRow, rate_words
from portal.invoices.types.credit import (
    CreditDraft,
    Crediting,
    CreditNoteDocument,
    CreditNoteInfo,
    CreditPreview,
    LineLeft,
    Part,
)
from portal.ledger import service as ledger
from portal.ledger.types import AccountKey, AccountKind, Draft, JournalKind, Line, RandLine
from portal.platform import audit, idempotency, outbox, webhooks
from portal.platform.db import db
from portal.platform.paging import Page, asked_for

SERIES, CREDIT = "CRN", "invoices.credit"
_PLACES = Decimal("0.001")
PAGE = 25
#: Takes so much of what was paid off an invoice and leaves it as credit on account; the invoice is locked.
Freeing = Callable[[int, Money], None]
_freeing: list[Freeing] = []


def when_overpaid(free: Freeing) -> None:
    """Say who frees confirmed money that an invoice does not need any more; payments do, which stand above invoices."""
    _freeing[:] = [free]


def crediting(number: str) -> Crediting:
    """An invoice and what is left of it to credit. Raises NotFound."""
    return _crediting(invoice_row(number, None))


def preview(draft: CreditDraft) -> CreditPreview:
    """What a credit note would come to; nothing is written. Raises what `credit` raises."""
    return _preview(crediting(draft.number), draft)


def credit(draft: CreditDraft, *, key: str) -> CreditNoteInfo:
    """Issue a credit note today: number, VAT at the invoice's rates, journal, mail; the invoice needs less from now on.

    Locks the customer, the invoice, the payments whose money is freed, then takes the number: of two credit notes
    at one moment the second sees what the first left. What was paid beyond the invoice's new total becomes the
    customer's credit on account. Flushes; the caller's request or job commits. The same key answers as the first time.
    Raises BadInput for a reason or a quantity that cannot be, Conflict when nothing is left to credit, NotFound.
    Source: docs/rules/invoices.md I12 to I15.
    """
    seen = invoice_row(draft.number, None)
    accounts.lock_customer(seen.customer_id)
    if (earlier := idempotency.answer_to(key, CREDIT)) is not None:
        return by_number(str(earlier["number"]))
    (row,) = queries.lock([seen.id])
    found = _crediting(row)
    made = _preview(found, draft)
    if made.freed:
        _free(row, made.freed)
    credited = Money(row.credited_cents, row.currency) + made.total
    move_to(row, made.balance, credited)
    note = _write(row, draft, made)
    info = by_number(note.number)
    _post(info)
    _post_rand(info, found, made)
    after = {"invoice": row.number, "total": info.total.plain, "freed": info.freed.plain, "reason": info.reason}
    audit.record("credit-note.issued", info.number, after=after)
    _announce(info, row)
    idempotency.remember(key, CREDIT, {"number": info.number})
    return info


def _crediting(row: Invoice) -> Crediting:
    before = credit_notes.taken_back(row.id)
    lines = queries.lines_of(row.id, row.currency)
    return Crediting(queries.info(row), tuple(LineLeft(line, before.get(line.position, Decimal(0))) for line in lines))


def _preview(found: Crediting, draft: CreditDraft) -> CreditPreview:
    if not 0 < len(draft.reason.strip()) <= LONGEST_REASON:
        words = f"Say why, in at most {LONGEST_REASON} characters; the customer and the auditor read it."
        raise BadInput(words, field="reason")
    if not found.left:
        raise Conflict(f"{found.invoice.number} is credited in full already.")
    parts = tuple(_parts(found, draft))
    made = CreditPreview(parts, found.invoice.balance, Money.zero(found.invoice.currency))
    if not made.total:
        raise BadInput("Write how much of at least one line comes back.", field="quantities")
    rest, zero = found.invoice.balance - made.total, Money.zero(found.invoice.currency)
    return CreditPreview(parts, balance=max(rest, zero), freed=max(-rest, zero))


def _parts(found: Crediting, draft: CreditDraft) -> list[Part]:
    wanted = draft.quantities
    if wanted is None:
        wanted = {each.line.position: each.left for each in found.lines if each.left}
    by_position = {each.line.position: each for each in found.lines}
    parts = []
    for position, quantity in sorted(wanted.items()):
        each = by_position.get(position)
        if each is None:
            raise BadInput("This line is not on the invoice.", field="quantities")
        if not quantity.is_finite() or quantity != quantity.quantize(_PLACES) or not 0 < quantity <= each.left:
            words = f"{each.line.description}: {each.left:f} is left to credit, in at most three decimals."
            raise BadInput(words, field=f"quantity-{position}")
        parts.append(Part(each.line, quantity, each.part(quantity)))
    return parts


def _free(row: Invoice, amount: Money) -> None:
    if not _freeing:
        raise Conflict(f"{row.number}: nobody knows which payment {amount} came from.")
    _freeing[0](row.id, amount)


def _write(row: Invoice, draft: CreditDraft, made: CreditPreview) -> CreditNote:
    today = clock.today()
    note = CreditNote(
        number=take_number(SERIES, today),
        invoice_id=row.id,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        recipient_name=row.recipient_name,
        issued_on=today,
        issued_at=clock.now(),
        currency=row.currency,
        net_cents=made.net.cents,
        vat_cents=made.vat.cents,
        total_cents=made.total.cents,
        freed_cents=made.freed.cents,
        reason=draft.reason.strip(),
        supplier=supplier(),
        recipient=row.recipient,
        rand_cents=_sold_in_rand(row, made),
    )
    db.session.add(note)
    db.session.flush()
    db.session.add_all(
        CreditNoteLine(
            credit_note_id=note.id,
            invoice_line_id=part.line.id,
            position=position,
            quantity_milli=int(part.quantity.scaleb(3)),
            net_cents=part.amounts.net.cents,
            vat_cents=part.amounts.vat.cents,
            gross_cents=part.amounts.gross.cents,
        )
        for position, part in enumerate(made.parts, 1)
    )
    db.session.flush()
    return note


def _post(info: CreditNoteInfo) -> None:
    """The invoice's journal once more, on its other sides, for what came off."""
    currency = info.total.currency
    sides = [Line(AccountKey(AccountKind.RECEIVABLE, currency, info.customer_id), credit=info.total)]
    if info.net:
        sides.append(Line(AccountKey(AccountKind.SALES, currency), debit=info.net))
    if info.vat:
        sides.append(Line(AccountKey(AccountKind.VAT_OUTPUT, currency), debit=info.vat))
    words = f"Credit note {info.number} for {info.invoice_number}"
    source = f"credit-note:{info.number}"
    ledger.post(Draft(JournalKind.CREDIT_NOTE, info.issued_on, source, words, tuple(sides), info.customer_id))


def _sold_in_rand(row: Invoice, made: CreditPreview) -> int | None:
    """By how much our sales in rand are lower; the parts together are the invoice. row: as it is after the note."""
    if row.rand_cents is None:
        return None
    whole, rand = Money(row.total_cents, row.currency), Money(row.rand_cents, HOME)
    after = Money(row.credited_cents, row.currency)
    return (part_of(rand, after, whole) - part_of(rand, after - made.total, whole)).cents


def _post_rand(info: CreditNoteInfo, found: Crediting, made: CreditPreview) -> None:
    """L22: the invoice's rand once more, on their other sides. What was freed was put back to be owed before."""
    invoice = found.invoice
    if info.rand is None:
        return
    owed, left = invoice.balance + made.freed, made.balance
    lines = (
        RandLine(AccountKind.RECEIVABLE_RAND, (invoice.worth(left) - invoice.worth(owed)).cents, info.customer_id),
        RandLine(AccountKind.SALES, info.rand.cents),
    )
    source, words = f"credit-note:{info.number}", f"Credit note {info.number}"
    ledger.post_rand(JournalKind.CREDIT_NOTE, source, info.customer_id, info.issued_on, words, lines)


def _announce(info: CreditNoteInfo, row: Invoice) -> None:
    data: dict[str, object] = {
        "number": info.number,
        "invoice": info.invoice_number,
        "total": info.total,
        "reason": info.reason,
        "left": Money(row.balance_cents, row.currency),
        "freed": info.freed,
        "customer": info.recipient,
    }
    webhooks.tell(
        info.customer_id, "invoice.credited", f"invoices/{info.invoice_number}", number=info.invoice_number,
        state=row.state, credit_note=info.number, credited=info.total, balance=Money(row.balance_cents, row.currency),
    )  # fmt: skip
    outbox.tell("credit_note_issued", to_email=row.recipient["email"], data=data, customer_id=info.customer_id)
    words = f"Credit note {info.number} takes {info.total} off {info.invoice_number}."
    for role in ("buyer", "accountant"):
        for person in accounts.users_of(info.customer_id, role):
            outbox.note(person.id, "credit_note_issued", words, f"/credit-notes/{info.number}")


def by_number(number: str, customer_id: int | None = None) -> CreditNoteInfo:
    """One credit note. customer_id: whose it must be; None for staff. Raises NotFound, also for another customer's."""
    found = credit_notes.by_number(number)
    if found is None or (customer_id is not None and found.customer_id != customer_id):
        raise NotFound(f"no credit note {number}")
    return found


def document(number: str, customer_id: int | None = None) -> CreditNoteDocument:
    """The whole credit note as it was issued. Raises NotFound, also for another customer's."""
    row = credit_notes.printed(number)
    if row is None or (customer_id is not None and row.customer_id != customer_id):
        raise NotFound(f"no credit note {number}")
    parts = credit_notes.parts_of(row.id, row.currency)
    return CreditNoteDocument(
        info=credit_notes.info(row),
        issued_at=row.issued_at,
        invoice_issued_on=row.invoice_issued,
        supplier=party(row.supplier),
        recipient=party(row.recipient),
        parts=parts,
        rates=tuple(
            RateRow(rate_words(found.code, found.rate), found.net, found.vat, found.code, found.rate)
            for found in by_rate(part.amounts for part in parts)
        ),
    )


def of_invoice(invoice_id: int) -> list[CreditNoteInfo]:
    """The credit notes of an invoice, in the order they were issued."""
    return credit_notes.of_invoice(invoice_id)


def list_page(
    customer_id: int | None, search: str = "", after: str | None = None, limit: int = PAGE, *, oldest: bool = False
) -> Page[CreditNoteInfo]:
    """Credit notes, newest first. search: the beginning of a number, of its invoice's, of a name, or a customer's code."""
    return credit_notes.page(customer_id, asked_for(search), after, limit, oldest=oldest)
