"""Kinds of jobs made for one test, whose effect is a row that can be counted: a notice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, update

from portal.platform import jobs, outbox
from portal.platform.db import db, reading, transaction
from portal.platform.jobs import registry
from portal.platform.jobs.queue import database_now
from portal.platform.models import Job, Notice

T = TypeVar("T")


@pytest.fixture
def make_kind() -> Iterator[Callable[..., str]]:
    """``make_kind(work=…, effect=…, failed=…, attempts=…)``: the name of a registered kind; its effect is a notice."""
    names: list[str] = []

    def make(**values: Any) -> str:
        name = f"test.{uuid.uuid4().hex[:12]}"
        values.setdefault("queue", "default")
        values.setdefault("work", lambda payload: payload.get("n", 0))
        values.setdefault("effect", lambda _payload, n: outbox.note(n, "effect", "done"))
        jobs.register(name, **values)
        names.append(name)
        return name

    yield make
    for name in names:
        registry._handlers.pop(name)
        registry._schedules.pop(name, None)


def enqueue(kind: str, n: int = 0, **values: Any) -> int:
    return transaction(lambda: jobs.enqueue(kind, {"n": n}, **values))


def look(question: Callable[[], T]) -> T:
    """Ask the database without holding anything up: on SQLite an open transaction would stop the workers."""
    db.session.rollback()
    with reading():
        try:
            return question()
        finally:
            db.session.rollback()


def effects() -> list[int]:
    """The numbers whose effect has happened, as often as it has."""
    wanted = select(Notice.user_id).where(Notice.event == "effect").order_by(Notice.id)
    return look(lambda: list(db.session.scalars(wanted)))


def row(job_id: int) -> Job:
    def found() -> Job:
        job = db.session.get(Job, job_id, populate_existing=True)
        assert job is not None
        db.session.expunge(job)
        return job

    return look(found)


def change(job_id: int, **values: Any) -> None:
    transaction(lambda: db.session.execute(update(Job).where(Job.id == job_id).values(**values)))


def make_due(job_id: int) -> None:
    """The waiting time after a failure is over."""
    change(job_id, run_at=database_now(-1))
