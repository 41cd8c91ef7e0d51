"""Questions to the memory of payers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from portal.core.errors import NotFound
from portal.platform.db import db
from portal.proofs.models import PayerMark, PayerMemory, Proof
from portal.proofs.types.payers import Payer

#: more memories than could tell one payer from another
_MOST_ALIKE = 50
_MOST_MARKS = 500


def alike(payer: Payer) -> Sequence[PayerMemory]:
    """Memories that share the account's tail or the name, forgotten ones too, the newest first."""
    same = []
    if payer.account_key:
        same.append(PayerMemory.account_key == payer.account_key)
    if payer.name_key:
        same.append(PayerMemory.name_key == payer.name_key)
    if not same:
        return []
    return db.session.scalars(
        select(PayerMemory).where(or_(*same)).order_by(PayerMemory.id.desc()).limit(_MOST_ALIKE)
    ).all()


def marks_of(memory_ids: Iterable[int]) -> dict[int, list[tuple[PayerMark, str]]]:
    """The decisions behind memories, newest first, each with the public id of its proof."""
    found: dict[int, list[tuple[PayerMark, str]]] = {memory_id: [] for memory_id in memory_ids}
    rows = db.session.execute(
        select(PayerMark, Proof.public_id)
        .join(Proof, Proof.id == PayerMark.proof_id)
        .where(PayerMark.memory_id.in_(list(found)))
        .order_by(PayerMark.id.desc())
        .limit(_MOST_MARKS)
    )
    for mark, public_id in rows:
        found[mark.memory_id].append((mark, public_id))
    return found


def mark_of(memory_id: int, proof_id: int) -> PayerMark | None:
    """What a decision on a proof said of a memory."""
    return db.session.scalar(select(PayerMark).where(PayerMark.memory_id == memory_id, PayerMark.proof_id == proof_id))


def marks_by_proof(proof_id: int) -> Sequence[PayerMark]:
    """Everything that decisions on a proof said."""
    return db.session.scalars(select(PayerMark).where(PayerMark.proof_id == proof_id)).all()


def mark(mark_id: int) -> PayerMark:
    """One decision, locked and fresh. Raises NotFound."""
    found = db.session.scalar(
        select(PayerMark).where(PayerMark.id == mark_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(str(mark_id))
    return found


def lock(memory_id: int) -> PayerMemory:
    """One memory, locked and fresh. Raises NotFound."""
    found = db.session.scalar(
        select(PayerMemory)
        .where(PayerMemory.id == memory_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(str(memory_id))
    found.version += 1
    return found


def page(
    name_key: str, digits: str, customer_id: int | None, shown: bool | None, before: int | None, limit: int
) -> Sequence[PayerMemory]:
    """Memories, newest first; one more than limit tells of a next page.

    name_key: how the payer's name begins. digits: the account's last four. shown: only active ones, or only those off.
    """
    question = select(PayerMemory).order_by(PayerMemory.id.desc()).limit(limit + 1)
    if name_key:
        question = question.where(PayerMemory.name_key.startswith(name_key, autoescape=True))
    if digits:
        question = question.where(PayerMemory.account_key == digits)
    if customer_id is not None:
        question = question.where(PayerMemory.customer_id == customer_id)
    if shown is not None:
        question = question.where(PayerMemory.active == shown)
    if before is not None:
        question = question.where(PayerMemory.id < before)
    return db.session.scalars(question).all()
