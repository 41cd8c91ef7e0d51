"""Disputes: a customer says what is wrong with an invoice, our people answer and close it."""

from __future__ import annotations

from sqlalchemy import ScalarSelect

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.identity import Identity
from portal.invoices import queries
from portal.invoices.models import Dispute
from portal.invoices.queries import dunning
from portal.invoices.service.finding import invoice_row
from portal.invoices.types import LONGEST_REASON, OPEN, State
from portal.invoices.types.dunning import DisputeInfo, DisputeState, Said, check_dispute_open
from portal.platform import audit, outbox
from portal.platform.db import db
from portal.platform.paging import Page

PAGE = 50


def dispute(number: str, words: str, *, by: Identity) -> None:
    """Say what is wrong with an invoice of one's own; nobody is reminded of it until that is settled. Flushes.

    Raises BadInput without words, Conflict when it is disputed already or nothing is to pay, NotFound.
    Source: docs/rules/reminders.md R5.
    """
    seen = invoice_row(number, by.customer_id or 0)
    accounts.lock_customer(seen.customer_id)
    (row,) = queries.lock([seen.id])
    if not 0 < len(words.strip()) <= LONGEST_REASON:
        raise BadInput(f"Say what is wrong, in at most {LONGEST_REASON} characters.", field="words")
    if State(row.state) not in OPEN:
        raise Conflict(f"Nothing is to pay on {number}. Write to us instead.")
    if any(each.state is DisputeState.OPEN for each in dunning.disputes_of(row.id)):
        raise Conflict(f"{number} is disputed already.")
    db.session.add(
        Dispute(
            invoice_id=row.id, customer_id=row.customer_id, state=DisputeState.OPEN.value, words=words.strip(),
            raised_by_id=by.user_id, raised_by=by.name, raised_at=clock.now(), answer="", answered_by="",
        )
    )  # fmt: skip
    row.disputed = True
    db.session.flush()
    audit.record("dispute.raised", number, after={"words": words.strip()})
    for person in accounts.staff_with("clerk", "manager"):
        outbox.note(person.id, "dispute_raised", f"{row.recipient_name} disputes {number}", "/staff/disputes")


def answer(dispute_id: int, words: str, *, close: bool, seen_version: int, by: str) -> DisputeInfo:
    """Answer the customer, and close the dispute when that settles it. Flushes; a mail tells who raised it.

    Raises BadInput without words, IllegalMove when it is closed, Conflict when somebody answered meanwhile, NotFound.
    """
    seen = one(dispute_id)
    accounts.lock_customer(seen.customer_id)
    (invoice,) = queries.lock([seen.invoice_id])
    row = dunning.lock_dispute(dispute_id)
    if row is None:
        raise NotFound(f"no dispute {dispute_id}")
    check_dispute_open(dispute_id, DisputeState(row.state))
    if row.version - 1 != seen_version:
        raise Conflict("Somebody answered this after you opened it. Look at it once more.")
    if not 0 < len(words.strip()) <= LONGEST_REASON:
        raise BadInput(f"Write an answer, in at most {LONGEST_REASON} characters.", field="words")
    row.answer, row.answered_by, row.answered_at = words.strip(), by, clock.now()
    if close:
        row.state, row.closed_at, invoice.disputed = DisputeState.CLOSED.value, clock.now(), False
    db.session.flush()
    audit.record("dispute.closed" if close else "dispute.answered", invoice.number, after={"answer": row.answer})
    data: dict[str, object] = {
        "number": invoice.number, "answer": row.answer, "closed": close, "customer": invoice.recipient_name,
        "words": row.words,
    }  # fmt: skip
    notice = f"Our answer about {invoice.number}: {row.answer[:120]}"
    outbox.tell(
        "dispute_answered", to_user=row.raised_by_id, data=data, notice=notice, url=f"/invoices/{invoice.number}",
        customer_id=invoice.customer_id,
    )  # fmt: skip
    return one(dispute_id)


def one(dispute_id: int) -> DisputeInfo:
    """One dispute. Raises NotFound."""
    found = dunning.dispute(dispute_id)
    if found is None:
        raise NotFound(f"no dispute {dispute_id}")
    return found


def list_page(
    state: DisputeState, after: str | None = None, limit: int = PAGE, *, oldest: bool = False
) -> Page[DisputeInfo]:
    """Disputes of a state, newest first."""
    return dunning.disputes_page(state, after, limit, oldest=oldest)


def open_count() -> ScalarSelect[int]:
    """How many are open, as a subquery for the staff rail."""
    return dunning.open_disputes()


def said_of(invoice_id: int) -> list[Said]:
    """What was said about an invoice: disputes, promises, reminders, oldest first."""
    return dunning.said_of(invoice_id)
