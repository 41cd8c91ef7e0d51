"""One attempt at one job: work outside any transaction, then the effect and "done" together, or a failure recorded.

Why the effect happens exactly once: "done" is written by an UPDATE that demands the lease, in the transaction of the
effect. Whoever lost the lease changes no row and writes nothing; whoever died before the commit wrote nothing either.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any, cast

from flask import Flask, current_app, g
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal.platform import metrics
from portal.platform.db import changed_rows, db, reading, transaction
from portal.platform.jobs import registry
from portal.platform.jobs.queue import claim, database_now
from portal.platform.jobs.types import MOST_CRASHES, QUEUES, Claimed, GiveUp, Handler, Outcome, Poison
from portal.platform.models import Job

log = logging.getLogger("portal.jobs")

LONGEST_WAIT = 600.0
_FIRST_WAIT = 4.0
#: A database that restarts is back within seconds; past that the lease runs out and another worker takes over.
_COMMIT_AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0, 8.0)


class _Lost(Exception):
    """The lease belongs to somebody else by now."""


def this_app() -> Flask:
    """The application itself, which outlives its present context."""
    return cast(Flask, cast(Any, current_app)._get_current_object())


def backoff(attempt: int, chance: float) -> float:
    """Seconds until the next attempt: 4, 12, 36 … at most 600, of which chance (0 to 1) takes away up to half."""
    whole = min(LONGEST_WAIT, _FIRST_WAIT * 3.0 ** min(attempt - 1, 10))
    return whole * (1 - chance / 2)


def run(claimed: Claimed) -> Outcome:
    """Make one attempt at a claimed job in an application context of its own. Never raises for a failing handler."""
    return _attempt(claimed)[0]


def _attempt(claimed: Claimed) -> tuple[Outcome, Exception | None]:
    app = this_app()
    started = time.perf_counter()
    error: Exception | None = None
    with app.app_context():
        g.request_id = f"job-{claimed.id}"
        try:
            outcome = _finish(claimed, *_work(claimed))
        except _Lost:
            outcome = Outcome.LOST
        except Exception as raised:  # noqa: BLE001 - whatever a handler raises is the job's failure, not the worker's
            error = raised
            outcome = _failed(claimed, raised)
    seconds = time.perf_counter() - started
    metrics.observe_job(claimed.kind, outcome, seconds)
    ms = round(seconds * 1000)
    facts = {"event_type": f"job_{outcome}", "job_id": claimed.id, "job_kind": claimed.kind, "duration_ms": ms}
    level = logging.INFO if outcome is Outcome.DONE else logging.WARNING
    log.log(level, "job %s %s %s in %d ms", claimed.id, claimed.kind, outcome, ms, extra=facts, exc_info=error)
    return outcome, error


def _work(claimed: Claimed) -> tuple[Handler, Any]:
    handler = registry.handler(claimed.kind)
    with reading():  # what it reads must not hold SQLite's write lock while it works
        result = handler.work(claimed.payload)
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError(f"work of {claimed.kind} changed rows; only its effect may")
    db.session.rollback()
    return handler, result


def _finish(claimed: Claimed, handler: Handler, result: Any) -> Outcome:
    """Effect and "done" in one transaction. A commit whose answer was lost is tried again, which is safe: see above."""

    def once() -> Outcome:
        _mark_done(claimed)
        handler.effect(claimed.payload, result)
        return Outcome.DONE

    for pause in _COMMIT_AGAIN_AFTER:
        try:
            return transaction(once)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            log.warning("job %s: the database went away, once more in %s s", claimed.id, pause)
            time.sleep(pause)
    return transaction(once)


def _mark_done(claimed: Claimed) -> None:
    mine = update(Job).where(Job.id == claimed.id, Job.owner == claimed.owner, Job.state == "running")
    done = {"state": "done", "finished_at": database_now(), "lease_until": None, "last_error": None}
    if changed_rows(mine.values(version=Job.version + 1, **done)) != 1:
        raise _Lost


def _failed(claimed: Claimed, error: Exception) -> Outcome:
    db.session.rollback()
    reason = str(error).strip() or type(error).__name__
    if not isinstance(error, GiveUp | Poison):
        reason = f"{type(error).__name__}: {reason}"
    try:
        return record_failure(
            claimed.id,
            claimed.owner,
            reason,
            crashed=isinstance(error, Poison | MemoryError),
            hopeless=isinstance(error, GiveUp),
        )
    except SQLAlchemyError:  # the lease runs out, and the job is taken up again
        log.exception("job %s: its failure could not be written down", claimed.id)
        return Outcome.LOST


def record_failure(
    job_id: int, owner: str, reason: str, *, crashed: bool = False, hopeless: bool = False, expired: bool = False
) -> Outcome:
    """Write down that an attempt failed: try again later, or give the job up and call its ``failed`` hook.

    owner: who held the lease; the failure of an attempt that lost it changes nothing.
    crashed: the process ended; after MOST_CRASHES of them the job is given up.
    hopeless: no further attempt. expired: only if the lease has really run out.
    """
    note = partial(_write_failure, job_id, owner, crashed=crashed, hopeless=hopeless, expired=expired)
    try:
        return transaction(partial(note, reason[:500], call_hook=True))
    except Exception as error:  # a broken hook must not keep a broken job alive
        log.exception("job %s: its failure could not be handled", job_id)
        said = f"{reason[:300]} (and then {type(error).__name__}: {error})"[:500]
    return transaction(partial(note, said, call_hook=False))


def _write_failure(
    job_id: int, owner: str, reason: str, *, crashed: bool, hopeless: bool, expired: bool, call_hook: bool
) -> Outcome:
    job = lock_attempt(job_id, owner, expired=expired)
    if job is None:
        return Outcome.LOST
    job.crashes += crashed
    job.last_error, job.lease_until, job.owner = reason, None, None
    job.version += 1
    if not (hopeless or job.attempts >= job.max_attempts or job.crashes >= MOST_CRASHES):
        job.state = "queued"
        wait = 1.0 if crashed else backoff(job.attempts, random.random())  # noqa: S311 - jitter, not a secret
        job.run_at = database_now(wait)
        return Outcome.RETRY
    job.state, job.finished_at = "failed", database_now()
    hook = registry.handler(job.kind).failed if call_hook else None
    if hook is not None:
        hook(dict(job.payload), reason)
    return Outcome.DEAD


def lock_attempt(job_id: int, owner: str, *, expired: bool) -> Job | None:
    """The running attempt of an owner, locked; None when it is over."""
    wanted = select(Job).where(Job.id == job_id, Job.owner == owner, Job.state == "running")
    if expired:
        wanted = wanted.where(Job.lease_until < database_now())
    return db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()


def fail_lane(owner: str, reason: str) -> int:
    """A lane's process ended: what it held failed. How many jobs that was."""
    with reading():
        held = list(db.session.scalars(select(Job.id).where(Job.state == "running", Job.owner == owner)))
        db.session.rollback()
    for job_id in held:
        outcome = record_failure(job_id, owner, reason, crashed=True)
        log.warning("job %s %s: %s", job_id, outcome, reason, extra={"event_type": "job_crashed", "job_id": job_id})
    return len(held)


