"""What today's rules would decide on stored readings. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from portal.core import clock
from portal.platform.db import db
from portal.platform.db import reading as only_reading
from portal.proofs import pipeline, verdict
from portal.proofs.models import VerdictRow
from portal.proofs.queries import history
from portal.proofs.service.switching import HELD, cautious
from portal.proofs.types import Verdict
from portal.proofs.types.as_json import BadCase, JsonObject, case_from_json, reading_from_json, verdict_from_json

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Replayed:
    """One proof judged again. before and after are verdicts; checks: code → (before, after) where they differ.

    error: why it could not be judged again; then nothing else is known.
    """

    public_id: str
    rules_before: str
    before: str
    after: str | None
    checks: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: whether another invoice, or another part of one, would be paid
    pays_otherwise: bool = False
    error: str | None = None

    @property
    def changed(self) -> bool:
        """Whether today's rules come to something else."""
        return self.error is None and (self.before != self.after or bool(self.checks) or self.pays_otherwise)


@dataclass(slots=True)
class Tally:
    """What a replay came to."""

    rules: str = verdict.VERSION
    judged: int = 0
    changed: int = 0
    failed: int = 0
    moves: Counter[str] = field(default_factory=Counter)

    def add(self, one: Replayed) -> None:
        """Count one proof."""
        self.judged += one.error is None
        self.failed += one.error is not None
        self.changed += one.changed
        if one.changed and one.before != one.after:
            self.moves[f"{one.before} -> {one.after}"] += 1


def replay(since: date) -> Iterator[Replayed]:
    """Judge every proof that was judged on this day or later (SAST) again: its stored reading in its stored case.

    Reads in steps, each in a transaction of its own that is rolled back, so that neither memory nor locks grow.
    Source: design.md 6 (Learning) and 9 (replay).
    """
    moment, after = datetime.combine(since, time.min, clock.SAST), 0
    while True:
        with only_reading():
            batch = history.judged_since(moment, after, _BATCH)
            done = [_again(proof.public_id, kept.body, one) for proof, kept, one in batch]
            after = batch[-1][2].id if batch else after
            db.session.rollback()
            db.session.expunge_all()
        yield from done
        if len(batch) < _BATCH:
            return


def _again(public_id: str, body: JsonObject, stored: VerdictRow) -> Replayed:
    try:
        case, _ = case_from_json(stored.case)
        earlier = verdict_from_json(stored.body)
        now = cautious(pipeline.judge(reading_from_json(body), case), held=stored.case.get(HELD) is True)
    except (BadCase, ValueError) as error:
        words = f"its stored form cannot be read: {error}"
        return Replayed(public_id, stored.rules, stored.verdict, None, error=words)
    differing, otherwise = _differing(earlier, now), earlier.allocations != now.allocations
    return Replayed(public_id, stored.rules, stored.verdict, now.verdict.value, differing, otherwise)


def _differing(earlier: Verdict, now: Verdict) -> dict[str, tuple[str | None, str | None]]:
    was = {check.code: check.outcome.value for check in earlier.checks}
    would = {check.code: check.outcome.value for check in now.checks}
    return {
        code: (was.get(code), would.get(code))
        for code in sorted(was.keys() | would.keys())
        if was.get(code) != would.get(code)
    }
