"""The plain rules of the job queue: waiting times, periods, lanes, the slate, the registry."""

from __future__ import annotations

import os
import time as clock_time
from datetime import UTC, datetime, time
from itertools import islice

import pytest

from portal.core import clock
from portal.platform import config
from portal.platform.jobs import registry
from portal.platform.jobs.attempt import backoff
from portal.platform.jobs.lane import idle_pauses, lanes_for
from portal.platform.jobs.process import end_tree, ending_of, memory_of
from portal.platform.jobs.schedule import period_of
from portal.platform.jobs.slate import Slate
from portal.platform.jobs.types import OCR, OTHER_QUEUES, Schedule


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [
        (1, 0.0, 4),
        (1, 1.0, 2),
        (2, 0.0, 12),
        (3, 0.0, 36),
        (5, 0.0, 324),
        (6, 0.0, 600),
        (6, 1.0, 300),
        (4000, 0.0, 600),
    ],
)
def test_a_failed_job_waits_longer_each_time_but_never_more_than_ten_minutes(attempt, chance, seconds):
    assert backoff(attempt, chance) == seconds


def test_a_period_begins_at_a_multiple_of_its_seconds_whoever_asks():
    minute = Schedule("k", 60, None)

    early, late, next_one = (
        period_of(minute, datetime(2026, 3, 14, 9, 30, second, tzinfo=UTC)) for second in (0, 59, 0)
    )

    assert early == late == next_one == datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    assert period_of(minute, datetime(2026, 3, 14, 9, 31, tzinfo=UTC)) == datetime(2026, 3, 14, 9, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "begun"),
    [
        (datetime(2026, 3, 14, 2, 30, tzinfo=clock.SAST), datetime(2026, 3, 14, 2, 30, tzinfo=clock.SAST)),
        (datetime(2026, 3, 14, 2, 29, tzinfo=clock.SAST), datetime(2026, 3, 13, 2, 30, tzinfo=clock.SAST)),
        (datetime(2026, 3, 13, 23, 0, tzinfo=UTC), datetime(2026, 3, 13, 2, 30, tzinfo=clock.SAST)),
        (datetime(2026, 3, 14, 0, 45, tzinfo=UTC), datetime(2026, 3, 14, 2, 30, tzinfo=clock.SAST)),
    ],
)
def test_a_daily_period_begins_at_its_south_african_time(moment, begun):
    assert period_of(Schedule("k", None, time(2, 30)), moment) == begun


@pytest.mark.parametrize("wrong", [{}, {"seconds": 5, "daily_at": time(1)}])
def test_what_recurs_says_either_seconds_or_a_time_of_day(wrong):
    with pytest.raises(ValueError, match="either"):
        registry.every("k", **wrong)


def test_a_job_cannot_be_registered_for_a_queue_nobody_serves():
    with pytest.raises(ValueError, match="no such queue"):
        registry.register("k", queue="nowhere", work=lambda _p: None, effect=lambda _p, _r: None)


def test_an_unknown_kind_is_named():
    with pytest.raises(LookupError, match=r"never\.heard\.of"):
        registry.handler("never.heard.of")


def _settings(**environ):
    return config.load({"FLASK_ENV": "testing", "SECRET_KEY": "for tests only, never", **environ})


def test_readings_have_lanes_of_their_own_that_stand_back_for_the_pages():
    lanes = lanes_for(_settings(OCR_CONCURRENCY="3"), cores=4)

    assert [lane.queues for lane in lanes if OCR in lane.queues] == [(OCR,)] * 3
    assert all(lane.nice > 0 for lane in lanes if OCR in lane.queues)


@pytest.mark.parametrize("cores", [1, 2])
def test_every_queue_has_a_lane_and_a_long_import_never_holds_all_of_them(cores):
    lanes = [lane for lane in lanes_for(_settings(), cores) if OCR not in lane.queues]

    assert set().union(*(lane.queues for lane in lanes)) == set(OTHER_QUEUES)
    assert len(lanes) == cores
    assert cores == 1 or any("imports" not in lane.queues for lane in lanes)


def test_an_idle_lane_looks_within_a_third_of_a_second_and_later_once_a_second():
    pauses = list(islice(idle_pauses(), 20))

    assert pauses[0] == pytest.approx(0.3)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 1.0


def test_the_slate_tells_the_parent_what_its_forked_child_does():
    slate = Slate()
    child = os.fork()
    if child == 0:
        slate.begin(417, limit_s=90)
        os._exit(0)
    os.waitpid(child, 0)

    assert slate.job_id == 417
    assert slate.overrun is None


def test_the_slate_says_when_a_job_has_broken_its_limit_and_forgets_it_when_it_ends():
    slate = Slate()
    slate.begin(417, limit_s=0)
    clock_time.sleep(0.002)
    assert slate.overrun == 0

    slate.end()

    assert (slate.job_id, slate.overrun, slate.finished) == (0, None, 1)


def test_ending_a_process_ends_its_children_too():
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()  # a program in a session of its own, as OCR runs
        os.write(writer, b"x")
        clock_time.sleep(60)
        os._exit(0)
    os.close(writer)
    os.read(reader, 1), os.read(reader, 1)
    begun = clock_time.monotonic()

    end_tree(parent)
    os.waitpid(parent, 0)

    assert os.read(reader, 1) == b""  # the pipe closes once both are gone
    assert clock_time.monotonic() - begun < 10
    os.close(reader)


def test_how_a_process_ended_is_said_in_words():
    assert ending_of(9) == "process ended by signal 9"
    assert ending_of(1 << 8) == "process ended with code 1"


def test_memory_is_read_for_living_processes_and_is_nothing_for_dead_ones():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

    assert memory_of(os.getpid()) > 5_000_000
    assert memory_of(child) == 0
