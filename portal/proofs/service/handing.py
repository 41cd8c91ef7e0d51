"""A proof handed over to a colleague, with a note."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.accounts.types import UserInfo
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.platform import audit
from portal.proofs.service import taking, telling
from portal.proofs.service.rows import info
from portal.proofs.types.stored import ProofInfo

#: who may decide proofs
DECIDERS = ("clerk", "manager", "administrator")


def colleagues() -> list[UserInfo]:
    """Whom a proof can be handed to, by name, each once."""
    return list({person.id: person for person in accounts.staff_with(*DECIDERS)}.values())


def hand_over(public_id: str, to: int | None, note: str, *, by: Identity, seen_version: int | None) -> ProofInfo:
    """From now on it is this colleague's, or everybody's again with None. The colleague hears of it.

    note: what the colleague should know; kept in the history, never shown to the customer.
    Raises BadInput for somebody who does not decide proofs, AlreadyDecided, ChangedMeanwhile.
    Source: docs/rules/review.md, Q9.
    """
    row = taking.stand(public_id, seen_version)
    taking.demand_review(row)
    known = {person.id: person.name for person in colleagues()}
    if to is not None and to not in known:
        raise BadInput("Choose a colleague who decides proofs.", field="to")
    row = taking.lock(row)
    desk = taking.desk_of(row)
    before, desk.assigned_to, desk.note = desk.assigned_to, to, note.strip()[:500]
    name = known[to] if to is not None else None
    desk.assigned_name = name or ""
    taking.note(row, "hand", note, by, {"to": name or "everybody"})
    audit.record("proof_handed_over", row.public_id, before={"to": before}, after={"to": to, "note": desk.note})
    if to is not None and to != by.user_id:
        telling.handed_over(row, to, by.name)
    return info(row)
