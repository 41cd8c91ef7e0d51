"""The clerks' queue: its parts, what is under way with each proof in it, and what is about to take effect."""

from __future__ import annotations

from sqlalchemy import ScalarSelect

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.proofs.models import Desk, Proof
from portal.proofs.queries import desk as desks
from portal.proofs.service.handing import colleagues
from portal.proofs.service.rows import info
from portal.proofs.types.review import Around, DeskInfo, Held, QueueRow, Whose, terms_from_json
from portal.proofs.types.stored import ProofInfo

PAGE = 25


def queue(whose: Whose, me: Identity, after: int | None = None) -> tuple[list[QueueRow], int | None]:
    """A part of what waits for a person, oldest first, and the mark of the next page."""
    rows = desks.queue(whose, me.user_id, clock.now(), after, PAGE)
    known = accounts.customers_by_id({row.customer_id for row, _ in rows})
    names = {person.id: person.name for person in colleagues()}
    shown = [
        QueueRow(info(row, known[row.customer_id].name), _desk_info(row, found, known[row.customer_id].name, me, names))
        for row, found in rows[:PAGE]
    ]
    return shown, shown[-1].proof.id if len(rows) > PAGE else None


def counts(me: Identity) -> dict[Whose, int]:
    """How many wait in each part."""
    return desks.counts(me.user_id, clock.now())


def desk_of(proof: ProofInfo, me: Identity) -> DeskInfo:
    """What is under way with one proof."""
    found = desks.desk(proof.id)
    if found is None:
        return DeskInfo()
    names = {person.id: person.name for person in colleagues()}
    return _desk_info(proof, found, proof.customer_name, me, names)


def around(proof: ProofInfo, whose: Whose, me: Identity) -> Around:
    """The proofs before and after one in a part of the queue, its place, and how many wait there."""
    return desks.neighbours(proof.id, whose, me.user_id, clock.now())


def next_waiting(after: int, whose: Whose, me: Identity) -> str | None:
    """The next proof of a part of the queue, by public id; None when nothing waits there."""
    return desks.next_in_queue(after, whose, me.user_id, clock.now())


def waiting_count() -> ScalarSelect[int]:
    """The number beside "Review" in the staff rail, as a subquery."""
    return desks.waiting_count(clock.now())


def about_to_take_effect(me: Identity) -> list[Held]:
    """Decisions of this person that can still be taken back, the newest first."""
    rows = [(row, found) for row, found in desks.held() if found.held_by == me.user_id]
    known = accounts.customers_by_id({row.customer_id for row, _ in rows})
    return [
        _held(info(row, known[row.customer_id].name), found, known[row.customer_id].name, me) for row, found in rows
    ]


def _desk_info(
    row: Proof | ProofInfo, found: Desk | None, customer_name: str, me: Identity, names: dict[int, str]
) -> DeskInfo:
    if found is None:
        return DeskInfo()
    return DeskInfo(
        assigned_to=found.assigned_to,
        assignee=names.get(found.assigned_to, "a colleague") if found.assigned_to is not None else None,
        note=found.note,
        asleep_until=found.asleep_until if found.asleep_until and found.asleep_until > clock.now() else None,
        answered_at=found.answered_at,
        first_by=found.first_by,
        first_name=found.first_name or None,
        held=_held(row, found, customer_name, me) if found.held_until is not None else None,
    )


def _held(row: Proof | ProofInfo, found: Desk, customer_name: str, me: Identity) -> Held:
    amount: Money | None = None
    if found.held_terms and (accepted := terms_from_json(found.held_terms).acceptance) is not None:
        amount = accepted.amount
    return Held(
        public_id=row.public_id,
        customer_name=customer_name,
        action=found.held_action or "",
        by=found.held_name,
        mine=found.held_by == me.user_id,
        until=found.held_until or clock.now(),
        amount=amount,
    )
