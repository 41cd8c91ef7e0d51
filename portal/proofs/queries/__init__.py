"""Questions to the tables of proofs. The only place that locks a proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import and_, func, or_, select

from portal.core.errors import NotFound
from portal.core.money import Money
from portal.platform.db import db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch
from portal.proofs.models import Decision, Proof, ProofFact, ReadingRow, VerdictRow
from portal.proofs.types import EarlierProof
from portal.proofs.types.stored import ProofState

Json: TypeAlias = dict[str, Any]
#: What a proof must have come to before a later one can be the same payment seen again.
_SEEN = (ProofState.VERIFIED, ProofState.REVIEW, ProofState.DUPLICATE, ProofState.REJECTED)
#: More candidates than a verdict could ever need to see.
_MOST_CANDIDATES = 50


def by_public_id(public_id: str, customer_id: int | None = None) -> Proof:
    """One proof. Raises NotFound, also when it belongs to another customer."""
    question = select(Proof).where(Proof.public_id == public_id)
    if customer_id is not None:
        question = question.where(Proof.customer_id == customer_id)
    found = db.session.scalar(question)
    if found is None:
        raise NotFound(public_id)
    return found


def with_evidence(public_id: str, customer_id: int | None = None) -> tuple[Proof, Json | None, Json | None]:
    """One proof with the reading and the verdict that count, in one question. Raises NotFound as by_public_id."""
    reading = select(func.max(ReadingRow.id)).where(ReadingRow.proof_id == Proof.id).correlate(Proof).scalar_subquery()
    verdict = select(func.max(VerdictRow.id)).where(VerdictRow.proof_id == Proof.id).correlate(Proof).scalar_subquery()
    question = (
        select(Proof, ReadingRow.body, VerdictRow.body)
        .outerjoin(ReadingRow, and_(ReadingRow.proof_id == Proof.id, ReadingRow.id == reading))
        .outerjoin(VerdictRow, and_(VerdictRow.proof_id == Proof.id, VerdictRow.id == verdict))
        .where(Proof.public_id == public_id)
    )
    if customer_id is not None:
        question = question.where(Proof.customer_id == customer_id)
    found = db.session.execute(question).one_or_none()
    if found is None:
        raise NotFound(public_id)
    return found[0], found[1], found[2]


def owner_of(public_id: str) -> int | None:
    """The customer whose proof it is; None when there is no such proof."""
    return db.session.scalar(select(Proof.customer_id).where(Proof.public_id == public_id))


def lock(proof_id: int) -> Proof:
    """One proof, locked and fresh: nobody else decides it until this transaction ends."""
    found = db.session.scalar(
        select(Proof).where(Proof.id == proof_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(str(proof_id))
    found.version += 1
    return found


def fresh(proof_id: int) -> Proof:
    """One proof as it stands now, without a lock: what decides it holds its customer's lock. Raises NotFound."""
    found = db.session.scalar(select(Proof).where(Proof.id == proof_id).execution_options(populate_existing=True))
    if found is None:
        raise NotFound(str(proof_id))
    return found


def by_upload_key(key: str) -> Proof | None:
    """The proof that this form and file made before."""
    return db.session.scalar(select(Proof).where(Proof.upload_key == key))


def customer_of(proof_id: int) -> int:
    """Whose proof it is. Raises NotFound."""
    found = db.session.scalar(select(Proof.customer_id).where(Proof.id == proof_id))
    if found is None:
        raise NotFound(str(proof_id))
    return found


def sent_since(customer_id: int, moment: datetime) -> tuple[int, int]:
    """How many proofs a customer sent since then, and their bytes."""
    count, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Proof.size), 0)).where(
            Proof.customer_id == customer_id, Proof.created_at >= moment
        )
    ).one()
    return int(count), int(size)


def runs(proof_id: int) -> int:
    """How often the proof was read."""
    return int(db.session.scalar(select(func.count()).where(ReadingRow.proof_id == proof_id)) or 0)


