"""What every automatic accept leaves behind: what it was made with, and whether a person looks at it again.

Source: design.md 6 (by version, recalled); docs/rules/learning.md, L5 and L8.
"""

from __future__ import annotations

from portal.core import clock
from portal.platform.db import db
from portal.proofs import verdict
from portal.proofs.models import AuditSample, Proof
from portal.proofs.queries import oversight
from portal.proofs.service.switching import AUDIT_SHARE
from portal.proofs.types import Reading
from portal.proofs.types.oversight import draw_of


def note_accept(row: Proof, reading: Reading) -> None:
    """An automatic accept: keep what it was made with, and draw it for a person when its number lies below the share.

    Flushes, in the transaction of the verdict.
    """
    oversight.note_accept(row.id, clock.now(), made_with(reading, verdict.VERSION))
    share, draw = AUDIT_SHARE.now(), draw_of(row.public_id)
    if draw < share:
        db.session.add(AuditSample(proof_id=row.id, chosen_at=clock.now(), draw=draw, share=share))
        db.session.flush()


def made_with(reading: Reading, rules: str) -> list[tuple[str, str]]:
    """What a reading and its verdict were made with: rules, layout, every engine that read a field, all versions."""
    engines = {reading.engine} | {field.engine for field in reading.fields.values() if field is not None}
    found = {("rules", rules), *(("engine", engine) for engine in engines)}
    found |= {(name, value) for name, value in reading.versions.items() if name != "rules"}
    if reading.layout:
        found.add(("layout", reading.layout))
    return sorted((what[:16], value[:80]) for what, value in found if value)
