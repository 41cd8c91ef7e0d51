"""Automatic accepts that can be called back by what they were made with: rules, layout, engine, a version of the reader.

Source: design.md 6 (by version, recalled); docs/rules/learning.md, L6 to L8.
"""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.identity import Identity
from portal.payments import service as payments
from portal.payments.types import PaymentState
from portal.platform import audit, jobs
from portal.platform.db import db
from portal.proofs import queries
from portal.proofs.models import Decision, Proof, Recall
from portal.proofs.queries import oversight
from portal.proofs.service import telling
from portal.proofs.service.rows import info
from portal.proofs.types.oversight import ONE_PROOF, TRAITS, AcceptRow, RecallRow, TraitCount
from portal.proofs.types.stored import ProofState, check_move

PAGE = 25
#: proofs sent back in one transaction; the next step is a job of its own
STEP = 25
_MOST_VALUES = 100
JOB = "proofs.recall"


def trait_counts(what: str) -> list[TraitCount]:
    """Values of one trait and how many automatic accepts with it still stand. Raises BadInput for no trait of ours."""
    _demand_trait(what)
    return [TraitCount(*row) for row in oversight.trait_counts(what, _MOST_VALUES)]


def accepts_with(what: str, value: str, after: int = 0) -> tuple[list[AcceptRow], int | None]:
    """Automatic accepts made with this, oldest first, with the payments behind them; and the mark of the next page."""
    _demand_trait(what)
    found = oversight.accepts_with(what, value, after, PAGE + 1)
    shown = found[:PAGE]
    names = accounts.customers_by_id({proof.customer_id for proof, _ in shown})
    paid = payments.by_proofs([proof.id for proof, _ in shown])
    rows = []
    for proof, at in shown:
        payment = paid.get(proof.id)
        state = None if payment is None else payment.state.value
        who = info(proof, names[proof.customer_id].name)
        rows.append(AcceptRow(who, at, None if payment is None else payment.id, state))
    return rows, shown[-1][0].id if len(found) > PAGE else None


def recalls() -> list[RecallRow]:
    """The newest recalls, of traits and of single proofs."""
    return [
        RecallRow(
            one.what, one.value, one.reason, one.by_name, one.started_at, one.finished_at, one.sent_back, one.confirmed
        )
        for one in oversight.recalls(PAGE)
    ]


def start(what: str, value: str, reason: str, *, by: Identity) -> int:
    """Send every automatic accept made with this back to people; a job does it step by step. Gives the recall's id.

    Those whose money the bank has shown are counted and left alone. Raises BadInput without a reason or when nothing
    was accepted with it, Conflict while the same recall is under way. Flushes.
    """
    _demand_trait(what)
    if not reason.strip():
        raise BadInput("Write why they are called back: whoever reviews them reads it.", field="reason")
    if oversight.running_recall(what, value) is not None:
        raise Conflict("This recall is under way already.")
    if not oversight.to_recall(what, value, clock.now(), 0, 1):
        raise BadInput("No automatic accept that still stands was made with this.", field="value")
    row = _recall(what, value, reason, by)
    audit.record("recall.started", f"{what} {value}"[:120], after={"reason": row.reason})
    jobs.enqueue(JOB, {"recall_id": row.id}, dedupe=f"{JOB}:{row.id}:0")
    return row.id


def step(recall_id: int) -> None:
    """One step of a recall: some proofs in the order of their customers, then the job of the next step or the end."""
    recall = db.session.get(Recall, recall_id, populate_existing=True)
    if recall is None or recall.finished_at is not None:
        return
    batch = oversight.to_recall(recall.what, recall.value, recall.started_at, recall.after_id, STEP)
    for customer_id in sorted({customer for _, customer in batch}):
        accounts.lock_customer(customer_id)
    done = [_send_back(proof_id, recall.id, recall.reason, recall.by_id, recall.by_name) for proof_id, _ in batch]
    row = oversight.lock_recall(recall_id)
    row.sent_back += done.count(True)
    row.confirmed += done.count(False)
    if len(batch) < STEP:
        row.finished_at = clock.now()
        words = {"sent_back": row.sent_back, "confirmed": row.confirmed}
        audit.record("recall.finished", f"{row.what} {row.value}"[:120], after=words)
        return
    row.after_id = batch[-1][0]
    jobs.enqueue(JOB, {"recall_id": row.id}, dedupe=f"{JOB}:{row.id}:{row.after_id}")


def recall_one(proof: Proof, reason: str, *, by: Identity) -> bool:
    """Send one automatic accept back, found wrong by a person; False when the bank has shown its money already."""
    accounts.lock_customer(proof.customer_id)
    row = _recall(ONE_PROOF, proof.public_id, reason, by)
    done = _send_back(proof.id, row.id, row.reason, row.by_id, row.by_name)
    row.sent_back, row.confirmed, row.finished_at = int(done is True), int(done is False), clock.now()
    db.session.flush()
    return done is True


def _recall(what: str, value: str, reason: str, by: Identity) -> Recall:
    row = Recall(
        what=what, value=value[:80], reason=reason.strip()[:500], by_id=by.user_id, by_name=by.name,
        started_at=clock.now(), after_id=0, sent_back=0, confirmed=0,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _send_back(proof_id: int, recall_id: int, reason: str, by_id: int | None, by_name: str) -> bool | None:
    """True: sent back. False: the money is confirmed, so it stays. None: it does not stand as accepted any more.

    The customer is locked by the caller; then invoices and payment, then the proof (design.md 4).
    """
    accept, payment = oversight.accept_of(proof_id), payments.by_proof(proof_id)
    if accept is None or accept.recall_id is not None:
        return None
    if payment is not None and payment.state is PaymentState.CONFIRMED:
        return False
    if payment is not None and payment.state is PaymentState.VERIFIED:
        payments.take_back(payment.id, f"Its proof was called back: {reason}", by=by_id)
    row = queries.lock(proof_id)
    if row.state != ProofState.VERIFIED:
        return None
    check_move(ProofState(row.state), ProofState.REVIEW)
    row.state, row.decided_at = ProofState.REVIEW, None
    queries.release_facts(row.id)
    accept.recall_id = recall_id
    _write_down(row, reason, by_id, by_name)
    return True


def _write_down(row: Proof, reason: str, by_id: int | None, by_name: str) -> None:
    db.session.add(
        Decision(
            proof_id=row.id, user_id=by_id, by_name=by_name, action="recall", words=reason, body={},
            created_at=clock.now(),
        )
    )  # fmt: skip
    audit.record("proof_recall", row.public_id, before={"state": "verified"}, after={"state": "review"})
    telling.given_up(row)
    db.session.flush()


def _demand_trait(what: str) -> None:
    if what not in TRAITS:
        raise BadInput("There is no such list of accepts.", field="what")