def last_decider(proof_id: int) -> str | None:
    """The name of the person who decided last."""
    return db.session.scalar(
        select(Decision.by_name).where(Decision.proof_id == proof_id).order_by(Decision.id.desc()).limit(1)
    )


def earlier_like(
    proof: Proof, amount: Money | None, paid_on: date | None, trace_id: str | None, picture_hash: str | None
) -> tuple[EarlierProof, ...]:
    """Proofs before this one, of any customer, that share its file, bank id, amount and day, or picture."""
    alike = [Proof.sha256 == proof.sha256]
    if amount is not None and paid_on is not None:
        alike.append(and_(Proof.amount_cents == amount.cents, Proof.paid_on == paid_on))
    if trace_id:
        alike.append(Proof.trace_id == trace_id)
    if picture_hash:
        alike.append(Proof.picture_hash == picture_hash)
    rows = db.session.scalars(
        select(Proof)
        .where(or_(*alike), Proof.id != proof.id, Proof.state.in_(_SEEN))
        .order_by(Proof.id)
        .limit(_MOST_CANDIDATES)
    )
    return tuple(_earlier(row) for row in rows)


def _earlier(row: Proof) -> EarlierProof:
    return EarlierProof(
        id=row.public_id,
        sha256=row.sha256,
        amount=None if row.amount_cents is None else Money(row.amount_cents, row.currency),
        date=row.paid_on,
        bank=row.bank,
        trace_id=row.trace_id,
        payer_account=row.payer_account,
        picture_hash=row.picture_hash,
    )


def facts_owned_by_others(facts: Iterable[str], proof_id: int) -> str | None:
    """The public id of another verified proof that owns one of these facts."""
    return db.session.scalar(
        select(Proof.public_id)
        .join(ProofFact, ProofFact.proof_id == Proof.id)
        .where(ProofFact.fact.in_(list(facts)), ProofFact.proof_id != proof_id)
        .limit(1)
    )


def own_facts(facts: Iterable[str], proof_id: int) -> None:
    """This proof now owns the facts. A unique key refuses the second proof that tries."""
    have = set(db.session.scalars(select(ProofFact.fact).where(ProofFact.proof_id == proof_id)))
    db.session.add_all(ProofFact(fact=fact, proof_id=proof_id) for fact in facts if fact not in have)
    db.session.flush()


def release_facts(proof_id: int) -> None:
    """A proof that is not verified any more owns nothing."""
    for row in db.session.scalars(select(ProofFact).where(ProofFact.proof_id == proof_id)):
        db.session.delete(row)


def decisions_of(proof_id: int) -> Sequence[Decision]:
    """What people decided, oldest first."""
    return db.session.scalars(select(Decision).where(Decision.proof_id == proof_id).order_by(Decision.id)).all()


def page_of(customer_id: int, state: str | None, before: int | None, limit: int) -> Sequence[Proof]:
    """A customer's proofs, newest first; one more than limit tells that there is a next page."""
    question = select(Proof).where(Proof.customer_id == customer_id)
    if state:
        question = question.where(Proof.state == state)
    if before:
        question = question.where(Proof.id < before)
    return db.session.scalars(question.order_by(Proof.id.desc()).limit(limit + 1)).all()


def listed(customer_id: int | None, state: ProofState | None, after: str | None, limit: int) -> Page[AnyRow]:
    """One page of proofs, newest first. customer_id: None for everybody's."""
    question: AnySelect = select(Proof, Proof.id)
    if customer_id is not None:
        question = question.where(Proof.customer_id == customer_id)
        question = question.with_hint(Proof, "FORCE INDEX (ix_proof_customer)", "mysql")
    if state is not None:
        question = question.where(Proof.state == state)
    return fetch(question, Sort(Proof.id, Proof.id, descending=True), after, limit)


def under_way(customer_id: int) -> Sequence[Proof]:
    """Proofs of a customer that still need a machine or a person."""
    states = (ProofState.RECEIVED, ProofState.READING, ProofState.REVIEW)
    return db.session.scalars(
        select(Proof).where(Proof.customer_id == customer_id, Proof.state.in_(states)).order_by(Proof.id)
    ).all()
