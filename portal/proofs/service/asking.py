"""A question to the customer, and the answer that brings the proof back into the queue."""

from __future__ import annotations

from datetime import timedelta

from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.identity import Identity
from portal.platform import audit
from portal.proofs import queries
from portal.proofs.errors import AlreadyDecided
from portal.proofs.service import taking, telling
from portal.proofs.service.rows import info
from portal.proofs.types.stored import ProofInfo, ProofState

#: a question nobody answers does not make a proof be forgotten
ANSWER_WITHIN = timedelta(days=2)


def ask(public_id: str, question: str, *, by: Identity, seen_version: int | None = None) -> ProofInfo:
    """A question goes to the customer; the proof sleeps until the answer comes, at most two days.

    Raises BadInput without a question, AlreadyDecided, ChangedMeanwhile. Source: docs/rules/review.md, Q8.
    """
    row = taking.stand(public_id, seen_version)
    taking.demand_review(row)
    if not question.strip():
        raise BadInput("Write the question: the customer reads it.", field="words")
    row = taking.lock(row)
    desk = taking.desk_of(row)
    desk.asleep_until, desk.answered_at = clock.now() + ANSWER_WITHIN, None
    taking.note(row, "ask", question, by, {})
    audit.record("proof_ask", row.public_id, after={"question": question.strip()[:500]})
    telling.asked(row, question.strip())
    return info(row)


def answer(public_id: str, words: str, *, by: Identity, customer_id: int) -> ProofInfo:
    """The customer's answer stands in the proof's history, and the proof waits for a person again, marked so.

    Raises NotFound for another customer's proof, AlreadyDecided, IllegalMove where nothing was asked, BadInput.
    Source: docs/rules/review.md, Q8.
    """
    queries.by_public_id(public_id, customer_id)
    row = taking.stand(public_id, None)
    if not words.strip():
        raise BadInput("Write the answer: our team reads it.", field="words")
    if row.state != ProofState.REVIEW or taking.is_held(row):
        raise AlreadyDecided  # the customer does not read who
    asked = [one for one in queries.decisions_of(row.id) if one.action == "ask"]
    if not asked:
        raise IllegalMove("This proof", row.state, "answered: nothing was asked")
    row = taking.lock(row)
    desk = taking.desk_of(row)
    desk.asleep_until, desk.answered_at = None, clock.now()
    taking.note(row, "answer", words, by, {})
    audit.record("proof_answer", row.public_id, after={"answer": words.strip()[:500]})
    telling.answered(row, desk.assigned_to or asked[-1].user_id)
    return info(row)
