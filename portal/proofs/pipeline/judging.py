"""A reading and what the portal knew: matched, then judged."""

from __future__ import annotations

from portal.proofs import match, verdict
from portal.proofs.types import Case, Reading, Verdict


def judge(reading: Reading, case: Case) -> Verdict:
    """What the rules say of a reading in a case; pure, so that it can be replayed over history."""
    return verdict.judge(reading, case, match.match(reading, case))
