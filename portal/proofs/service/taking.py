"""A proof taken up by a person: as they saw it, under its locks, with its history written down.

Order of locks: customer, invoices by id, payment, proof (design.md 4). Whoever decides holds the customer's lock before
the proof is read, so what is read then stays true; the proof's own lock comes last, before it is written.
"""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import IllegalMove
from portal.core.identity import Identity
from portal.platform.db import db
from portal.proofs import queries
from portal.proofs.errors import AlreadyDecided, ChangedMeanwhile
from portal.proofs.models import Decision, Desk, Proof
from portal.proofs.queries import desk as desks
from portal.proofs.types.stored import ProofState


def stand(public_id: str, seen_version: int | None) -> Proof:
    """The proof as it stands now, under its customer's lock and not its own.

    seen_version: of the proof on the person's screen; None does not ask. Raises NotFound, AlreadyDecided when somebody
    was faster, ChangedMeanwhile when something else happened to it since.
    """
    shown = queries.by_public_id(public_id)
    accounts.lock_customer(shown.customer_id)
    row = queries.fresh(shown.id)
    if seen_version is not None and row.version != seen_version:
        raise _too_late(row)
    return row


def lock(row: Proof) -> Proof:
    """The same proof with its own lock. Raises AlreadyDecided or ChangedMeanwhile when it moved in between."""
    seen = row.version
    locked = queries.lock(row.id)
    if locked.version != seen + 1:
        raise _too_late(locked)
    return locked


def demand_review(row: Proof) -> None:
    """People decide what waits for them and nothing else, and nothing that is decided and about to take effect."""
    if row.state != ProofState.REVIEW:
        raise IllegalMove("This proof", row.state, "decided by a person")
    found = desks.desk(row.id)
    if found is not None and found.held_until is not None:
        raise AlreadyDecided(found.held_name)


def is_held(row: Proof) -> bool:
    """Whether a decision on it is made and about to take effect."""
    found = desks.desk(row.id)
    return found is not None and found.held_until is not None


def desk_of(row: Proof) -> Desk:
    """The desk of a locked proof, made when there is none."""
    found = desks.desk(row.id)
    if found is None:
        found = Desk(proof_id=row.id, assigned_name="", note="", first_name="", held_name="")
        db.session.add(found)
    return found


def clear_desk(row: Proof) -> None:
    """Nothing is under way any more."""
    if (found := desks.desk(row.id)) is not None:
        db.session.delete(found)


def note(
    row: Proof, action: str, words: str, by: Identity, body: dict[str, object], *, seconds: int | None = None
) -> None:
    """One line of the proof's history. Flushes."""
    db.session.add(
        Decision(
            proof_id=row.id, user_id=by.user_id, by_name=by.name, action=action, words=words.strip()[:1000], body=body,
            seconds=seconds, created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()


def _too_late(row: Proof) -> AlreadyDecided | ChangedMeanwhile:
    found = desks.desk(row.id)
    if found is not None and found.held_until is not None:
        return AlreadyDecided(found.held_name)
    if row.state != ProofState.REVIEW:
        return AlreadyDecided(queries.last_decider(row.id))
    return ChangedMeanwhile(queries.last_decider(row.id))
