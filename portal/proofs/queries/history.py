"""Questions about what was read, judged and decided before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, select

from portal.platform.db import db
from portal.proofs.models import Proof, ReadingRow, VerdictRow

Judged = tuple[Proof, ReadingRow, VerdictRow]


def readings_of(proof_id: int) -> Sequence[ReadingRow]:
    """Every reading of a proof, first to last."""
    return db.session.scalars(select(ReadingRow).where(ReadingRow.proof_id == proof_id).order_by(ReadingRow.id)).all()


def verdicts_of(proof_id: int) -> Sequence[VerdictRow]:
    """Every verdict on a proof, first to last."""
    return db.session.scalars(select(VerdictRow).where(VerdictRow.proof_id == proof_id).order_by(VerdictRow.id)).all()


def judged_since(moment: datetime, after: int, limit: int) -> list[Judged]:
    """Proofs whose newest verdict is not older than the moment, with that verdict and its reading, by verdict id.

    after: the id of the last verdict that was seen.
    """
    newest = select(func.max(VerdictRow.id)).where(VerdictRow.proof_id == Proof.id).correlate(Proof).scalar_subquery()
    rows = db.session.execute(
        select(Proof, ReadingRow, VerdictRow)
        .join(VerdictRow, and_(VerdictRow.proof_id == Proof.id, VerdictRow.id == newest))
        .join(ReadingRow, ReadingRow.id == VerdictRow.reading_id)
        .where(VerdictRow.created_at >= moment, VerdictRow.id > after)
        .order_by(VerdictRow.id)
        .limit(limit)
    )
    return [(proof, reading, verdict) for proof, reading, verdict in rows]


def accepted_by_rules(proof_id: int) -> tuple[ReadingRow, VerdictRow] | None:
    """The first verdict that verified a proof without a person, and the reading it judged."""
    row = db.session.execute(
        select(ReadingRow, VerdictRow)
        .join(VerdictRow, VerdictRow.reading_id == ReadingRow.id)
        .where(VerdictRow.proof_id == proof_id, VerdictRow.verdict == "verified")
        .order_by(VerdictRow.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
