"""A document is read once, outside any transaction, and judged inside one."""

from __future__ import annotations

import hashlib
import logging
from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.platform import audit, config, metrics, storage
from portal.platform.db import db, transaction
from portal.proofs import pipeline, queries, verdict
from portal.proofs.models import Proof, ReadingRow, VerdictRow
from portal.proofs.reader import page_image, sandbox
from portal.proofs.reader.sandbox import Stopped
from portal.proofs.service import telling
from portal.proofs.service.switching import HELD, cautious, everything_to_people
from portal.proofs.types import Case, OpenInvoice, OurAccount, Page, Reading, Verdict
from portal.proofs.types.as_json import case_to_json, reading_to_json, verdict_to_json
from portal.proofs.types.stored import ProofState, check_move

log = logging.getLogger("portal.proofs")
#: pages of a document that we show, and so have pictures of
SHOWN_PAGES = 3


def read(proof_id: int, storage_key: str) -> Reading:
    """Read the document in a bounded child process and keep pictures of its pages. No transaction is open."""
    transaction(lambda: _move_to_reading(proof_id))
    data = storage.read(storage_key)
    reading = pipeline.read_safely(data, escalate=config.current().ocr_escalation)
    for page in reading.pages[:SHOWN_PAGES]:
        _keep_picture(data, storage_key, page)
    metrics.reading_seconds.observe(reading.ms / 1000)
    return reading


def _move_to_reading(proof_id: int) -> None:
    row = queries.lock(proof_id)
    if row.state == ProofState.RECEIVED:
        row.state = ProofState.READING


def _keep_picture(data: bytes, storage_key: str, page: Page) -> None:
    """A picture that cannot be made costs the reader of the page a look, never the proof its verdict."""
    try:
        made = sandbox.run(lambda: page_image(data, page.number, page.rotation), deadline_s=10, memory_mb=600)
    except Stopped as stopped:
        log.warning("no picture of page %s of %s: %s", page.number, storage_key, stopped.why)
        return
    storage.put_at(picture_key(storage_key, page.number), made)


def picture_key(storage_key: str, number: int) -> str:
    """Where the picture of a page is kept."""
    return f"pages/{storage_key.rsplit('/', 1)[-1]}/{number}.webp"


def record(proof_id: int, reading: Reading) -> Verdict | None:
    """Keep a reading and judge it; a verified proof becomes a verified payment. In the job's transaction.

    Locks the customer first, so that two proofs for one invoice are judged one after the other. Gives None when the
    proof was judged before: a job that runs twice has one effect.
    Source: design.md 4 (order of locks), 5 and 6.
    """
    accounts.lock_customer(queries.customer_of(proof_id))
    row = queries.lock(proof_id)
    if row.state != ProofState.READING:
        return None
    kept = ReadingRow(
        proof_id=row.id,
        run=queries.runs(row.id) + 1,
        body=reading_to_json(reading, row.file_name),
        created_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    _note_facts(row, reading)
    case, held = case_for(row), everything_to_people()
    found = cautious(pipeline.judge(reading, case), held=held)
    db.session.add(
        VerdictRow(
            proof_id=row.id, reading_id=kept.id, verdict=found.verdict, body=verdict_to_json(found, with_suggestion=True),
            case=case_to_json(case, row.file_name) | {HELD: held}, rules=verdict.VERSION, created_at=clock.now(),
        )
    )  # fmt: skip
    _settle(row, reading, found)
    return found


def _note_facts(row: Proof, reading: Reading) -> None:
    def text(name: str, longest: int) -> str | None:
        field = reading.fields.get(name)
        return field.value[:longest] if field else None

    amount, day = text("amount", 40), text("date", 10)
    row.amount_cents = Money.parse(amount).cents if amount else None
    row.currency = text("currency", 3) or "ZAR"
    row.paid_on = date.fromisoformat(day) if day else None
    row.bank, row.trace_id = text("payer_bank", 60), text("trace_id", 80)
    row.payer_account, row.reference = text("payer_account", 60), text("reference", 120)
    row.picture_hash = reading.picture_hash
    row.read_at = clock.now()


def case_for(row: Proof) -> Case:
    """What the portal knows today: the exact inputs of the verdict."""
    customer = accounts.customer(row.customer_id)
    promised = payments.promised_by_invoice(row.customer_id)
    owed = (
        (one, one.balance - promised.get(one.id, Money.zero(one.balance.currency)))
        for one in invoices.open_of(row.customer_id)
    )
    amount = None if row.amount_cents is None else Money(row.amount_cents, row.currency)
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
        earlier_proofs=queries.earlier_like(row, amount, row.paid_on, row.trace_id, row.picture_hash),
        customer_reference=customer.reference,
        sha256=row.sha256,
    )


def _settle(row: Proof, reading: Reading, found: Verdict) -> None:
    state = ProofState(found.verdict.value)
    check_move(ProofState(row.state), state)
    row.state, row.duplicate_of = state, found.duplicate_of
    if state is ProofState.VERIFIED and row.amount_cents is not None and row.paid_on is not None:
        queries.own_facts(facts_of(row), row.id)
        make_payment(row, found, Money(row.amount_cents, row.currency), row.paid_on)
    for reason in _reasons(found):
        metrics.decisions_total.labels(state.value, reason).inc()
    audit.record("proof_judged", row.public_id, after={"verdict": state.value, "rules": verdict.VERSION})
    telling.judged(row, reading, found)


def _reasons(found: Verdict) -> list[str]:
    return [check.code for check in found.checks if check.outcome != "pass"][:1] or ["all_fit"]


def facts_of(row: Proof) -> list[str]:
    """What this proof uses up: its file, and the payment it tells of."""
    told = f"{row.bank}|{row.trace_id}|{row.amount_cents}|{row.currency}|{row.paid_on}"
    facts = [f"file|{row.sha256}"]
    if row.bank and row.trace_id and row.amount_cents and row.paid_on:
        facts.append(f"paid|{told}")
    return [hashlib.sha256(fact.encode()).hexdigest() for fact in facts]


def make_payment(row: Proof, found: Verdict, amount: Money, paid_on: date) -> int:
    """A verified payment for a verified proof; its id."""
    numbers = {share.invoice: share.amount for share in found.allocations}
    shares = tuple((invoices.by_number(number, row.customer_id).id, part) for number, part in numbers.items())
    payment_id = payments.claim(
        row.customer_id,
        amount,
        paid_on,
        shares,
        proof_id=row.id,
        words=f"Proof {row.public_id}",
        reference=row.reference or "",
    )
    payments.verify(payment_id, shares)
    return payment_id


def give_up(proof_id: int, error: str) -> None:
    """The reading failed for good: a person looks. In the transaction that marks the job dead."""
    row = queries.lock(proof_id)
    if row.state not in {ProofState.READING, ProofState.RECEIVED}:
        return
    row.state, row.read_at = ProofState.REVIEW, clock.now()
    metrics.decisions_total.labels("review", "reading_failed").inc()
    audit.record("proof_not_read", row.public_id, after={"error": error[:500]})
    telling.given_up(row)
