"""What must not grow for ever: finished jobs, keys of old commands, temporary files."""

from __future__ import annotations

from datetime import time

from sqlalchemy import delete, func, select

from portal.platform import idempotency, storage
from portal.platform.db import db
from portal.platform.jobs import registry
from portal.platform.jobs.queue import database_now
from portal.platform.jobs.types import JsonDict
from portal.platform.models import Job, JobTally

KIND = "platform.sweep"
FILES_KIND = "platform.sweep_files"
_KEPT_SECONDS = 14 * 24 * 3600
_AT_ONCE = 5000


def sweep_jobs() -> int:
    """Remove finished jobs older than a fortnight, some thousand at a time, and keep their number. How many."""
    old = select(Job.id).where(Job.state == "done", Job.finished_at < database_now(-_KEPT_SECONDS)).limit(_AT_ONCE)
    ids = list(db.session.scalars(old))
    counts = db.session.execute(select(Job.queue, func.count()).where(Job.id.in_(ids)).group_by(Job.queue)).all()
    for queue, count in counts:
        tally = db.session.get(JobTally, queue, with_for_update=True)
        if tally is None:
            tally = JobTally(queue=queue, swept=0)
            db.session.add(tally)
        tally.swept += count
    db.session.execute(delete(Job).where(Job.id.in_(ids)), execution_options={"synchronize_session": False})
    return len(ids)


def _sweep(_payload: JsonDict, _result: None) -> None:
    sweep_jobs()
    idempotency.forget_old()


def _nothing(_payload: JsonDict) -> None:
    return None


def _sweep_files(_payload: JsonDict) -> int:
    return storage.sweep_temporary()


def _swept(_payload: JsonDict, _count: int) -> None:
    return None


def register() -> None:
    """Put the sweeps on the schedule."""
    registry.register(KIND, queue="default", work=_nothing, effect=_sweep, words="Sweep finished jobs")
    registry.every(KIND, daily_at=time(2, 30))
    registry.register(FILES_KIND, queue="default", work=_sweep_files, effect=_swept, words="Sweep unfinished files")
    registry.every(FILES_KIND, seconds=3600)
