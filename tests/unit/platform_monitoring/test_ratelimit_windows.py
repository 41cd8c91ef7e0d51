"""Counting in memory: windows that open with the first request."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from portal.platform.ratelimit import Grant, Rule, _Windows, address, limit


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_counts_until_its_end_and_then_begins_anew():
    clock = Clock()
    windows = _Windows(clock)
    assert windows.add("k", 1, 60) == (1, 60)
    clock.now += 59
    assert windows.add("k", 1, 60) == (2, 1)
    clock.now += 1.5
    assert windows.add("k", 1, 60) == (1, 60)


def test_looking_does_not_count():
    windows = _Windows(Clock())
    windows.add("k", 1, 60)
    assert windows.add("k", 0, 60)[0] == 1
    assert windows.add("k", 0, 60)[0] == 1


def test_forgetting_begins_anew():
    windows = _Windows(Clock())
    windows.add("k", 5, 60)
    windows.forget("k")
    assert windows.add("k", 1, 60)[0] == 1


def test_threads_never_share_a_number():
    windows, seen = _Windows(Clock()), []

    def count() -> None:
        seen.extend(windows.add("k", 1, 60)[0] for _ in range(200))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 1601))


@pytest.mark.parametrize(("used", "allowed", "remaining"), [(4, True, 1), (5, True, 0), (6, False, 0)])
def test_the_last_allowed_one_is_allowed(used, allowed, remaining):
    grant = Grant(Rule("r", 5, 60), used, 10)
    assert (grant.allowed, grant.remaining) == (allowed, remaining)


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("not an address", "not an address"),
    ],
)
def test_an_ipv6_household_counts_as_one(given, counted):
    with Flask(__name__).test_request_context("/", environ_base={"REMOTE_ADDR": given}):
        assert address() == counted


def test_a_limit_needs_a_number():
    with pytest.raises(ValueError, match="per_minute"):
        limit("nothing")
