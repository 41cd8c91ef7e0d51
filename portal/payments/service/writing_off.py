"""What an invoice is not going to get: cents by rule, bad debts by two people; both undone by a counter-entry."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.errors import SamePerson
from portal.ledger.types import AccountKind, JournalKind
from portal.payments.errors import NotSmall
from portal.payments.models import WriteOff
from portal.payments.queries import giving
from portal.payments.service import valuing
from portal.payments.service.limits import CENTS
from portal.payments.types.giving import (
    WRITE_OFF_MOVES,
    WriteOffInfo,
    WriteOffKind,
    WriteOffState,
    check_move,
    write_off_name,
)
from portal.platform import audit, idempotency
from portal.platform.db import db
from portal.platform.paging import Page

CENTS_OFF, BAD_DEBT, DECIDE, UNDO = (
    "payments.write-off", "payments.bad-debt", "payments.decide-bad-debt", "payments.undo-write-off",
)  # fmt: skip
PAGE_SIZE = 50
#: Which journal each kind gets, and on which account its cost stands.
_BOOKS = {
    WriteOffKind.CENTS: (JournalKind.WRITE_OFF, AccountKind.WRITE_OFF),
    WriteOffKind.BAD_DEBT: (JournalKind.BAD_DEBT, AccountKind.BAD_DEBT),
}
_REASON_LENGTH = 500
_MOST_AT_ONCE = 200


def write_off_cents(invoice_id: int, reason: str, *, key: str, by: int | None) -> WriteOffInfo:
    """The rest of an invoice is so small that nobody runs after it: it is our cost, and the invoice is settled.

    The whole balance, at most the limit that managers set. Flushes; the same key gives the first answer.
    Raises NotSmall above the limit, Conflict when the invoice needs nothing. Source: docs/rules/ledger.md, L16.
    """
    invoice = _hold(invoice_id)
    if (earlier := idempotency.answer_to(key, CENTS_OFF)) is not None:
        return giving.write_off_of(int(earlier["id"]))
    limit = Money.zar(CENTS.now())
    _demand_open(invoice)
    if invoice.worth(invoice.balance) > limit:
        raise NotSmall(f"{invoice.number} still needs {invoice.balance}; only up to {limit} is written off as cents.")
    row = _new(invoice, WriteOffKind.CENTS, Money.zero(invoice.currency), reason or "Cents that nobody will pay", by)
    _book(row, invoice, by)
    idempotency.remember(key, CENTS_OFF, {"id": row.id})
    return giving.write_off_info(row)


def small_rests() -> list[InvoiceInfo]:
    """Part-paid invoices whose rest may be written off as cents, by id; two hundred at most."""
    return invoices.part_paid_below(Money.zar(CENTS.known().value), _MOST_AT_ONCE)


def write_off_small_rests(invoice_ids: Iterable[int], reason: str, *, key: str, by: int) -> list[WriteOffInfo]:
    """Write off several rests in one transaction; an invoice that is settled or above the limit by now is passed by.

    All customers are locked first, in their order. Each invoice has a key of its own under the form's.
    Raises NotFound, BadInput without a key.
    """
    idempotency.checked(key)
    found = invoices.by_ids(set(invoice_ids))
    for customer_id in sorted({each.customer_id for each in found}):
        accounts.lock_customer(customer_id)
    done = []
    for each in sorted(found, key=lambda one: (one.customer_id, one.id)):
        try:
            done.append(write_off_cents(each.id, reason, key=f"{key}:{each.id}", by=by))
        except Conflict:
            continue
    return done


def ask_bad_debt(invoice_id: int, reason: str, *, key: str, by: int) -> WriteOffInfo:
    """Somebody gives an invoice's whole balance up; another person has to agree before anything is booked.

    Flushes; the same key gives the first answer. Raises BadInput without a reason, Conflict when the invoice needs
    nothing or somebody asked already. Source: docs/rules/ledger.md, L17.
    """
    if not reason.strip():
        raise BadInput("Say why this debt is lost; the auditor and SARS read it.", field="reason")
    invoice = _hold(invoice_id)
    if (earlier := idempotency.answer_to(key, BAD_DEBT)) is not None:
        return giving.write_off_of(int(earlier["id"]))
    _demand_open(invoice)
    if any(each.state is WriteOffState.ASKED for each in giving.write_offs_of(invoice_id)):
        raise Conflict(f"Somebody gave {invoice.number} up already; it waits for a second person.")
    row = _new(invoice, WriteOffKind.BAD_DEBT, vat_within(invoice, invoice.balance), reason, by)
    _note(row, "", reason)
    idempotency.remember(key, BAD_DEBT, {"id": row.id})
    return giving.write_off_info(row)


def vat_within(invoice: InvoiceInfo, amount: Money) -> Money:
    """The VAT in a part of an invoice, half-up to the cent (VAT Act s 22: it may be claimed back on a bad debt)."""
    whole, part = invoice.vat.cents * amount.cents, invoice.total.cents
    return Money((2 * whole + part) // (2 * part), amount.currency)


def decide_bad_debt(write_off_id: int, agreed: bool, words: str, *, key: str, by: int) -> WriteOffInfo:
    """A second person agrees, and it is booked; or declines, and nothing is.

    Flushes; the same key gives the first answer. Raises SamePerson for whoever asked, IllegalMove when it is decided,
    Conflict when the invoice needs less by now. Source: docs/rules/ledger.md, L17.
    """
    row, invoice = _lock(write_off_id)
    if idempotency.answer_to(key, DECIDE) is not None:
        return giving.write_off_info(row)
    wanted = WriteOffState.BOOKED if agreed else WriteOffState.DECLINED
    check_move(write_off_name(row.id), WRITE_OFF_MOVES, WriteOffState(row.state), wanted)
    if agreed and row.asked_by_id == by:
        raise SamePerson("You asked for this yourself; another person has to agree.")
    row.decision = words.strip()[:_REASON_LENGTH]
    if agreed:
        _book(row, invoice, by)
    else:
        _decided(row, wanted, by)
    idempotency.remember(key, DECIDE, {"id": row.id})
    return giving.write_off_info(row)


def undo_write_off(write_off_id: int, reason: str, *, key: str, by: int) -> WriteOffInfo:
    """The customer pays after all, or it was a mistake: a counter-entry, and the invoice needs the amount again.

    Flushes; the same key gives the first answer. Raises BadInput without a reason, IllegalMove unless it is booked.
    Source: docs/rules/ledger.md, L6.
    """
    if not reason.strip():
        raise BadInput("Say why; the auditor reads it.", field="reason")
    row, invoice = _lock(write_off_id)
    if idempotency.answer_to(key, UNDO) is not None:
        return giving.write_off_info(row)
    check_move(write_off_name(row.id), WRITE_OFF_MOVES, WriteOffState(row.state), WriteOffState.UNDONE)
    words = f"{write_off_name(row.id)} undone: {reason.strip()}"
    ledger.post_reversal(row.journal_id or 0, clock.today(), words)
    amount = Money(row.amount_cents, row.currency)
    invoices.unsettle(row.invoice_id, amount)
    kind, cost = _BOOKS[WriteOffKind(row.kind)]
    valuing.write_off_undone(kind, row.id, invoice, amount, clock.today(), cost=cost)
    row.decision = reason.strip()[:_REASON_LENGTH]
    _decided(row, WriteOffState.UNDONE, by)
    idempotency.remember(key, UNDO, {"id": row.id})
    return giving.write_off_info(row)


def write_off(write_off_id: int) -> WriteOffInfo:
    """One write-off. Raises NotFound."""
    return giving.write_off_of(write_off_id)


def write_offs_of(invoice_id: int) -> list[WriteOffInfo]:
    """Write-offs of an invoice, newest first."""
    return giving.write_offs_of(invoice_id)


def write_offs_page(
    state: WriteOffState | None = None, *, after: str | None = None, limit: int = PAGE_SIZE, oldest: bool = False
) -> Page[WriteOffInfo]:
    """Write-offs, newest first."""
    return giving.write_offs_page(state, after, limit, oldest=oldest)


def _hold(invoice_id: int) -> InvoiceInfo:
    """The invoice as it stands now; its customer and it are locked."""
    accounts.lock_customer(invoices.by_id(invoice_id).customer_id)
    return invoices.lock([invoice_id])[0]


def _lock(write_off_id: int) -> tuple[WriteOff, InvoiceInfo]:
    invoice = _hold(giving.write_off_of(write_off_id).invoice_id)
    return giving.lock_write_off(write_off_id), invoice


def _demand_open(invoice: InvoiceInfo) -> None:
    if not invoice.is_open or not invoice.balance:
        raise Conflict(f"{invoice.number} needs nothing.")


def _new(invoice: InvoiceInfo, kind: WriteOffKind, vat: Money, reason: str, by: int | None) -> WriteOff:
    row = WriteOff(
        kind=kind.value,
        state=WriteOffState.ASKED.value,
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        customer_id=invoice.customer_id,
        customer_code=invoice.customer_code,
        customer_name=invoice.recipient,
        currency=invoice.currency,
        amount_cents=invoice.balance.cents,
        vat_cents=vat.cents,
        reason=reason.strip()[:_REASON_LENGTH],
        asked_by_id=by,
        asked_at=clock.now(),
        decision="",
    )
    db.session.add(row)
    db.session.flush()
    return row


def _book(row: WriteOff, invoice: InvoiceInfo, by: int | None) -> None:
    """Post it and lower the locked invoice. Raises Conflict when the invoice needs less by now."""
    amount, vat = Money(row.amount_cents, row.currency), Money(row.vat_cents, row.currency)
    words = f"{write_off_name(row.id)} of {row.invoice_number}: {row.reason}"
    invoices.settle(row.invoice_id, amount)
    if row.kind == WriteOffKind.BAD_DEBT:
        row.journal_id = ledger.post_bad_debt(row.id, row.customer_id, amount, vat, clock.today(), words)
    else:
        row.journal_id = ledger.post_write_off(row.id, row.customer_id, amount, clock.today(), words)
    kind, cost = _BOOKS[WriteOffKind(row.kind)]
    valuing.written_off(kind, row.id, invoice, amount, clock.today(), cost=cost)
    _decided(row, WriteOffState.BOOKED, by)


def _decided(row: WriteOff, state: WriteOffState, by: int | None) -> None:
    before, row.state = row.state, state.value
    row.decided_by_id, row.decided_at = by, clock.now()
    db.session.flush()
    _note(row, before, row.decision)


def _note(row: WriteOff, before: str, words: str) -> None:
    after = {"state": str(row.state), "invoice": row.invoice_number, "cents": row.amount_cents, "words": words}
    audit.record(
        f"write-off.{row.state}", write_off_name(row.id), before={"state": str(before)} if before else None, after=after
    )
