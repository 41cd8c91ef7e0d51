"""Why a proof stands where it stands: everything that was stored of it, with the versions that made it."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.platform.db import db
from portal.proofs import queries
from portal.proofs.models import AuditSample, AutomaticAccept, Decision, Recall, VerdictRow
from portal.proofs.queries import history
from portal.proofs.types.as_json import JsonObject, JsonValue

#: of a reading, what explains a verdict; the words with their boxes stay in the table
_OF_A_READING = ("engine", "layout", "versions", "pages", "ms", "ok", "error", "fields", "signals", "picture_hash")


def explain(public_id: str) -> dict[str, JsonValue]:
    """One proof as it was read, judged and decided, oldest first. Raises NotFound.

    ``inputs`` of a verdict are the exact case it was judged on: judged again by the same rules with the same reading,
    it comes to the same verdict.
    Source: design.md 6 (Verdict) and 9 (explain).
    """
    row = queries.by_public_id(public_id)
    return {
        "id": row.public_id,
        "state": row.state,
        "customer": accounts.customer(row.customer_id).code,
        "file": row.file_name,
        "sha256": row.sha256,
        "media_type": row.media_type,
        "sent_at": row.created_at.isoformat(),
        "via": row.via,
        "claimed_invoices": list(row.claimed_invoices),
        "duplicate_of": row.duplicate_of,
        "readings": [
            {"run": one.run, "at": one.created_at.isoformat(), **{name: one.body.get(name) for name in _OF_A_READING}}
            for one in history.readings_of(row.id)
        ],
        "verdicts": [_verdict(one) for one in history.verdicts_of(row.id)],
        "decisions": [_decision(one) for one in queries.decisions_of(row.id)],
        "automatic_accept": _accept(db.session.get(AutomaticAccept, row.id)),
        "audit_sample": _sample(db.session.get(AuditSample, row.id)),
    }


def _verdict(one: VerdictRow) -> JsonObject:
    return {"at": one.created_at.isoformat(), "rules": one.rules, **one.body, "inputs": one.case}


def _decision(one: Decision) -> JsonObject:
    return {"at": one.created_at.isoformat(), "by": one.by_name, "action": one.action, "words": one.words, **one.body}


def _accept(one: AutomaticAccept | None) -> JsonObject | None:
    if one is None:
        return None
    recall = db.session.get(Recall, one.recall_id) if one.recall_id is not None else None
    told = None if recall is None else {"what": recall.what, "value": recall.value, "reason": recall.reason}
    return {"at": one.accepted_at.isoformat(), "recalled_by": told}


def _sample(one: AuditSample | None) -> JsonObject | None:
    """Why it was drawn: its draw, from its own id, lies below the share of that day; both in ten-thousandths."""
    if one is None:
        return None
    return {"at": one.chosen_at.isoformat(), "draw": one.draw, "share": one.share, "outcome": one.outcome}
