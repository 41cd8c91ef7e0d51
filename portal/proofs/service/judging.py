"""A reading judged: what it tells, what the portal knows that day, and both kept with the verdict."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.platform.db import db
from portal.proofs import queries, verdict
from portal.proofs.models import Proof, ReadingRow, VerdictRow
from portal.proofs.service.switching import HELD
from portal.proofs.types import PROOF_OF_PAYMENT, Case, OpenInvoice, OurAccount, Reading, Verdict
from portal.proofs.types.as_json import case_to_json, reading_to_json, verdict_to_json


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reading tells, as the proof's row keeps it, so that the same payment is found again."""

    amount: Money | None
    currency: str
    paid_on: date | None
    bank: str | None
    trace_id: str | None
    payer_account: str | None
    reference: str | None
    picture_hash: str | None


def facts_in(reading: Reading) -> Facts:
    """The facts of a reading, each within its column."""

    def text(name: str, longest: int) -> str | None:
        field = reading.fields.get(name)
        return field.value[:longest] if field else None

    amount, day, currency = text("amount", 40), text("date", 10), text("currency", 3) or "ZAR"
    return Facts(
        amount=Money(Money.parse(amount).cents, currency) if amount else None,
        currency=currency,
        paid_on=date.fromisoformat(day) if day and not _is_no_payment(reading) else None,
        bank=text("payer_bank", 60),
        trace_id=text("trace_id", 80),
        payer_account=text("payer_account", 60),
        reference=text("reference", 120),
        picture_hash=reading.picture_hash,
    )


def _is_no_payment(reading: Reading) -> bool:
    """A quotation or an invoice says on which day it was written, not paid: the proof that follows it is no second one.

    One that names the payer's bank or the bank's own number may be a payment all the same.
    """
    kind = reading.value("document_type")
    return kind not in (None, PROOF_OF_PAYMENT) and not reading.value("payer_bank") and not reading.value("trace_id")


def note_facts(row: Proof, facts: Facts) -> None:
    """Write them on the locked proof."""
    row.amount_cents = facts.amount.cents if facts.amount is not None else None
    row.currency, row.paid_on, row.bank, row.trace_id = facts.currency, facts.paid_on, facts.bank, facts.trace_id
    row.payer_account, row.reference, row.picture_hash = facts.payer_account, facts.reference, facts.picture_hash


def case_for(row: Proof, facts: Facts) -> Case:
    """What the portal knows today: the exact inputs of the verdict. The caller holds the customer's lock."""
    customer = accounts.customer(row.customer_id)
    promised = payments.promised_by_invoice(row.customer_id)
    owed = (
        (one, one.balance - promised.get(one.id, Money.zero(one.balance.currency)))
        for one in invoices.open_of(row.customer_id)
    )
    return Case(
        today=clock.today(),
        customer_code=customer.code,
        customer_name=customer.name,
        our_accounts=tuple(OurAccount(our.bank, our.branch, our.number, our.holder) for our in ledger.our_accounts()),
        open_invoices=tuple(
            OpenInvoice(one.number, one.reference, rest, one.issued_on, one.due_on)
            for one, rest in owed
            if rest.cents > 0
        ),
        earlier_proofs=queries.earlier_like(row, facts.amount, facts.paid_on, facts.trace_id, facts.picture_hash),
        customer_reference=customer.reference,
        sha256=row.sha256,
    )


def keep(row: Proof, reading: Reading, case: Case, found: Verdict, *, held: bool) -> int:
    """Store a reading and its verdict with everything it was judged by; gives the verdict's id. The proof is locked.

    held: whether everything went to people when it was judged.
    """
    kept = ReadingRow(
        proof_id=row.id,
        run=queries.runs(row.id) + 1,
        body=reading_to_json(reading, row.file_name),
        created_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    judged = VerdictRow(
        proof_id=row.id, reading_id=kept.id, verdict=found.verdict, body=verdict_to_json(found, with_suggestion=True),
        case=case_to_json(case, row.file_name) | {HELD: held}, rules=verdict.VERSION, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(judged)
    db.session.flush()
    return judged.id


def facts_of(row: Proof, amount: Money | None = None, paid_on: date | None = None) -> list[str]:
    """What this proof uses up: its file, and the payment it tells of.

    amount, paid_on: where they are not those on the row, because a person says otherwise.
    """
    cents = amount.cents if amount is not None else row.amount_cents
    currency, day = amount.currency if amount is not None else row.currency, paid_on or row.paid_on
    told = f"{row.bank}|{row.trace_id}|{cents}|{currency}|{day}"
    facts = [f"file|{row.sha256}"]
    if row.bank and row.trace_id and cents and day:
        facts.append(f"paid|{told}")
    return [hashlib.sha256(fact.encode()).hexdigest() for fact in facts]