def reap_expired(limit: int = 100) -> int:
    """Take back jobs whose worker has not been heard of for a whole lease. How many."""
    with reading():
        gone = db.session.execute(
            select(Job.id, Job.owner)
            .where(Job.queue.in_(QUEUES), Job.state == "running", Job.lease_until < database_now())
            .limit(limit)
        ).all()
        db.session.rollback()
    outcomes = [
        record_failure(job_id, owner or "", "the worker was not heard of again", crashed=True, expired=True)
        for job_id, owner in gone
    ]
    return sum(outcome is not Outcome.LOST for outcome in outcomes)


def run_pending(limit: int = 1000, *, queues: Iterable[str] = QUEUES, strict: bool = False) -> int:
    """Run what is due in this process, one after the other, and say how many attempts were made.

    For tests and ``flask demo load``. What the caller has open is committed first, so that the jobs see it.
    strict: raise the first handler's error, after it was recorded.
    """
    db.session.commit()
    app = this_app()
    owner = f"here-{os.getpid()}-{secrets.token_hex(4)}"
    made = 0
    while made < limit:
        with app.app_context():
            reap_expired()
            claimed = claim(queues, owner=f"{owner}/{made}", lease_seconds=3600)
        if claimed is None:
            break
        made += 1
        _, error = _attempt(claimed)
        if strict and error is not None:
            raise error
    with suppress(SQLAlchemyError):
        db.session.expire_all()
    return made
