"""What a check found broken is kept, shown, and left alone by everything automatic until it is sound again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.ledger.models import Finding
from portal.ledger.queries import findings
from portal.ledger.service.checks import MOST_ROWS
from portal.ledger.types import Broken, CheckRunInfo, FindingInfo, Held
from portal.platform import audit, idempotency
from portal.platform.db import db
from portal.platform.paging import Page

LIFT = "ledger.lift"
PAGE_SIZE = 50
_MOST_SHOWN = 5


def follow(kind: str, outcomes: Sequence[Held]) -> list[Broken]:
    """Bring what is kept in step with what a check just found; gives all broken rows. Flushes.

    New rows are found, those that are gone are sound again. A row that a manager lifted stays lifted while it is
    broken. An invariant that named as many rows as it may could break more, so none of its rows is called sound.
    Source: docs/rules/ledger.md, L11 and L12.
    """
    known = findings.open_rows()
    asked = {outcome.invariant for outcome in outcomes}
    capped = {outcome.invariant for outcome in outcomes if len(outcome.broken) >= MOST_ROWS}
    broken = {(each.invariant, each.row): each for outcome in outcomes for each in outcome.broken}
    for where, problem in broken.items():
        if where not in known:
            db.session.add(_found(problem))
    for where, row in known.items():
        if where not in broken and row.invariant in asked - capped:
            row.sound_at, row.version = clock.now(), row.version + 1
            audit.record("check.sound", f"finding {row.id}", after={"invariant": row.invariant, "row": row.row})
    findings.note_run(kind, clock.now(), len(outcomes), len(broken))
    return list(broken.values())


def _found(problem: Broken) -> Finding:
    audit.record(
        "check.broken", problem.row[:120], after={"invariant": problem.invariant, "words": problem.words[:400]}
    )
    return Finding(
        invariant=problem.invariant[:120],
        row=problem.row[:120],
        words=problem.words[:500],
        customer_id=problem.customer_id,
        invoice_id=problem.invoice_id,
        found_at=clock.now(),
        lift_reason="",
    )


def is_parked(customer_id: int, invoice_ids: Iterable[int] | None = None) -> bool:
    """Whether nothing automatic may touch this customer, or one of these invoices (None: any of the customer's).

    Asked before money is divided, goods released or a proof verified without a person.
    Source: docs/rules/ledger.md, L12.
    """
    return findings.is_parked(customer_id, None if invoice_ids is None else list(invoice_ids))


def parked(*, customer_id: int | None = None, invoice_id: int | None = None) -> list[FindingInfo]:
    """Why an invoice, or anything of a customer's, is parked; for their pages. Empty when it is not."""
    return findings.parking(customer_id, invoice_id, _MOST_SHOWN)


def lift(finding_id: int, reason: str, *, key: str, by: int) -> FindingInfo:
    """A manager looked at it: automatic actions may touch it again although it is still broken. Flushes; audited.

    Raises BadInput without a reason, IllegalMove when it is sound or lifted already, NotFound.
    Source: docs/rules/ledger.md, L12.
    """
    if not reason.strip():
        raise BadInput("Say why: the auditor reads it.", field="reason")
    row = findings.lock_finding(finding_id)
    if idempotency.answer_to(key, LIFT) is not None:
        return findings.info(row)
    if row.sound_at is not None or row.lifted_at is not None:
        raise IllegalMove(f"Finding {row.id}", "sound" if row.sound_at else "lifted", "lifted")
    row.lifted_at, row.lifted_by_id, row.lift_reason = clock.now(), by, reason.strip()[:500]
    db.session.flush()
    audit.record("check.lifted", f"finding {row.id}", after={"row": row.row, "reason": row.lift_reason})
    idempotency.remember(key, LIFT, {"finding": row.id})
    return findings.info(row)


def findings_page(
    *, only_open: bool = True, after: str | None = None, limit: int = PAGE_SIZE, oldest: bool = False
) -> Page[FindingInfo]:
    """What checks found, newest first."""
    return findings.page(only_open, after, limit, oldest=oldest)


def last_checks() -> list[CheckRunInfo]:
    """When each kind of check ran last and what it found."""
    return findings.runs()
