"""Proofs that break an invariant (reliability.md 3). Tables of features below are named by the columns asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Integer, String, case, column, func, select, table

from portal.platform.db import db
from portal.platform.models import AuditEvent
from portal.proofs.models import Proof
from portal.proofs.types.stored import ProofState

#: (public id, words, customer id)
Row = tuple[str, str, int]

_PAYMENT = table("payment", column("proof_id", Integer), column("state", String))
_ENDED = ("rejected", "expired", "reversed")
_VERIFYING, _RECALLED = ("proof_judged", "proof_accept"), "proof_recall"


def files_accepted_twice(limit: int) -> Iterator[Row]:
    """5: one file stands behind two verified proofs whose money still counts."""
    counts = case((_PAYMENT.c.state.in_(_ENDED), 0), else_=1)
    rows = db.session.execute(
        select(func.min(Proof.public_id), func.sum(counts), func.min(Proof.customer_id))
        .join(_PAYMENT, _PAYMENT.c.proof_id == Proof.id)
        .where(Proof.state == ProofState.VERIFIED)
        .group_by(Proof.sha256)
        .having(func.sum(counts) > 1)
        .limit(limit)
    )
    for public_id, count, customer_id in rows:
        yield public_id, f"its file was accepted {int(count)} times", customer_id


def wrongly_noted(newest: int, limit: int) -> Iterator[Row]:
    """6: a verified proof whose becoming so does not stand in the audit log exactly once."""
    rows = db.session.execute(
        select(Proof.public_id, Proof.customer_id)
        .where(Proof.state == ProofState.VERIFIED)
        .order_by(Proof.id.desc())
        .limit(newest)
    ).all()
    noted = _noted([public_id for public_id, _ in rows])
    wrong = [(public_id, customer_id) for public_id, customer_id in rows if noted[public_id] != 1]
    for public_id, customer_id in wrong[:limit]:
        yield public_id, f"the audit log says {noted[public_id]} times that it became verified", customer_id


def _noted(public_ids: Sequence[str]) -> Counter[str]:
    """How often each became verified, less how often it was recalled."""
    found: Counter[str] = Counter()
    for start in range(0, len(public_ids), 500):
        events = db.session.execute(
            select(AuditEvent.subject, AuditEvent.action, AuditEvent.after).where(
                AuditEvent.subject.in_(public_ids[start : start + 500]),
                AuditEvent.action.in_((*_VERIFYING, _RECALLED)),
            )
        )
        for subject, action, after in events:
            if action == _RECALLED:
                found[subject] -= 1
            elif _says_verified(action, after):
                found[subject] += 1
    return found


def _says_verified(action: str, after: dict[str, object] | None) -> bool:
    return action == "proof_accept" or (after or {}).get("verdict") == "verified"


def newest_documents(limit: int) -> list[tuple[str, str, int]]:
    """(public id, storage key, customer id) of the newest proofs."""
    rows = db.session.execute(
        select(Proof.public_id, Proof.storage_key, Proof.customer_id).order_by(Proof.id.desc()).limit(limit)
    )
    return [(public_id, key, customer_id) for public_id, key, customer_id in rows]
