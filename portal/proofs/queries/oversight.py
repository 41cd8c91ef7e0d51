"""Questions about automatic accepts, samples of them and their recalls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from portal.core.errors import NotFound
from portal.platform.db import db
from portal.proofs.models import AcceptTrait, AuditSample, AutomaticAccept, Proof, Recall
from portal.proofs.queries import incoming

Sampled = tuple[AuditSample, Proof]


def note_accept(proof_id: int, at: datetime, traits: Iterable[tuple[str, str]]) -> None:
    """Keep what an automatic accept was made with. Flushes."""
    db.session.add(AutomaticAccept(proof_id=proof_id, accepted_at=at))
    db.session.flush()
    db.session.add_all(AcceptTrait(what=what, value=value, proof_id=proof_id) for what, value in traits)
    db.session.flush()


def traits_of(proof_id: int) -> list[tuple[str, str]]:
    """What an automatic accept was made with."""
    rows = db.session.execute(
        select(AcceptTrait.what, AcceptTrait.value).where(AcceptTrait.proof_id == proof_id).order_by(AcceptTrait.what)
    )
    return [(what, value) for what, value in rows]


def trait_counts(what: str, limit: int) -> list[tuple[str, int, datetime]]:
    """Values of one trait with how many accepts still stand, the newest first. Reads one range of the key."""
    rows = db.session.execute(
        select(AcceptTrait.value, func.count(), func.max(AutomaticAccept.accepted_at))
        .join(AutomaticAccept, AutomaticAccept.proof_id == AcceptTrait.proof_id)
        .where(AcceptTrait.what == what, AutomaticAccept.recall_id.is_(None))
        .group_by(AcceptTrait.value)
        .order_by(func.max(AutomaticAccept.proof_id).desc())
        .limit(limit)
    )
    return [(value, int(count), newest) for value, count, newest in rows]


def _standing(what: str, value: str) -> tuple[ColumnElement[bool], ...]:
    return AcceptTrait.what == what, AcceptTrait.value == value, AutomaticAccept.recall_id.is_(None)


def accepts_with(what: str, value: str, after: int, limit: int) -> list[tuple[Proof, datetime]]:
    """Accepts of one trait that no recall has touched, oldest first."""
    rows = db.session.execute(
        select(Proof, AutomaticAccept.accepted_at)
        .join(AutomaticAccept, AutomaticAccept.proof_id == Proof.id)
        .join(AcceptTrait, AcceptTrait.proof_id == Proof.id)
        .where(*_standing(what, value), AcceptTrait.proof_id > after)
        .order_by(AcceptTrait.proof_id)
        .limit(limit)
    )
    return [(proof, at) for proof, at in rows]


def to_recall(what: str, value: str, until: datetime, after: int, limit: int) -> list[tuple[int, int]]:
    """The next accepts that a recall concerns: proof and customer ids, in the order of proofs."""
    rows = db.session.execute(
        select(Proof.id, Proof.customer_id)
        .join(AutomaticAccept, AutomaticAccept.proof_id == Proof.id)
        .join(AcceptTrait, AcceptTrait.proof_id == Proof.id)
        .where(*_standing(what, value), AcceptTrait.proof_id > after, AutomaticAccept.accepted_at <= until)
        .order_by(AcceptTrait.proof_id)
        .limit(limit)
    )
    return [(proof_id, customer_id) for proof_id, customer_id in rows]


def accept_of(proof_id: int) -> AutomaticAccept | None:
    """The automatic accept of a proof, as it stands now."""
    return db.session.get(AutomaticAccept, proof_id, populate_existing=True)


def recalls(limit: int) -> Sequence[Recall]:
    """The newest recalls."""
    return db.session.scalars(select(Recall).order_by(Recall.id.desc()).limit(limit)).all()


def running_recall(what: str, value: str) -> Recall | None:
    """A recall of the same trait that has not ended."""
    return db.session.scalar(
        select(Recall).where(Recall.what == what, Recall.value == value, Recall.finished_at.is_(None)).limit(1)
    )


def lock_recall(recall_id: int) -> Recall:
    """A recall, locked and fresh. Raises NotFound."""
    found = db.session.scalar(
        select(Recall).where(Recall.id == recall_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(str(recall_id))
    found.version += 1
    return found


def samples(settled: bool, before: int | None, limit: int) -> list[Sampled]:
    """Drawn proofs: the open ones oldest first (before: ids above it), the settled ones newest first."""
    question = select(AuditSample, Proof).join(Proof, Proof.id == AuditSample.proof_id)
    if settled:
        question = question.where(AuditSample.outcome.is_not(None)).order_by(AuditSample.proof_id.desc())
        if before is not None:
            question = question.where(AuditSample.proof_id < before)
    else:
        question = question.where(AuditSample.outcome.is_(None)).order_by(AuditSample.proof_id)
        if before is not None:
            question = question.where(AuditSample.proof_id > before)
    return [(sample, proof) for sample, proof in db.session.execute(question.limit(limit + 1))]


def sample_of(public_id: str) -> Sampled:
    """The draw of a proof, and the proof. Raises NotFound when there is no such proof, or it was not drawn."""
    found = db.session.execute(
        select(AuditSample, Proof)
        .join(Proof, Proof.id == AuditSample.proof_id)
        .where(Proof.public_id == public_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(public_id)
    sample, proof = found
    return sample, proof


def lock_sample(proof_id: int) -> AuditSample:
    """The draw of a proof, locked and fresh. Raises NotFound."""
    found = db.session.scalar(
        select(AuditSample)
        .where(AuditSample.proof_id == proof_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(str(proof_id))
    found.version += 1
    return found


def outcomes(rules: str | None = None) -> dict[str, int]:
    """How many samples came out which way; rules: only accepts of this version of the rules."""
    question = select(AuditSample.outcome, func.count()).where(AuditSample.outcome.is_not(None))
    if rules is not None:
        question = question.join(AcceptTrait, AcceptTrait.proof_id == AuditSample.proof_id).where(
            AcceptTrait.what == "rules", AcceptTrait.value == rules
        )
    return {str(outcome): int(count) for outcome, count in db.session.execute(question.group_by(AuditSample.outcome))}


def waiting() -> ScalarSelect[int]:
    """How many draws and mails wait for a person, as a part of a larger question."""
    draws = select(func.count()).select_from(AuditSample).where(AuditSample.outcome.is_(None)).scalar_subquery()
    return select(draws + incoming.waiting()).scalar_subquery()
