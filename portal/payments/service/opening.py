"""Taking over what an earlier system left: looked at first, then made in one transaction, once for each file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import opening
from portal.payments.models import OpeningImport
from portal.payments.queries import openings
from portal.payments.service.claiming import blank
from portal.payments.service.moving import begin
from portal.payments.types import PaymentState
from portal.payments.types.opening import Opening, OpeningCredit, OpeningInfo, OpeningInvoice, OpeningState, RowError
from portal.platform import audit
from portal.platform.db import db

MOST_BYTES = 5 * 1024 * 1024
_CURRENCY = "ZAR"


def look_at(file_name: str, data: bytes, day: date, *, by: int) -> int:
    """Keep a file of opening balances as a draft and give its id; the same bytes are the same file for ever.

    day: on which the balances are taken over: past or today, in an open month. Flushes.
    Raises BadInput for what is no such file, or a wrong day.
    """
    if not data:
        raise BadInput("Choose a CSV or XLSX file.", field="file")
    if len(data) > MOST_BYTES:
        raise BadInput("The file is larger than 5 MB; share it into several.", field="file")
    if day > clock.today():
        raise BadInput("The day of the balances has not come yet.", field="day")
    ledger.demand_open(day)
    found = checked(opening.read(data, day))
    sha256 = hashlib.sha256(data).hexdigest()
    row = openings.lock_by_hash(sha256) or OpeningImport(sha256=sha256, state=OpeningState.DRAFT.value)
    if row.state == OpeningState.DRAFT:
        row.file_name, row.body, row.day = file_name[-200:], data, day
        row.made_at, row.made_by_id = clock.now(), by
        _count(row, found)
        db.session.add(row)
        db.session.flush()
    return row.id


def checked(found: Opening) -> Opening:
    """What a file says, held against what there is: customers that exist, numbers that are taken. Reads only."""
    codes = {each.code for each in found.customers} | {each.code for each in found.invoices + found.credits}
    known = accounts.ids_by_code(codes)
    made = {each.code for each in found.customers}
    errors = list(found.errors)
    named: list[OpeningInvoice | OpeningCredit] = [*found.invoices, *found.credits]
    errors += [
        RowError(each.row, f"There is no customer {each.code}, here or in the file.")
        for each in named
        if each.code not in known and each.code not in made
    ]
    taken = invoices.numbers_taken([each.number for each in found.invoices])
    errors += [
        RowError(each.row, f"There is an invoice {each.number} already.")
        for each in found.invoices
        if each.number in taken
    ]
    customers = tuple(replace(each, known=each.code in known) for each in found.customers)
    return replace(found, customers=customers, errors=tuple(sorted(errors, key=lambda error: error.row)))


def opening_of(import_id: int) -> tuple[OpeningInfo, Opening]:
    """A file and all it says, held against what there is now. Raises NotFound."""
    row = openings.by_id(import_id)
    if row is None:
        raise NotFound(f"no file of opening balances {import_id}")
    found = opening.read(row.body, row.day)
    return openings.info(row), found if row.state == OpeningState.MADE else checked(found)


def take_over(import_id: int, *, by: int) -> OpeningInfo:
    """Make everything a file says: customers, open invoices, credits; all or nothing. A file is made once.

    Customers are locked in the order of their ids. Flushes; the caller commits. Made before, it gives what it gave.
    Raises BadInput while a row is wrong or the day lies in a closed month, NotFound.
    Source: docs/rules/ledger.md, L19.
    """
    row = openings.lock(import_id)
    if row.state == OpeningState.MADE:
        return openings.info(row)
    ledger.demand_open(row.day)
    found = checked(opening.read(row.body, row.day))
    if found.errors:
        raise BadInput(f"{len(found.errors)} rows are wrong; nothing was taken over.", field="file")
    ids = _customers(found)
    for each in found.invoices:
        invoices.take_over(
            ids[each.code], each.number, issued_on=each.issued_on, due_on=each.due_on, balance=each.balance, day=row.day
        )
    for credit in found.credits:
        _credit(ids[credit.code], credit, row.day, by)
    _count(row, found)
    row.state, row.made_at, row.made_by_id = OpeningState.MADE.value, clock.now(), by
    db.session.flush()
    after = {"customers": row.customers, "invoices": row.invoices, "owed": row.owed_cents, "credit": row.credit_cents}
    audit.record("opening.taken-over", f"opening {row.id}", after=after)
    return openings.info(row)


def files() -> list[OpeningInfo]:
    """Files of opening balances, newest first."""
    return openings.newest()


def _customers(found: Opening) -> dict[str, int]:
    """The ids of all customers of a file by code; those that exist are locked, the others made."""
    codes = {each.code for each in found.customers} | {each.code for each in found.invoices + found.credits}
    ids = accounts.ids_by_code(codes)
    for customer_id in sorted(ids.values()):
        accounts.lock_customer(customer_id)
    for each in found.customers:
        if each.code not in ids:
            draft = CustomerDraft(
                each.name, each.email, vat_number=each.vat_number or None, address=each.address,
                terms_days=each.terms_days, credit_limit=each.credit_limit,
            )  # fmt: skip
            ids[each.code] = accounts.create_customer(each.code, draft)
    return ids


def _credit(customer_id: int, credit: OpeningCredit, day: date, by: int) -> None:
    """A payment that is confirmed from the beginning and pays nothing yet."""
    payment = blank(customer_id, PaymentState.CONFIRMED, _CURRENCY)
    payment.method, payment.words = "opening", credit.words or "Credit from our earlier system"
    payment.received_cents, payment.confirmed_at, payment.value_date = credit.amount.cents, clock.now(), day
    begin(payment, by=by)
    payment.journal_id = ledger.post_opening_credit(payment.id, customer_id, credit.amount, day, payment.words)
    db.session.flush()


def _count(row: OpeningImport, found: Opening) -> None:
    row.customers, row.invoices, row.credits = found.new_customers, len(found.invoices), len(found.credits)
    row.owed_cents, row.credit_cents = found.owed.cents, found.credit.cents
