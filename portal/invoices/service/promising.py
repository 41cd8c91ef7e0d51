"""Promises to pay: a day that a customer names, and what became of it."""

from __future__ import annotations

from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.invoices import queries
from portal.invoices.models import PromiseToPay
from portal.invoices.queries import dunning
from portal.invoices.service.finding import invoice_row
from portal.invoices.types import LONGEST_REASON, OPEN, State
from portal.invoices.types.dunning import GRACE, LONGEST_PROMISE, PromiseState
from portal.platform import audit
from portal.platform.db import db


def promise(number: str, promised_on: date, words: str, *, by: str, customer_id: int | None = None) -> None:
    """An invoice is going to be paid on a day; an earlier promise for it is replaced. Flushes.

    customer_id: whose the invoice must be; None for staff, who write down what they were told.
    Raises BadInput for a day that is past or too far, Conflict when nothing is to pay, NotFound.
    Source: docs/rules/reminders.md R6.
    """
    seen = invoice_row(number, customer_id)
    accounts.lock_customer(seen.customer_id)
    (row,) = queries.lock([seen.id])
    if State(row.state) not in OPEN:
        raise Conflict(f"Nothing is to pay on {number}.")
    today = clock.today()
    if not today <= promised_on <= today + LONGEST_PROMISE:
        raise BadInput(f"Name a day from today to {LONGEST_PROMISE.days} days from now.", field="promised_on")
    if len(words) > LONGEST_REASON:
        raise BadInput(f"At most {LONGEST_REASON} characters.", field="words")
    for earlier in dunning.running_promises(row.customer_id):
        if earlier.invoice_id == row.id:
            earlier.state, earlier.version = PromiseState.REPLACED.value, earlier.version + 1
    db.session.add(
        PromiseToPay(
            invoice_id=row.id, customer_id=row.customer_id, state=PromiseState.RUNNING.value, promised_on=promised_on,
            words=words, made_by=by, made_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    audit.record("promise.made", number, after={"promised_on": promised_on.isoformat(), "by": by})


def settle_promises(customer_id: int) -> set[int]:
    """Mark promises kept or broken, and give the invoices whose promise still runs. The customer is locked. Flushes."""
    today, running = clock.today(), dunning.running_promises(customer_id)
    open_ids = {each.id for each in queries.open_invoices_of(customer_id)}
    spared = set()
    for row in running:
        if row.invoice_id not in open_ids:
            row.state, row.version = PromiseState.KEPT.value, row.version + 1
        elif today > row.promised_on + GRACE:
            row.state, row.version = PromiseState.BROKEN.value, row.version + 1
        else:
            spared.add(row.invoice_id)
    db.session.flush()
    return spared
