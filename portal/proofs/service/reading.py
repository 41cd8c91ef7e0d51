"""A document is read once, outside any transaction, and judged inside one."""

from __future__ import annotations

import logging
from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import Rail
from portal.platform import audit, config, jobs, metrics, storage
from portal.platform.db import transaction
from portal.proofs import pipeline, queries, verdict
from portal.proofs.models import Proof
from portal.proofs.reader import page_image, refusal, sandbox
from portal.proofs.reader.sandbox import Stopped
from portal.proofs.service import judging, learning, taking, telling, tracing
from portal.proofs.service.switching import cautious, everything_to_people
from portal.proofs.types import Page, Reading, Verdict
from portal.proofs.types.stored import ProofState, check_move

log = logging.getLogger("portal.proofs")
#: pages of a document that we show, and so have pictures of
SHOWN_PAGES = 3


def read(proof_id: int, storage_key: str) -> Reading:
    """Read the document in a bounded child process and keep pictures of its pages. No transaction is open.

    Raises jobs.Poison when its time was over: that may have been the machine, so it is tried once more, and then a
    person looks. Source: docs/rules/reading.md, D4.
    """
    transaction(lambda: _move_to_reading(proof_id))
    data = storage.read(storage_key)
    reading = pipeline.read_safely(data, escalate=config.current().ocr_escalation)
    if reading.error == refusal.TOO_LONG:
        raise jobs.Poison(refusal.TOO_LONG)
    for page in reading.pages[:SHOWN_PAGES]:
        _keep_picture(data, storage_key, page)
    metrics.reading_seconds.observe(reading.ms / 1000)
    return reading


def _move_to_reading(proof_id: int) -> None:
    """Also a proof whose reading was given up and is tried again, as long as no person has decided it."""
    row = queries.lock(proof_id)
    if row.state == ProofState.RECEIVED or _was_given_up(row):
        check_move(ProofState(row.state), ProofState.READING)
        row.state = ProofState.READING


def _was_given_up(row: Proof) -> bool:
    """It waits for a person only because it could not be read; nobody has decided it, not even for ten seconds."""
    return row.state == ProofState.REVIEW and not taking.is_held(row) and queries.runs(row.id) == 0


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

    Locks customer, invoices, payment, proof: two proofs for one invoice are judged one after the other. Gives None
    when the proof was judged before: a job that runs twice has one effect.
    Source: design.md 4 (order of locks), 5 and 6.
    """
    accounts.lock_customer(queries.customer_of(proof_id))
    row = queries.fresh(proof_id)
    if row.state != ProofState.READING:
        return None
    facts = judging.facts_in(reading)
    case = judging.case_for(row, facts)
    held = everything_to_people() or ledger.is_parked(row.customer_id)
    found = cautious(pipeline.judge(reading, case), held=held)
    found = learning.with_what_is_known(found, reading, row.customer_id)
    state = ProofState(found.verdict.value)
    check_move(ProofState(row.state), state)
    if state is ProofState.VERIFIED and facts.amount is not None and facts.paid_on is not None:
        rail = payments.rail_of(reading.value("payment_type") or "", reading.value("payer_bank") or "", facts.amount)
        make_payment(row, found, facts.amount, facts.paid_on, facts.reference or "", rail)
    row = queries.lock(proof_id)
    judging.note_facts(row, facts)
    before, row.state, row.duplicate_of, row.read_at = row.state, state, found.duplicate_of, clock.now()
    judging.keep(row, reading, case, found, held=held)
    if state is ProofState.VERIFIED:
        queries.own_facts(judging.facts_of(row), row.id)
        tracing.note_accept(row, reading)
    _tell(row, reading, found, before)
    return found


def _tell(row: Proof, reading: Reading, found: Verdict, before: str) -> None:
    for reason in _reasons(found):
        metrics.when_committed(metrics.decisions_total.labels(row.state, reason).inc)
    after = {"verdict": str(row.state), "rules": verdict.VERSION}
    audit.record("proof_judged", row.public_id, before={"state": str(before)}, after=after)
    telling.judged(row, reading, found)


def _reasons(found: Verdict) -> list[str]:
    return [check.code for check in found.checks if check.outcome != "pass"][:1] or ["all_fit"]


def make_payment(row: Proof, found: Verdict, amount: Money, paid_on: date, reference: str, rail: Rail) -> int:
    """A verified payment for a verified proof; its id. Locks its invoices; the customer's lock is held."""
    numbers = {share.invoice: share.amount for share in found.allocations}
    shares = tuple((invoices.by_number(number, row.customer_id).id, part) for number, part in numbers.items())
    payment_id = payments.claim(
        row.customer_id, amount, paid_on, shares,
        proof_id=row.id, words=f"Proof {row.public_id}", reference=reference, rail=rail,
    )  # fmt: skip
    payments.verify(payment_id, shares)
    return payment_id


def give_up(proof_id: int, error: str) -> None:
    """The reading failed for good: a person looks. In the transaction that marks the job dead."""
    row = queries.lock(proof_id)
    if row.state not in {ProofState.READING, ProofState.RECEIVED}:
        return
    check_move(ProofState(row.state), ProofState.REVIEW)
    row.state, row.read_at = ProofState.REVIEW, clock.now()
    metrics.when_committed(metrics.decisions_total.labels("review", "reading_failed").inc)
    audit.record("proof_not_read", row.public_id, after={"error": error[:500]})
    telling.given_up(row)


def read_again(public_id: str) -> None:
    """Try a reading once more that failed for good. Raises IllegalMove when there is a reading already."""
    row = queries.by_public_id(public_id)
    if not _was_given_up(row):
        raise IllegalMove("This proof", row.state, "read again")
    payload = {"proof_id": row.id, "storage_key": row.storage_key}
    jobs.enqueue("proofs.read", payload, customer_id=row.customer_id, dedupe=f"proofs.read:{row.id}:{row.version}")
    audit.record("proof_read_again", row.public_id)
