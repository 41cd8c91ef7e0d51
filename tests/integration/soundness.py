"""Whether the books and everything that hangs on them are sound."""

from __future__ import annotations

from portal.ledger import service as ledger
from portal.platform.db import db


def broken() -> list[str]:
    """Every invariant that does not hold now, with its row; empty when all is well. Nothing stays open."""
    db.session.rollback()
    found = [f"{row.invariant}: {row.row}: {row.words}" for held in ledger.self_check() for row in held.broken]
    db.session.rollback()
    return found
