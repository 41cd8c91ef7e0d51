"""What the books do by themselves: a seal each minute, the invariants every ten, a full verification each night."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import time

from portal.ledger import service
from portal.ledger.types import Held
from portal.platform import jobs, metrics
from portal.platform.db import end_transaction
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


def _check(_payload: JsonDict) -> tuple[str, list[Held]]:
    return "invariants", service.self_check()


def _verify(_payload: JsonDict) -> tuple[str, list[Held]]:
    """Every row of the books and the chain, then what only the night has time for."""
    problems = service.verify().problems
    whole = [
        Held(name, tuple(replace(each, invariant=name) for each in problems if each.invariant == asked))
        for asked, name in service.VERIFIED.items()
    ]
    end_transaction()
    return "nightly", whole + service.nightly_check()


def _report(_payload: JsonDict, found: tuple[str, list[Held]]) -> None:
    """What is broken is kept and parked; each row is a line in the log that an alert can watch; the gauge counts them."""
    kind, outcomes = found
    problems = service.follow(kind, outcomes)
    metrics.money_problems.labels(kind).set(len(problems))
    for problem in problems:
        log.error(
            "%s: %s: %s",
            problem.invariant,
            problem.row,
            problem.words,
            extra={"event_type": "money_broken", "invariant": problem.invariant, "row": problem.row},
        )
