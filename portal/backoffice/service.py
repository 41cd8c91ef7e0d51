"""The operations page: what the workers do, what failed for good, and trying it once more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ScalarSelect

from portal.backoffice.types import QUEUE_WORDS, QueueLine
from portal.ledger import service as ledger
from portal.ledger.types import CheckRunInfo
from portal.platform import jobs
from portal.platform.jobs import JobInfo, Stats, WorkerInfo

FAILED_ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Operations:
    """The queue at this moment; older_failed is the id to page on with, or None."""

    stats: Stats
    queues: tuple[QueueLine, ...]
    workers: tuple[WorkerInfo, ...]
    running: tuple[JobInfo, ...]
    failed: tuple[JobInfo, ...]
    older_failed: int | None
    #: when each kind of check of the books ran last, and what it found
    checks: tuple[CheckRunInfo, ...]

    @property
    def broken(self) -> int:
        """How many rows broke an invariant of money when they were asked last."""
        return sum(each.problems for each in self.checks)


def operations(*, failed_before: int | None = None) -> Operations:
    """Queues, workers and jobs under way, and one page of the jobs given up, newest first. Six queries."""
    stats = jobs.stats()
    found = jobs.failed(before=failed_before, limit=FAILED_ON_A_PAGE + 1)
    shown = tuple(found[:FAILED_ON_A_PAGE])
    return Operations(
        stats=stats,
        queues=tuple(QueueLine(name, words, stats["queues"].get(name, 0)) for name, words in QUEUE_WORDS.items()),
        workers=tuple(jobs.workers()),
        running=tuple(jobs.running()),
        failed=shown,
        older_failed=shown[-1].id if len(found) > FAILED_ON_A_PAGE else None,
        checks=tuple(ledger.last_checks()),
    )


def failed_count() -> ScalarSelect[int]:
    """For the rail: how many jobs wait for a person."""
    return jobs.failed_count()


def try_again(job_id: int) -> JobInfo:
    """Queue a given-up job again, with all its attempts; audited.

    Raises NotFound, and IllegalMove when it was not given up (or somebody was faster).
    """
    jobs.retry(job_id)
    return jobs.job(job_id)
