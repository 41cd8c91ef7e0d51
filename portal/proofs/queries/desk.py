"""Questions about the clerks' desk: what waits for whom, what is half decided, and how long decisions took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.platform.db import db
from portal.platform.paging import capped
from portal.proofs.models import Decision, Desk, Proof
from portal.proofs.types.review import Around, Whose
from portal.proofs.types.stored import ProofState

#: more measured decisions than a week of many clerks has
_MOST_MEASURED = 20_000


def desk(proof_id: int) -> Desk | None:
    """What is under way with a proof, as it stands now. It changes only under the proof's lock."""
    return db.session.scalar(select(Desk).where(Desk.proof_id == proof_id).execution_options(populate_existing=True))


def _part(whose: Whose, me: int, now: datetime) -> ColumnElement[bool]:
    """What belongs to a part of the queue. A decision that is held is in none."""
    awake = or_(Desk.asleep_until.is_(None), Desk.asleep_until <= now)
    nobodys_or_mine = or_(Desk.assigned_to.is_(None), Desk.assigned_to == me)
    not_twice = or_(Desk.first_by.is_(None), Desk.first_by != me)
    parts: dict[Whose, ColumnElement[bool]] = {
        Whose.TO_DO: and_(awake, nobodys_or_mine, not_twice),
        Whose.MINE: and_(awake, Desk.assigned_to == me),
        Whose.ASKED: Desk.asleep_until > now,
        Whose.ALL: true(),
    }
    return and_(Proof.state == ProofState.REVIEW, Desk.held_until.is_(None), parts[whose])


def queue(whose: Whose, me: int, now: datetime, after: int | None, limit: int) -> Sequence[tuple[Proof, Desk | None]]:
    """A part of what waits, oldest first; one more than limit tells that there is a next page."""
    question = select(Proof, Desk).outerjoin(Desk, Desk.proof_id == Proof.id).where(_part(whose, me, now))
    if after:
        question = question.where(Proof.id > after)
    rows = db.session.execute(question.order_by(Proof.id).limit(limit + 1))
    return [(row[0], row[1]) for row in rows]


def counts(me: int, now: datetime) -> dict[Whose, int]:
    """How many wait in each part of the queue, in one question."""
    asked = [func.count(case((_part(whose, me, now), 1))) for whose in Whose]
    row = db.session.execute(
        select(*asked)
        .select_from(Proof)
        .outerjoin(Desk, Desk.proof_id == Proof.id)
        .where(Proof.state == ProofState.REVIEW)
    ).one()
    return {whose: int(value) for whose, value in zip(Whose, row, strict=True)}


def standing(
    proof_id: int, whose: Whose, me: int, now: datetime
) -> tuple[Around, Desk | None, list[tuple[Proof, Desk]]]:
    """Around one proof in a part of the queue; its desk; and what this person can take back: all in one question."""
    mine, of_held = _part(whose, me, now), aliased(Proof)
    ids = select(Proof.public_id).outerjoin(Desk, Desk.proof_id == Proof.id).where(mine).limit(1).correlate(None)
    count = select(func.count(Proof.id)).outerjoin(Desk, Desk.proof_id == Proof.id).where(mine).correlate(None)
    before = ids.where(Proof.id < proof_id).order_by(Proof.id.desc()).scalar_subquery()
    after = ids.where(Proof.id > proof_id).order_by(Proof.id).scalar_subquery()
    place = count.where(Proof.id <= proof_id).scalar_subquery()
    concerned = or_(Desk.proof_id == Proof.id, and_(Desk.held_by == me, Desk.held_until.is_not(None)))
    rows = db.session.execute(
        select(before, after, place, count.scalar_subquery(), Desk, of_held)
        .select_from(Proof)
        .outerjoin(Desk, concerned)
        .outerjoin(of_held, of_held.id == Desk.proof_id)
        .where(Proof.id == proof_id)
        .order_by(Desk.held_until.desc())
    ).all()
    around = Around(rows[0][0], rows[0][1], int(rows[0][2]), int(rows[0][3]))
    desks = [(row[5], row[4]) for row in rows if row[4] is not None]
    own = next((found for _, found in desks if found.proof_id == proof_id), None)
    return around, own, [(proof, found) for proof, found in desks if found.held_by == me and found.held_until]


def next_in_queue(after: int, whose: Whose, me: int, now: datetime) -> str | None:
    """The public id of the next proof of a part of the queue, or of its oldest when none comes after."""
    waits = (
        select(Proof.public_id)
        .outerjoin(Desk, Desk.proof_id == Proof.id)
        .where(_part(whose, me, now))
        .order_by(Proof.id)
        .limit(1)
    )
    return db.session.scalar(waits.where(Proof.id > after)) or db.session.scalar(waits)


def waiting_count(now: datetime) -> ScalarSelect[int]:
    """How many proofs wait for any person now, as a part of a larger question."""
    aside = exists().where(Desk.proof_id == Proof.id, or_(Desk.held_until.is_not(None), Desk.asleep_until > now))
    return capped(select(Proof.id).where(Proof.state == ProofState.REVIEW, ~aside))


def held(me: int) -> Sequence[tuple[Proof, Desk]]:
    """This person's decisions that have not taken effect, the newest first."""
    rows = db.session.execute(
        select(Proof, Desk)
        .join(Desk, Desk.proof_id == Proof.id)
        .where(Desk.held_by == me, Desk.held_until.is_not(None))
        .order_by(Desk.held_until.desc())
        .limit(50)
    )
    return [(row[0], row[1]) for row in rows]


def measured(since: datetime) -> Sequence[tuple[int | None, datetime, int]]:
    """Whose decision it was, when, and how many seconds it took, of all that were measured since then."""
    rows = db.session.execute(
        select(Decision.user_id, Decision.created_at, Decision.seconds)
        .where(Decision.created_at >= since, Decision.seconds.is_not(None))
        .order_by(Decision.created_at.desc())
        .limit(_MOST_MEASURED)
    )
    return [(row[0], row[1], int(row[2] or 0)) for row in rows]
