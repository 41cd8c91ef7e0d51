"""Work that outlives a request: written with the thing that needs it, done exactly once, by a worker.

``flask worker`` runs it (supervisor.py); features register handlers and enqueue by name. Source: design.md 8.
"""

from portal.platform.jobs.attempt import run_pending
from portal.platform.jobs.overview import ahead_of, failed, failed_count, job, overdue, retry, running, stats, workers
from portal.platform.jobs.queue import enqueue
from portal.platform.jobs.registry import every, register
from portal.platform.jobs.types import GiveUp, JobInfo, JsonDict, Poison, Stats, WorkerInfo

__all__ = [
    "GiveUp",
    "JobInfo",
    "JsonDict",
    "Poison",
    "Stats",
    "WorkerInfo",
    "ahead_of",
    "enqueue",
    "every",
    "failed",
    "failed_count",
    "job",
    "overdue",
    "register",
    "retry",
    "run_pending",
    "running",
    "stats",
    "workers",
]
