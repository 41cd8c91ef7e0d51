"""A decision is held for ten seconds before it takes effect, so that it can be taken back as if it had not been made.

Nothing of money, goods or mail happens while it is held. Source: docs/decisions/0007-a-decision-is-held.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import DomainError
from portal.core.identity import Identity
from portal.platform import audit, config, jobs
from portal.platform.db import db
from portal.proofs import queries
from portal.proofs.errors import TookEffect
from portal.proofs.models import Desk, Proof
from portal.proofs.queries import desk as desks
from portal.proofs.service import deciding, taking, telling
from portal.proofs.types.review import Terms, terms_from_json, terms_to_json
from portal.proofs.types.stored import Acceptance

TAKE_EFFECT = "proofs.decide"


def accept(
    public_id: str, accepted: Acceptance, *, by: Identity, seen_version: int, seconds: int | None = None
) -> None:
    """Hold an acceptance. It is checked now, as `deciding.accept` checks it again when it takes effect.

    Raises as `deciding.accept`, except that a limit of four eyes is looked at when it takes effect.
    """
    if not _hold_for():
        deciding.accept(public_id, accepted, by=by, seen_version=seen_version, seconds=seconds)
        return
    row = taking.stand(public_id, seen_version)
    deciding.check_acceptance(row, accepted)
    _hold(row, "accept", Terms(accepted, accepted.why, seconds), by)


def reject(public_id: str, words: str, *, by: Identity, seen_version: int, seconds: int | None = None) -> None:
    """Hold a rejection. Raises as `deciding.reject`."""
    if not _hold_for():
        deciding.reject(public_id, words, by=by, seen_version=seen_version, seconds=seconds)
        return
    row = taking.stand(public_id, seen_version)
    deciding.check_rejection(row, words)
    _hold(row, "reject", Terms(None, words, seconds), by)


def undo(public_id: str, *, by: Identity) -> None:
    """Take a held decision back; the proof waits again. Raises TookEffect when it is too late or not this person's."""
    row = taking.stand(public_id, None)
    desk = desks.desk(row.id)
    if desk is None or desk.held_until is None:
        raise TookEffect("This decision has taken effect and cannot be taken back any more. Nothing was changed.")
    if desk.held_by != by.user_id:
        raise TookEffect(f"{desk.held_name} made this decision; only the same person takes it back.")
    row = taking.lock(row)
    action = desk.held_action or ""
    _let_go(desk)
    taking.note(row, "undo", "", by, {"action": action})
    audit.record("proof_decision_undone", row.public_id, before={"action": action})


def take_effect(proof_id: int, version: int) -> None:
    """A held decision happens now, in the job's transaction; nothing does when it was taken back or is another one.

    What cannot happen any more (the invoice was paid by another proof meanwhile) brings the proof back into the queue,
    and whoever decided it hears why.
    """
    accounts.lock_customer(queries.customer_of(proof_id))
    row = queries.fresh(proof_id)
    desk = desks.desk(proof_id)
    if desk is None or desk.held_until is None or desk.held_by is None or row.version != version:
        return
    terms, action, by = terms_from_json(desk.held_terms or {}), desk.held_action, _person(desk.held_by)
    try:
        with db.session.begin_nested():
            _let_go(desk)
            db.session.flush()
            _happens(row, action, terms, by)
    except DomainError as refused:
        _comes_back(proof_id, str(refused), by)


def give_up(proof_id: int, version: int, error: str) -> None:
    """The job failed for good: the proof waits for a person again."""
    accounts.lock_customer(queries.customer_of(proof_id))
    row, desk = queries.fresh(proof_id), desks.desk(proof_id)
    if desk is not None and desk.held_until is not None and desk.held_by is not None and row.version == version:
        _comes_back(proof_id, error, _person(desk.held_by))


def _happens(row: Proof, action: str | None, terms: Terms, by: Identity) -> None:
    if action == "accept" and terms.acceptance is not None:
        deciding.accept(row.public_id, terms.acceptance, by=by, seen_version=None, seconds=terms.seconds)
    else:
        deciding.reject(row.public_id, terms.words, by=by, seen_version=None, seconds=terms.seconds)


def _hold_for() -> timedelta:
    return timedelta(seconds=config.current().review_undo_seconds)


def _hold(row: Proof, action: str, terms: Terms, by: Identity) -> None:
    row = taking.lock(row)
    desk = taking.desk_of(row)
    until: datetime = clock.now() + _hold_for()
    desk.held_by, desk.held_name, desk.held_action = by.user_id, by.name, action
    named = {"customer": accounts.customer(row.customer_id).name}  # for whoever may take it back
    desk.held_terms, desk.held_until = terms_to_json(terms) | named, until
    db.session.flush()
    payload = {"proof_id": row.id, "version": row.version}
    jobs.enqueue(TAKE_EFFECT, payload, dedupe=f"{TAKE_EFFECT}:{row.id}:{row.version}", run_at=until)
    audit.record(f"proof_{action}_held", row.public_id, after={"until": until.isoformat()})


def _let_go(desk: Desk) -> None:
    desk.held_by, desk.held_name, desk.held_action, desk.held_terms, desk.held_until = None, "", None, None, None


def _comes_back(proof_id: int, why: str, by: Identity) -> None:
    row = queries.lock(proof_id)
    if (desk := desks.desk(proof_id)) is not None:
        _let_go(desk)
    taking.note(row, "lapse", why, by, {})
    audit.record("proof_decision_lapsed", row.public_id, after={"why": why[:500]})
    telling.came_back(row, by.user_id, why)


def _person(user_id: int) -> Identity:
    """Whoever decided, as the history names them; what they may do was asked when they decided."""
    known = accounts.user_info(user_id)
    return Identity(known.id, known.name, known.email, frozenset(), None, None, None, None, 0)
