"""The line of jobs: who stands where, who takes the next one, and for how long it is theirs.

Fair between customers: every job gets a turn when it joins. It is one more than the turn of the same customer's last
waiting job, and never less than the turn now being served. So a hundred jobs of one customer take turns n, n+1, …
n+99, and the single job of another one, coming later, takes turn n. Serving in order of turn is one index lookup.
Source: design.md 8; the rule is start-time fair queueing with every job counting one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.platform.db import Moment, changed_rows, db, reading, transaction
from portal.platform.jobs import registry
from portal.platform.jobs.types import Claimed, JsonDict
from portal.platform.models import Job

_BY_TURN = "FORCE INDEX (ix_job_turn)"  # another index would sort, and lock, every waiting row


def database_now(plus_seconds: float = 0) -> ColumnElement[datetime]:
    """The database's clock, so that machines with different clocks agree on a lease (reliability.md F8)."""
    if db.engine.dialect.name == "sqlite":
        shift = f"{plus_seconds:+.3f} seconds"
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now", shift, type_=Moment())
    shifted = round(plus_seconds * 1_000_000)
    return func.timestampadd(text("MICROSECOND"), shifted, func.utc_timestamp(text("6")), type_=Moment())


def enqueue(
    kind: str,
    payload: JsonDict,
    *,
    customer_id: int | None = None,
    dedupe: str | None = None,
    run_at: datetime | None = None,
) -> int:
    """Add a job to the current transaction and give its id; it runs once that is committed.

    payload: ids and plain values; raises TypeError for what JSON cannot hold.
    customer_id: whose work it is, for fairness only.
    dedupe: a second job with the same text is not made; the first one's id comes back.
    run_at: not before this moment.
    """
    handler = registry.handler(kind)
    json.dumps(payload)
    if dedupe is not None and (known := _id_of(dedupe)) is not None:
        return known
    job = Job(
        queue=handler.queue,
        kind=kind,
        payload=payload,
        state="queued",
        turn=_turn(handler.queue, customer_id),
        run_at=database_now() if run_at is None else run_at,
        max_attempts=handler.attempts,
        customer_id=customer_id,
        dedupe=dedupe,
        created_at=database_now(),
    )
    if dedupe is None:
        db.session.add(job)
        db.session.flush()
        return job.id
    return _add_once(job, dedupe)


def _add_once(job: Job, dedupe: str) -> int:
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:  # another transaction was faster with the same text
        known = _id_of(dedupe)
        if known is None:
            raise
        return known
    return job.id


def _id_of(dedupe: str) -> int | None:
    return db.session.scalar(select(Job.id).where(Job.dedupe == dedupe))


def _turn(queue: str, customer_id: int | None) -> int:
    """The place of a new job; jobs of nobody's stand in one line of their own."""

    def one(statement: Select[int]) -> ScalarSelect[int]:
        return statement.limit(1).with_hint(Job, _BY_TURN, "mysql").scalar_subquery()

    here = select(Job.turn).where(Job.queue == queue)
    served = one(here.where(Job.state == "queued", Job.run_at <= database_now()).order_by(Job.turn))
    running = one(here.where(Job.state == "running").order_by(Job.turn))
    last = (
        select(func.max(Job.turn))
        .where(Job.customer_id == customer_id, Job.queue == queue, Job.state.in_(("queued", "running")))
        .scalar_subquery()
    )
    waiting, working, own = db.session.execute(select(served, running, last)).one()
    head = waiting if waiting is not None else working
    return max(head or 0, 0 if own is None else own + 1)


def claim(queues: Iterable[str], *, owner: str, lease_seconds: float) -> Claimed | None:
    """Take the next due job of the first queue that has one, or None when nothing is due.

    Looks without a lock first, so that an idle worker costs the database next to nothing.
    """
    for queue in _with_work(tuple(queues)):
        taken = transaction(partial(_take, queue, owner, lease_seconds))
        if taken is not None:
            return taken
    return None


def _with_work(queues: tuple[str, ...]) -> list[str]:
    due = [
        exists().where(Job.queue == queue, Job.state == "queued", Job.run_at <= database_now()).label(queue)
        for queue in queues
    ]
    with reading():
        row = db.session.execute(select(*due)).one()
        db.session.rollback()
    return [queue for queue, waiting in zip(queues, row, strict=True) if waiting]


def _take(queue: str, owner: str, lease_seconds: float) -> Claimed | None:
    job = lock_next(queue)
    if job is None:
        return None
    job.state, job.owner = "running", owner
    job.attempts += 1
    job.version += 1
    job.started_at = database_now()
    job.lease_until = database_now(lease_seconds)
    claimed = Claimed(job.id, job.kind, job.queue, job.payload, owner, job.attempts)
    db.session.flush()
    return claimed


def lock_next(queue: str) -> Job | None:
    """The job whose turn it is, locked; rows that others have locked are passed over (SQLite: BEGIN IMMEDIATE)."""
    return db.session.scalars(
        select(Job)
        .where(Job.queue == queue, Job.state == "queued", Job.run_at <= database_now())
        .order_by(Job.turn, Job.id)
        .limit(1)
        .with_hint(Job, _BY_TURN, "mysql")
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def extend(owners: Iterable[str], lease_seconds: float) -> int:
    """Keep the leases of these lanes alive; how many jobs they hold."""
    held = (Job.state == "running", Job.owner.in_(list(owners)))
    return changed_rows(update(Job).where(*held).values(lease_until=database_now(lease_seconds)))


def release(owner: str) -> int:
    """Give back what a lane held when we stopped it ourselves: that attempt does not count."""
    return changed_rows(
        update(Job)
        .where(Job.state == "running", Job.owner == owner)
        .values(
            state="queued",
            owner=None,
            lease_until=None,
            attempts=Job.attempts - 1,
            run_at=database_now(),
            version=Job.version + 1,
        )
    )
