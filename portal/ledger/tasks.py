"""What the books do by themselves: a seal each minute, the invariants every ten, a full verification each night."""

from __future__ import annotations

import logging
from datetime import time

from portal.ledger import service
from portal.ledger.types import Broken
from portal.platform import jobs, metrics
from portal.platform.jobs.types import JsonDict

log = logging.getLogger("portal.ledger")

SEAL, CHECK, VERIFY = "ledger.seal", "ledger.self_check", "ledger.verify"


def register() -> None:
    """Say how these jobs are done and when."""
    jobs.register(SEAL, queue="default", work=_nothing, effect=_seal, words="Seal the day’s journals into the chain")
    jobs.register(CHECK, queue="default", work=_check, effect=_report, attempts=1, words="Check that all money adds up")
    jobs.register(VERIFY, queue="default", work=_verify, effect=_report, attempts=1, words="Verify the whole ledger")
    jobs.every(SEAL, seconds=60)
    jobs.every(CHECK, seconds=600)
    jobs.every(VERIFY, daily_at=time(2, 30))


def _nothing(_payload: JsonDict) -> None:
    return None


def _seal(_payload: JsonDict, _result: None) -> None:
    service.seal_waiting()


def _check(_payload: JsonDict) -> tuple[str, list[Broken]]:
    return "invariants", [problem for outcome in service.self_check() for problem in outcome.broken]


def _verify(_payload: JsonDict) -> tuple[str, list[Broken]]:
    return "digests", list(service.verify().problems)


def _report(_payload: JsonDict, found: tuple[str, list[Broken]]) -> None:
    """Every broken row is a line in the log that an alert can watch, and the gauge says how many there are."""
    kind, problems = found
    metrics.money_problems.labels(kind).set(len(problems))
    for problem in problems:
        log.error(
            "%s: %s: %s",
            problem.invariant,
            problem.row,
            problem.words,
            extra={"event_type": "money_broken", "invariant": problem.invariant, "row": problem.row},
        )
