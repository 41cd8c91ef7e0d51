"""The rules: a reading, what the portal knew that day and the match go in, a verdict with its evidence comes out.

A wrong automatic accept is the one unforgivable error; a needless review is only a cost.
Source: design.md 6 (Verdict); docs/rules/verdict.md, whose numbers every check carries.
"""

from __future__ import annotations

from portal.proofs.types import Case, Check, Match, Outcome, Reading, Verdict, VerdictCode
from portal.proofs.verdict.account import check_account
from portal.proofs.verdict.document import check_date, check_is_pop, check_status, check_tamper
from portal.proofs.verdict.legible import check_confidence
from portal.proofs.verdict.money import check_amount, check_reference
from portal.proofs.verdict.seen import check_not_seen, first_seen

__all__ = ["VERSION", "judge"]

#: Stored with every verdict; a change of any rule changes it, so that verdicts can be recalled by it.
VERSION = "2026-11-27.1"


def judge(reading: Reading, case: Case, matched: Match) -> Verdict:
    """Every check with its evidence, and what they come to together.

    matched: what `match.match` says of the same reading and case.
    ``verified`` needs every check to pass. The same payment seen before is ``duplicate`` and names the first;
    a document that could not be read is ``unreadable``; everything else is ``review``.
    Source: docs/rules/verdict.md, V1 to V10.
    """
    seen = first_seen(reading, case)
    checks = (
        check_amount(reading, case, matched),
        check_reference(reading, case, matched),
        check_account(reading, case),
        check_date(reading, case, matched),
        check_not_seen(reading, case),
        check_tamper(reading),
        check_is_pop(reading),
        check_status(reading),
        check_confidence(reading),
    )
    verdict = _together(reading, checks, matched, duplicate=seen is not None)
    verified = verdict is VerdictCode.VERIFIED
    return Verdict(
        verdict=verdict,
        allocations=matched.shares if verified else (),
        left_over=matched.left_over,
        checks=checks,
        signals=reading.signals,
        duplicate_of=seen.id if seen is not None else None,
        suggested=() if seen is not None else matched.shares,
    )


def _together(reading: Reading, checks: tuple[Check, ...], matched: Match, *, duplicate: bool) -> VerdictCode:
    if duplicate:
        return VerdictCode.DUPLICATE
    if not reading.ok:
        return VerdictCode.UNREADABLE
    if matched.shares and all(check.outcome is Outcome.PASS for check in checks):
        return VerdictCode.VERIFIED
    return VerdictCode.REVIEW
