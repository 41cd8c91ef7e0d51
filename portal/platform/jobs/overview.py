"""The queue as people and monitoring see it, and the retry button."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from portal.core.errors import IllegalMove, NotFound
from portal.platform import audit, config
from portal.platform.db import Moment, db
from portal.platform.jobs import registry
from portal.platform.jobs.queue import database_now
from portal.platform.jobs.types import QUEUES, JobInfo, Stats, WorkerInfo
from portal.platform.models import Job, JobTally, Worker
from portal.platform.paging import capped

_OPEN = ("queued", "running", "failed")
#: A worker that missed three heart-beats is taken for gone.
_MISSED_BEATS = 3
#: A lease that ended this long ago should have been taken over by another worker.
_LATE_LEASE_SECONDS = 300


def stats() -> Stats:
    """Figures of the queue. Three queries over indexes."""
    rows = db.session.execute(
        select(Job.queue, Job.state, func.count(), func.min(Job.run_at, type_=Moment()))
        .where(Job.queue.in_(QUEUES), Job.state.in_(_OPEN))
        .group_by(Job.queue, Job.state)
    ).all()
    now, done, swept, workers = db.session.execute(
        select(
            database_now(),
            select(func.count()).select_from(Job).where(Job.state == "done").scalar_subquery(),
            select(func.coalesce(func.sum(JobTally.swept), 0)).scalar_subquery(),
            select(func.count()).select_from(Worker).where(Worker.seen_at > _last_breath()).scalar_subquery(),
        )
    ).one()
    queues = dict.fromkeys(QUEUES, 0) | {queue: count for queue, state, count, _ in rows if state == "queued"}
    oldest = min((since for _, state, _, since in rows if state == "queued"), default=None)
    return Stats(
        num_workers=workers,
        queue_size=sum(queues.values()),
        running=sum(count for _, state, count, _ in rows if state == "running"),
        failed=sum(count for _, state, count, _ in rows if state == "failed"),
        total_processed=done + int(swept),
        oldest_seconds=_age(oldest, now),
        queues=queues,
    )


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None or since > now else round((now - since).total_seconds(), 1)


def _last_breath() -> object:
    return database_now(-_MISSED_BEATS * config.current().job_heartbeat_seconds)


def workers() -> list[WorkerInfo]:
    """The workers that were seen lately."""
    rows = db.session.scalars(select(Worker).where(Worker.seen_at > _last_breath()).order_by(Worker.started_at))
    return [WorkerInfo(row.name, row.host, row.pid, row.lanes, row.started_at, row.seen_at) for row in rows]


def failed(*, before: int | None = None, limit: int = 50) -> list[JobInfo]:
    """Jobs given up, newest first; before: only ids below this one."""
    wanted = select(Job).where(Job.state == "failed").order_by(Job.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Job.id < before)
    return [_info(job) for job in db.session.scalars(wanted)]


def failed_count() -> ScalarSelect[int]:
    """How many jobs were given up, as a subquery."""
    return capped(select(Job.id).where(Job.state == "failed"))


def running(limit: int = 50) -> list[JobInfo]:
    """Jobs under way, longest first."""
    wanted = select(Job).where(Job.queue.in_(QUEUES), Job.state == "running").order_by(Job.started_at).limit(limit)
    return [_info(job) for job in db.session.scalars(wanted)]


def overdue(limit: int = 50) -> list[JobInfo]:
    """Jobs under way whose lease ended minutes ago: no worker has taken them over as it should."""
    late = Job.lease_until < database_now(-_LATE_LEASE_SECONDS)
    wanted = select(Job).where(Job.queue.in_(QUEUES), Job.state == "running", late).order_by(Job.id).limit(limit)
    return [_info(job) for job in db.session.scalars(wanted)]


def job(job_id: int) -> JobInfo:
    """One job. Raises NotFound."""
    row = db.session.get(Job, job_id, populate_existing=True)
    if row is None:
        raise NotFound("no such job")
    return _info(row)


def ahead_of(job_id: int) -> int:
    """How many jobs of its queue are served before this one; 0 when it is next, under way or over."""
    mine = db.session.get(Job, job_id, populate_existing=True)
    if mine is None or mine.state != "queued":
        return 0
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Job)
            .where(
                Job.queue == mine.queue,
                Job.state == "queued",
                (Job.turn < mine.turn) | ((Job.turn == mine.turn) & (Job.id < mine.id)),
            )
        )
        or 0
    )


def retry(job_id: int) -> None:
    """Queue a given-up job again with all its attempts, and say so in the audit log.

    Raises NotFound, and IllegalMove for a job that was not given up.
    """
    row = lock(job_id)
    if row is None:
        raise NotFound("no such job")
    if row.state != "failed":
        raise IllegalMove("This job", row.state, "queued")
    audit.record("job.retried", f"job {row.id}", before={"state": row.state, "error": row.last_error})
    row.state, row.attempts, row.crashes = "queued", 0, 0
    row.run_at, row.finished_at = database_now(), None
    row.version += 1
    db.session.flush()


def lock(job_id: int) -> Job | None:
    """A job's row, locked and fresh."""
    return db.session.scalars(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    ).first()


def _info(row: Job) -> JobInfo:
    return JobInfo(
        id=row.id,
        kind=row.kind,
        words=registry.words_of(row.kind),
        queue=row.queue,
        state=row.state,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        error=row.last_error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
