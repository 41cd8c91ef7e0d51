"""The performance decorator (P29) and the deadline of a request (X05)."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
import time

import pytest

from logging_config import log_performance
from portal.platform.timing import (
    EXPORT_SECONDS,
    PAGE_SECONDS,
    DeadlinePassed,
    Watch,
    long_request,
    seconds_allowed,
)


@pytest.fixture(autouse=True)
def heard(caplog):
    caplog.set_level(logging.INFO, "portal.performance")


def test_a_timed_function_keeps_its_name_and_answer_and_logs_milliseconds(caplog):
    @log_performance
    def add(one: int, two: int) -> int:
        "Adds."
        time.sleep(0.02)
        return one + two

    assert add(1, two=2) == 3
    assert (add.__name__, add.__doc__) == ("add", "Adds.")
    (record,) = caplog.records
    assert record.duration == record.duration_ms
    assert 15 <= record.duration < 5000
    assert "add took" in record.getMessage()


def test_a_timed_function_that_raises_is_logged_too(caplog):
    @log_performance
    def broken() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        broken()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "broken failed after" in record.getMessage()


def test_an_async_function_is_timed_while_it_waits(caplog):
    @log_performance
    async def nap() -> str:
        await asyncio.sleep(0.02)
        return "rested"

    assert inspect.iscoroutinefunction(nap)
    assert asyncio.run(nap()) == "rested"
    assert caplog.records[0].duration >= 15


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.005)


def test_work_past_its_deadline_is_cut():
    started = time.monotonic()
    with pytest.raises(DeadlinePassed), Watch().limit(0.1):
        spin(5)
    assert time.monotonic() - started < 2


def test_work_within_its_deadline_is_left_alone():
    watch = Watch()
    with watch.limit(0.1):
        spin(0.01)
    spin(0.3)


def test_what_arrives_too_late_does_not_hit_the_next_request():
    watch = Watch()
    for _ in range(20):
        try:
            with watch.limit(0.01):
                time.sleep(0.011)
        except DeadlinePassed:
            continue
    spin(0.05)


def test_an_extended_deadline_holds():
    watch = Watch()
    with watch.limit(0.1):
        watch.extend(10)
        spin(0.3)


def test_only_the_late_thread_is_cut():
    watch, outcomes = Watch(), {}

    def work(name: str, allowed: float) -> None:
        try:
            with watch.limit(allowed):
                spin(0.4)
            outcomes[name] = "done"
        except DeadlinePassed:
            outcomes[name] = "cut"

    threads = [threading.Thread(target=work, args=given) for given in (("late", 0.05), ("early", 30))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"late": "cut", "early": "done"}


def test_exports_may_work_longer_than_pages():
    @long_request
    def export() -> None:
        raise NotImplementedError

    assert seconds_allowed(export) == EXPORT_SECONDS == 120
    assert seconds_allowed(None) == PAGE_SECONDS == 25
