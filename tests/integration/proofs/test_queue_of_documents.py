"""Ten thousand documents of one customer: another's single one is next, and what staff and monitoring ask stays small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from portal.core import clock
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.platform.jobs import overview
from portal.platform.jobs.queue import claim
from portal.platform.models import Job
from tests.integration.proofs.conftest import World

MANY = 10_000


@pytest.fixture
def crowded(world: World) -> World:
    """The line of readings as ten thousand uploads of the first customer leave it: turns one after the other."""
    now = clock.now()
    rows = [
        {
            "queue": "ocr", "kind": "proofs.read", "payload": {"proof_id": 0}, "state": "queued", "turn": turn,
            "run_at": now, "max_attempts": 4, "customer_id": world.customer_id, "created_at": now,
        }
        for turn in range(MANY)
    ]  # fmt: skip
    transaction(lambda: db.session.execute(insert(Job), rows))
    return world


def next_customers(count: int) -> list[int | None]:
    """Whose the next jobs are, in the order in which they are taken."""
    taken = [claim(("ocr",), owner=f"lane {n}", lease_seconds=60) for n in range(count)]
    ids = [one.id for one in taken if one is not None]
    db.session.rollback()
    owner = dict(db.session.execute(select(Job.id, Job.customer_id).where(Job.id.in_(ids))).all())
    return [owner[each] for each in ids]


def test_the_bulk_made_line_is_what_uploads_one_by_one_make(world: World, proof_of: Any) -> None:
    for seed in range(4):
        world.send(proof_of(world.invoice(), seed=seed), key=str(seed))

    assert db.session.scalars(select(Job.turn).where(Job.queue == "ocr").order_by(Job.id)).all() == [0, 1, 2, 3]


def test_one_document_of_another_customer_is_not_behind_ten_thousand(crowded: World, proof_of: Any) -> None:
    next_customers(5)

    crowded.send(proof_of(crowded.invoice(customer_id=crowded.other_id)), customer_id=crowded.other_id)

    assert crowded.other_id in next_customers(2)


def test_two_customers_with_many_take_turns(crowded: World) -> None:
    for n in range(5):
        transaction(lambda n=n: jobs.enqueue("proofs.read", {"proof_id": 0, "n": n}, customer_id=crowded.other_id))

    served = next_customers(10)

    assert served.count(crowded.other_id) == 5 and served.count(crowded.customer_id) == 5


def test_the_line_is_drained_in_order(crowded: World) -> None:
    taken = [claim(("ocr",), owner=f"lane {n}", lease_seconds=60) for n in range(50)]
    ids = [one.id for one in taken if one is not None]

    assert ids == sorted(ids) and len(ids) == 50


def test_taking_a_job_and_adding_one_asks_as_little_with_ten_thousand_as_with_none(
    crowded: World, proof_of: Any, count_queries: Callable[[], Any]
) -> None:
    upload = proof_of(crowded.invoice(customer_id=crowded.other_id))
    with count_queries() as adding:
        crowded.send(upload, customer_id=crowded.other_id)
    with count_queries() as taking:
        claim(("ocr",), owner="lane", lease_seconds=60)
    with count_queries() as asking:
        overview.stats()

    assert (len([sql for sql in adding if "job" in sql]), len(taking), len(asking)) <= (4, 4, 2)


def test_the_figures_are_true_with_ten_thousand_waiting(crowded: World) -> None:
    next_customers(3)

    figures = overview.stats()

    assert (figures["queue_size"], figures["running"], figures["queues"]["ocr"]) == (MANY - 3, 3, MANY - 3)
    last = db.session.scalar(select(func.max(Job.id)))
    assert overview.ahead_of(int(last or 0)) == MANY - 4


@pytest.mark.mariadb
def test_the_figures_come_from_indexes_alone(mariadb_app: Any) -> None:
    from sqlalchemy import event

    seen: list[tuple[str, Any]] = []
    note = lambda _c, _k, sql, values, *_: seen.append((sql, values))  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        overview.stats()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    for sql, values in seen:
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN {sql}", values).mappings().all()
        of_jobs = [row for row in plan if row["table"] == "job"]
        assert of_jobs and all(row["key"] and "Using index" in row["Extra"] for row in of_jobs), plan
        assert not any("filesort" in (row["Extra"] or "") for row in of_jobs)
