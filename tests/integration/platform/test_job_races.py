"""Several workers, one queue, on MariaDB; and a control that shows the lock is what keeps them apart."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import chain

import pytest
from sqlalchemy import func, select

from portal.platform import idempotency, jobs
from portal.platform.db import db, transaction
from portal.platform.jobs import queue
from portal.platform.jobs.attempt import run
from portal.platform.jobs.types import QUEUES
from portal.platform.models import Job
from tests.integration.platform.conftest import effects, enqueue

pytestmark = pytest.mark.mariadb


def at_once(app, count, work):
    """Run work(number) in so many threads that start together; their answers or errors."""
    start, answers = threading.Barrier(count), [None] * count

    def body(number):
        with app.app_context():
            start.wait()
            try:
                answers[number] = work(number)
            except Exception as error:  # noqa: BLE001 - shown by the test
                answers[number] = error

    threads = [threading.Thread(target=body, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def claim_all(number):
    taken = []
    while (claimed := queue.claim(QUEUES, owner=f"lane {number}", lease_seconds=60)) is not None:
        taken.append(claimed.id)
    return taken


def fill(kind, count):
    transaction(lambda: [jobs.enqueue(kind, {"n": n}, customer_id=n % 7) for n in range(count)])


def test_four_workers_never_take_one_job_twice(mariadb_app, make_kind):
    fill(make_kind(), 200)

    taken = list(chain.from_iterable(at_once(mariadb_app, 4, claim_all)))

    assert len(taken) == len(set(taken)) == 200


def test_without_the_lock_the_same_harness_sees_double_claims(mariadb_app, make_kind, monkeypatch):
    def without_lock(name):
        job = db.session.scalars(
            select(Job).where(Job.queue == name, Job.state == "queued").order_by(Job.turn, Job.id).limit(1)
        ).first()
        time.sleep(0.005)
        return job

    fill(make_kind(), 30)
    monkeypatch.setattr(queue, "lock_next", without_lock)

    taken = list(chain.from_iterable(at_once(mariadb_app, 4, claim_all)))

    assert max(Counter(taken).values()) > 1


def test_two_workers_that_both_believe_they_own_a_job_make_one_effect(mariadb_app, make_kind):
    """One of them lost the lease to the other while it worked."""
    enqueue(make_kind(work=lambda payload: time.sleep(0.1) or payload["n"]), 7)
    claimed = queue.claim(QUEUES, owner="one", lease_seconds=60)

    answers = at_once(mariadb_app, 4, lambda _number: run(claimed))

    assert sorted(answers) == ["done", "lost", "lost", "lost"]
    assert effects() == [7]


def test_a_text_used_by_several_at_once_makes_one_job(mariadb_app, make_kind):
    kind = make_kind()

    ids = at_once(mariadb_app, 6, lambda n: enqueue(kind, n, dedupe="the same"))

    assert len(set(ids)) == 1
    assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_a_long_locked_job_does_not_hold_up_the_others(mariadb_app, make_kind):
    kind = make_kind()
    first, second = enqueue(kind, 1), enqueue(kind, 2)
    assert queue.lock_next("default").id == first  # and this transaction stays open

    (taken,) = at_once(mariadb_app, 1, lambda n: queue.claim(QUEUES, owner="other", lease_seconds=60))

    assert taken.id == second
    db.session.rollback()


def test_a_command_sent_twice_at_once_acts_once_and_both_get_the_first_answer(mariadb_app):
    def command(number):
        def work():
            earlier = idempotency.answer_to("key-of-one-form", "orders.place:1")
            if earlier is not None:
                return earlier["order"]
            time.sleep(0.05)
            idempotency.remember("key-of-one-form", "orders.place:1", {"order": number})
            return number

        try:
            return transaction(work)
        except idempotency.SentTwice:
            return transaction(work)

    answers = at_once(mariadb_app, 5, command)

    assert len(set(answers)) == 1
    assert answers[0] in range(5)


def test_the_next_job_is_found_in_order_without_sorting_the_waiting_ones(mariadb_app, make_kind):
    from sqlalchemy import event, text

    fill(make_kind(), 50)
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, sql, values, *_: statements.append((sql, values)))
    queue.lock_next("default")

    sql, values = statements[-1]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {sql}", values).mappings().one()

    assert plan["key"] == "ix_job_turn"
    assert "filesort" not in plan["Extra"]
    db.session.execute(text("ROLLBACK"))
