"""The clerks' queue: its parts, what is under way with each proof in it, and what is about to take effect."""

from __future__ import annotations

from sqlalchemy import ScalarSelect

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.identity import Identity
from portal.proofs.models import Desk
from portal.proofs.queries import desk as desks
from portal.proofs.service.rows import info
from portal.proofs.types.review import DeskInfo, Held, QueueRow, Standing, Whose, terms_from_json
from portal.proofs.types.stored import ProofInfo

PAGE = 25


def queue(whose: Whose, me: Identity, after: int | None = None) -> tuple[list[QueueRow], int | None]:
    """A part of what waits for a person, oldest first, and the mark of the next page."""
    rows = desks.queue(whose, me.user_id, clock.now(), after, PAGE)
    known = accounts.customers_by_id({row.customer_id for row, _ in rows})
    shown = [
        QueueRow(info(row, known[row.customer_id].name), _desk_info(row.public_id, found, me))
        for row, found in rows[:PAGE]
    ]
    return shown, shown[-1].proof.id if len(rows) > PAGE else None


def counts(me: Identity) -> dict[Whose, int]:
    """How many wait in each part."""
    return desks.counts(me.user_id, clock.now())


def standing(proof: ProofInfo, whose: Whose, me: Identity) -> Standing:
    """One proof among the others of a part of the queue, and what is under way with it."""
    around, found, held = desks.standing(proof.id, whose, me.user_id, clock.now())
    return Standing(
        around, _desk_info(proof.public_id, found, me), tuple(_held(row.public_id, one, me) for row, one in held)
    )


def next_waiting(after: int, whose: Whose, me: Identity) -> str | None:
    """The next proof of a part of the queue, by public id; None when nothing waits there."""
    return desks.next_in_queue(after, whose, me.user_id, clock.now())


def waiting_count() -> ScalarSelect[int]:
    """The number beside "Review" in the staff rail, as a subquery."""
    return desks.waiting_count(clock.now())


def about_to_take_effect(me: Identity) -> tuple[Held, ...]:
    """Decisions of this person that can still be taken back, the newest first."""
    return tuple(_held(row.public_id, found, me) for row, found in desks.held(me.user_id))


def _desk_info(public_id: str, found: Desk | None, me: Identity) -> DeskInfo:
    if found is None:
        return DeskInfo()
    return DeskInfo(
        assigned_to=found.assigned_to,
        assignee=found.assigned_name or None,
        note=found.note,
        asleep_until=found.asleep_until if found.asleep_until and found.asleep_until > clock.now() else None,
        answered_at=found.answered_at,
        first_by=found.first_by,
        first_name=found.first_name or None,
        held=_held(public_id, found, me) if found.held_until is not None else None,
    )


def _held(public_id: str, found: Desk, me: Identity) -> Held:
    terms = found.held_terms or {}
    accepted = terms_from_json(terms).acceptance
    return Held(
        public_id=public_id,
        customer_name=str(terms.get("customer", "")),
        action=found.held_action or "",
        by=found.held_name,
        mine=found.held_by == me.user_id,
        until=found.held_until or clock.now(),
        amount=accepted.amount if accepted is not None else None,
    )
