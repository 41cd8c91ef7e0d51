"""The job queue on one database: claimed once, done once, tried again, given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.core.errors import IllegalMove, NotFound
from portal.platform import audit, jobs, outbox
from portal.platform.db import db, transaction
from portal.platform.jobs import housekeeping
from portal.platform.jobs.attempt import fail_lane, reap_expired, run
from portal.platform.jobs.queue import claim, database_now, extend, release
from portal.platform.jobs.schedule import Clockwork
from portal.platform.jobs.types import QUEUES, Outcome
from portal.platform.models import Job
from tests.integration.platform.conftest import change, effects, enqueue, make_due, row

pytestmark = pytest.mark.usefixtures("app")


def take(owner="lane 1", lease_seconds=60):
    return claim(QUEUES, owner=owner, lease_seconds=lease_seconds)


def test_a_job_of_a_rolled_back_deed_never_runs(make_kind):
    jobs.enqueue(make_kind(), {"n": 1})
    db.session.rollback()

    assert jobs.run_pending() == 0
    assert effects() == []


def test_a_job_is_done_once_however_often_the_queue_is_asked(make_kind):
    job_id = enqueue(make_kind(), 7)

    assert [jobs.run_pending(), jobs.run_pending()] == [1, 0]

    assert effects() == [7]
    assert row(job_id).state == "done"


def test_an_effect_that_fails_leaves_nothing_behind_and_is_tried_again(make_kind):
    fails = [True]

    def effect(_payload, n):
        outbox.note(n, "effect", "done")
        db.session.flush()
        if fails.pop() if fails else False:
            raise RuntimeError("half way")

    job_id = enqueue(make_kind(effect=effect), 7)

    jobs.run_pending()
    assert effects() == []
    assert (row(job_id).state, row(job_id).last_error) == ("queued", "RuntimeError: half way")

    assert jobs.run_pending() == 0  # not before its waiting time is over
    make_due(job_id)
    assert jobs.run_pending() == 1
    assert effects() == [7]
    assert row(job_id).attempts == 2


def test_work_that_changes_rows_is_refused(make_kind):
    job_id = enqueue(make_kind(work=lambda _p: db.session.add(Job(queue="x"))))

    jobs.run_pending()

    assert "only its effect may" in row(job_id).last_error


def test_work_holds_no_lock_on_what_it_reads(app, make_kind):
    def work(_payload):
        db.session.scalars(select(Job)).all()
        with app.app_context():
            transaction(lambda: outbox.note(99, "effect", "from another connection"))
        return 1

    enqueue(make_kind(work=work))

    assert jobs.run_pending(strict=True) == 1
    assert effects() == [99, 1]


def test_a_worker_that_lost_its_lease_writes_nothing(make_kind):
    job_id = enqueue(make_kind(), 7)
    slow = take("slow lane")
    change(job_id, owner="quick lane")

    assert run(slow) is Outcome.LOST
    assert effects() == []
    assert row(job_id).state == "running"


def test_a_lost_lease_s_failure_does_not_count_either(make_kind):
    def work(_payload):
        raise ValueError("too late")

    job_id = enqueue(make_kind(work=work))
    slow = take("slow lane")
    change(job_id, owner="quick lane")

    assert run(slow) is Outcome.LOST
    assert row(job_id).last_error is None


def test_a_job_whose_worker_went_silent_runs_once_more_and_once_only(make_kind):
    job_id = enqueue(make_kind(), 7)
    gone = take("gone")
    assert reap_expired() == 0  # its lease still holds
    change(job_id, lease_until=database_now(-1))

    assert reap_expired() == 1
    make_due(job_id)
    jobs.run_pending()

    assert effects() == [7]
    assert (row(job_id).attempts, row(job_id).crashes) == (2, 1)
    assert run(gone) is Outcome.LOST  # it comes back after all
    assert effects() == [7]


def test_a_lease_that_is_extended_is_not_taken_away(make_kind):
    job_id = enqueue(make_kind())
    take("alive")
    change(job_id, lease_until=database_now(-1))

    assert transaction(lambda: extend(["alive", "idle"], 60)) == 1

    assert reap_expired() == 0


def test_a_job_given_up_calls_its_hook_once_and_waits_for_staff(make_kind):
    def work(_payload):
        raise ValueError("no such invoice")

    told = []
    kind = make_kind(
        work=work, failed=lambda payload, reason: (told.append(reason), outbox.note(payload["n"], "effect", "gave up"))
    )
    job_id = enqueue(kind, 7)

    for _ in range(6):
        jobs.run_pending()
        if row(job_id).state == "queued":
            make_due(job_id)

    assert (row(job_id).state, row(job_id).attempts) == ("failed", 4)
    assert told == ["ValueError: no such invoice"]
    assert effects() == [7]
    assert jobs.stats()["failed"] == 1
    assert [job.error for job in jobs.failed()] == ["ValueError: no such invoice"]


def test_staff_try_a_given_up_job_again_and_it_is_audited(make_kind):
    broken = [True]

    def work(payload):
        if broken:
            raise jobs.GiveUp("the bank account is closed")
        return payload["n"]

    job_id = enqueue(make_kind(work=work), 7)
    jobs.run_pending()
    assert (row(job_id).state, row(job_id).attempts) == ("failed", 1)

    broken.clear()
    transaction(lambda: jobs.retry(job_id))
    jobs.run_pending()

    assert effects() == [7]
    assert [event.action for event in audit.of(f"job {job_id}")] == ["job.retried"]


def test_only_a_given_up_job_can_be_tried_again(make_kind):
    job_id = enqueue(make_kind())

    with pytest.raises(IllegalMove):
        jobs.retry(job_id)
    with pytest.raises(NotFound):
        jobs.retry(job_id + 1)


def test_an_input_that_kills_its_process_is_given_up_at_the_second_time(make_kind):
    told = []
    job_id = enqueue(make_kind(failed=lambda _p, reason: told.append(reason)))

    for expected in ("queued", "failed"):
        take("lane")
        assert fail_lane("lane", "process ended by signal 9") == 1
        assert row(job_id).state == expected
        make_due(job_id)

    assert told == ["process ended by signal 9"]


def test_an_input_that_breaks_its_bounds_is_given_up_at_the_second_time(make_kind):
    def work(_payload):
        raise jobs.Poison("more than 40 megapixels")

    job_id = enqueue(make_kind(work=work))
    jobs.run_pending()
    make_due(job_id)
    jobs.run_pending()

    assert (row(job_id).state, row(job_id).attempts, row(job_id).last_error) == ("failed", 2, "more than 40 megapixels")


def test_a_hook_that_fails_keeps_no_job_alive(make_kind):
    def work(_payload):
        raise jobs.GiveUp("bad")

    def hook(_payload, _reason):
        outbox.note(1, "effect", "rolled back")
        raise RuntimeError("worse")

    job_id = enqueue(make_kind(work=work, failed=hook))
    jobs.run_pending()

    assert row(job_id).state == "failed"
    assert row(job_id).last_error == "bad (and then RuntimeError: worse)"
    assert effects() == []


def test_a_job_of_an_unknown_kind_is_tried_again_later(make_kind):
    job_id = enqueue(make_kind())
    change(job_id, kind="from.the.future")

    jobs.run_pending()

    assert (row(job_id).state, row(job_id).last_error) == (
        "queued",
        "LookupError: no handler for jobs of kind from.the.future",
    )


def test_what_a_stopped_lane_held_is_given_back_and_the_attempt_does_not_count(make_kind):
    job_id = enqueue(make_kind(), 7)
    take("stopped")

    transaction(lambda: release("stopped"))

    assert (row(job_id).state, row(job_id).attempts) == ("queued", 0)
    jobs.run_pending()
    assert effects() == [7]


def test_a_hundred_jobs_of_one_customer_do_not_stand_before_another_s_one(make_kind):
    kind = make_kind()
    for n in range(100):
        enqueue(kind, n, customer_id=1)
    jobs.run_pending(limit=30)

    enqueue(kind, 1000, customer_id=2)
    jobs.run_pending(limit=2)

    assert 1000 in effects()[30:]


def test_who_waits_is_not_starved_by_a_customer_who_keeps_sending(make_kind):
    kind = make_kind()
    for n in range(10):
        enqueue(kind, n, customer_id=1)

    for n in range(10):
        enqueue(kind, 100 + n, customer_id=2)
        jobs.run_pending(limit=2)

    assert sorted(effects()) == [*range(10), *range(100, 110)]


def test_a_job_that_waits_for_its_next_try_lets_no_newcomer_pass_the_line(make_kind):
    fails = [True]

    def work(payload):
        if fails and payload["n"] == 0:
            raise ValueError("once")
        return payload["n"]

    kind = make_kind(work=work)
    for n in range(6):
        enqueue(kind, n, customer_id=1)
    jobs.run_pending(limit=4)  # the first waits for its next try now, with the lowest turn
    for n in range(4):
        enqueue(kind, 100 + n, customer_id=2)

    jobs.run_pending()

    assert effects()[:3] == [1, 2, 3]
    assert effects()[3:] in ([4, 100, 5, 101, 102, 103], [100, 4, 101, 5, 102, 103])


def test_a_text_that_was_used_makes_no_second_job(make_kind):
    kind = make_kind()
    first = enqueue(kind, 1, dedupe="proof 17")

    assert enqueue(kind, 2, dedupe="proof 17") == first

    jobs.run_pending()
    assert enqueue(kind, 3, dedupe="proof 17") == first
    assert effects() == [1]


def test_a_job_does_not_run_before_its_moment(make_kind):
    kind = make_kind()
    enqueue(kind, 1, run_at=datetime.now(UTC) + timedelta(minutes=5))
    enqueue(kind, 2, run_at=datetime.now(UTC) - timedelta(minutes=5))

    jobs.run_pending()

    assert effects() == [2]


def test_a_payload_that_json_cannot_hold_is_refused_at_once(make_kind):
    with pytest.raises(TypeError):
        jobs.enqueue(make_kind(), {"when": datetime.now(UTC)})


def test_what_recurs_is_one_job_a_period_however_many_workers_tick(make_kind):
    kind = make_kind()
    jobs.every(kind, seconds=60)
    one, two = Clockwork(), Clockwork()

    for second in (0, 20, 59, 60, 61):
        moment = datetime(2026, 3, 14, 9, 30, tzinfo=UTC) + timedelta(seconds=second)
        one.tick(moment), two.tick(moment)

    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == kind)) == 2


def test_a_tick_between_periods_asks_the_database_nothing(make_kind, count_queries):
    jobs.every(make_kind(), seconds=3600)
    clockwork, moment = Clockwork(), datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    clockwork.tick(moment)

    with count_queries() as seen:
        assert clockwork.tick(moment + timedelta(seconds=40)) == 0

    assert seen == []


def test_the_database_s_clock_is_ours_to_the_second(make_kind):
    job_id = enqueue(make_kind())

    assert abs(row(job_id).created_at - datetime.now(UTC)) < timedelta(seconds=2)


def test_the_figures_say_what_waits_runs_failed_and_was_done(make_kind):
    def work(payload):
        if payload["n"] == 13:
            raise jobs.GiveUp("unlucky")
        return payload["n"]

    kind, mails = make_kind(work=work), make_kind(queue="notifications")
    for n in (1, 2, 13):
        enqueue(kind, n)
    jobs.run_pending()
    enqueue(kind), enqueue(kind), enqueue(mails)
    take()

    figures = jobs.stats()

    assert (figures["running"], figures["failed"], figures["total_processed"]) == (1, 1, 2)
    assert figures["queue_size"] == sum(figures["queues"].values()) == 2
    assert figures["num_workers"] == 0
    assert 0 <= figures["oldest_seconds"] < 10


def test_a_waiting_job_knows_how_many_stand_before_it(make_kind):
    kind = make_kind(queue="ocr")
    ids = [enqueue(kind, n, customer_id=1) for n in range(3)]
    other = enqueue(kind, customer_id=2)

    assert [jobs.ahead_of(job_id) for job_id in (*ids, other)] == [0, 2, 3, 1]


def test_sweeping_old_jobs_keeps_the_total_true(make_kind):
    kind = make_kind()
    old, new = enqueue(kind, 1), enqueue(kind, 2)
    jobs.run_pending()
    before = jobs.stats()["total_processed"]
    change(old, finished_at=database_now(-15 * 24 * 3600))

    assert transaction(housekeeping.sweep_jobs) == 1
    assert transaction(housekeeping.sweep_jobs) == 0

    assert jobs.stats()["total_processed"] == before
    assert db.session.get(Job, old) is None
    assert row(new).state == "done"
