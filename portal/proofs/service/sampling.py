"""A share of the automatic accepts goes to a person unseen, so that the rate of wrong ones is known and not believed.

Source: docs/rules/learning.md, L5 and L6.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.identity import Identity
from portal.core.money import Money
from portal.platform import audit
from portal.platform.db import db
from portal.proofs import queries, verdict
from portal.proofs.models import AuditSample, Proof
from portal.proofs.queries import history, oversight
from portal.proofs.service import recalling, showing
from portal.proofs.types import Case
from portal.proofs.types.as_json import case_from_json, reading_from_json, verdict_from_json
from portal.proofs.types.oversight import RIGHT, WRONG, Accepted, Opinion, Rate, Sample, SampleRow

PAGE = 25


def waiting_count() -> ScalarSelect[int]:
    """The number beside "Oversight" in the staff rail, as a subquery: samples and mails that wait for a person."""
    return oversight.waiting()


def samples(*, settled: bool, after: int | None = None) -> tuple[list[SampleRow], int | None]:
    """Draws that wait, oldest first, or settled ones, newest first; and the mark of the next page."""
    found = oversight.samples(settled, after, PAGE)
    known = accounts.customers_by_id({proof.customer_id for _, proof in found})
    rows = [_row(sample, proof, known[proof.customer_id].name) for sample, proof in found[:PAGE]]
    return rows, found[PAGE - 1][1].id if len(found) > PAGE else None


def rates() -> tuple[Rate, Rate]:
    """Wrong accepts among those looked at: of all time, and of today's rules alone."""
    return _rate(oversight.outcomes()), _rate(oversight.outcomes(verdict.VERSION))


def _rate(counts: Mapping[str, int]) -> Rate:
    return Rate(sum(counts.values()), counts.get(WRONG, 0))


def sample(public_id: str) -> Sample:
    """One drawn proof. What the computer decided is in it only once somebody has said what they see.

    Raises NotFound when there is no such proof, or it was not drawn.
    """
    drawn, proof = oversight.sample_of(public_id)
    detail = showing.detail(public_id)
    case, accepted = _judged(proof.id)
    opinion = None if drawn.opinion is None else _opinion_from(drawn.opinion)
    return Sample(
        row=_row(drawn, proof, detail.info.customer_name),
        detail=detail,
        version=drawn.version,
        open_invoices={one.number: one.balance for one in case.open_invoices},
        opinion=opinion,
        accepted=None if opinion is None else accepted,
        traits=tuple(oversight.traits_of(proof.id)),
    )


def give_opinion(public_id: str, opinion: Opinion, *, by: Identity, seen_version: int) -> bool:
    """Somebody says what they see, before they know what was decided; whether they would have decided alike.

    Alike settles the sample as right. Raises Conflict when somebody else was faster, BadInput when an amount or a day is
    missing. Flushes.
    """
    if opinion.accept and (opinion.amount is None or opinion.paid_on is None or not opinion.invoices):
        raise BadInput("Write the amount and the day you see, and tick what it pays.", field="amount")
    proof = queries.by_public_id(public_id)
    drawn = _take(proof.id, seen_version)
    if drawn.opinion is not None:
        raise Conflict("Somebody has looked at this sample in the meantime.")
    agrees = opinion.agrees_with(_judged(proof.id)[1])
    drawn.opinion, drawn.by_id, drawn.by_name = _opinion_json(opinion), by.user_id, by.name
    audit.record("sample.seen", public_id, after={"accept": opinion.accept, "agrees": agrees})
    if agrees:
        _settle(drawn, RIGHT, opinion.words, by, public_id)
    db.session.flush()
    return agrees


def settle(public_id: str, outcome: str, words: str, *, by: Identity, seen_version: int) -> bool:
    """After comparing, a person says whether the accept was right or wrong; a wrong one goes back to review.

    Whether it went back: not when the bank has shown the money already. Raises BadInput without a reason for wrong,
    Conflict when somebody was faster or nobody has looked unseen. Flushes.
    """
    if outcome not in {RIGHT, WRONG}:
        raise BadInput("Say whether the accept was right or wrong.", field="outcome")
    if outcome == WRONG and not words.strip():
        raise BadInput("Write what is wrong with it.", field="words")
    proof = queries.by_public_id(public_id)
    sent_back = outcome == WRONG and recalling.recall_one(proof, words, by=by)
    drawn = _take(proof.id, seen_version)
    if drawn.opinion is None:
        raise Conflict("Look at the document unseen first.")
    _settle(drawn, outcome, words, by, public_id)
    db.session.flush()
    return sent_back


def _take(proof_id: int, seen_version: int) -> AuditSample:
    drawn = oversight.lock_sample(proof_id)
    if drawn.outcome is not None or drawn.version != seen_version + 1:
        raise Conflict("Somebody has looked at this sample in the meantime.")
    return drawn


def _settle(drawn: AuditSample, outcome: str, words: str, by: Identity, public_id: str) -> None:
    drawn.outcome, drawn.words, drawn.settled_at = outcome, words.strip()[:500], clock.now()
    drawn.by_id, drawn.by_name = by.user_id, by.name
    audit.record("sample.settled", public_id, after={"outcome": outcome, "words": drawn.words})


def _row(drawn: AuditSample, proof: Proof, customer_name: str) -> SampleRow:
    return SampleRow(
        proof.public_id, customer_name, drawn.chosen_at, drawn.draw, drawn.share, drawn.opinion is not None,
        drawn.outcome, drawn.by_name, drawn.settled_at, drawn.words,
    )  # fmt: skip


def _judged(proof_id: int) -> tuple[Case, Accepted]:
    """What was known that day, and what was accepted without a person: the amount and day as read, and the split."""
    found = history.accepted_by_rules(proof_id)
    if found is None:
        raise NotFound(str(proof_id))
    kept, judged = found
    case, _ = case_from_json(judged.case)
    read, paid = reading_from_json(kept.body), verdict_from_json(judged.body).allocations
    return case, Accepted(read.amount, read.day, tuple(share.invoice for share in paid))


def _opinion_json(opinion: Opinion) -> dict[str, Any]:
    return {
        "accept": opinion.accept,
        "amount": None if opinion.amount is None else opinion.amount.plain,
        "currency": None if opinion.amount is None else opinion.amount.currency,
        "paid_on": None if opinion.paid_on is None else opinion.paid_on.isoformat(),
        "invoices": list(opinion.invoices),
        "words": opinion.words[:500],
    }


def _opinion_from(kept: Mapping[str, Any]) -> Opinion:
    amount, day = kept["amount"], kept["paid_on"]
    return Opinion(
        kept["accept"],
        None if amount is None else Money.parse(amount, kept["currency"]),
        None if day is None else date.fromisoformat(day),
        tuple(kept["invoices"]),
        kept["words"],
    )
