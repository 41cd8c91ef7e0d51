"""The cache: JSON for a while, in memory or in a Redis that may go away (P22)."""

from __future__ import annotations

import logging

import pytest
import redis

from portal.platform.cache import OPEN_SECONDS, WARN_SECONDS, Memory, RedisLink, Shared


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def link(clock) -> RedisLink:
    return RedisLink("redis://nowhere.example:1/0", clock)


def gone(_client):
    raise redis.ConnectionError("refused")


def test_memory_forgets_when_time_is_up(clock):
    memory = Memory(clock)
    memory.set("a", "1", 10)
    clock.now += 9.9
    assert memory.get("a") == "1"
    clock.now += 0.2
    assert memory.get("a") is None


def test_memory_drops_what_was_used_least_lately(clock):
    memory = Memory(clock, most=2)
    memory.set("a", "1", 10)
    memory.set("b", "2", 10)
    memory.get("a")
    memory.set("c", "3", 10)
    assert [memory.get(key) for key in "abc"] == ["1", None, "3"]


def test_memory_forgets_on_demand(clock):
    memory = Memory(clock)
    memory.set("a", "1", 10)
    memory.delete("a", "never there")
    assert memory.get("a") is None


def test_a_redis_that_is_gone_is_left_alone_for_a_while(link, clock):
    asked = []

    def ask(client):
        asked.append(client)
        return gone(client)

    assert link.ask(ask, lambda: "memory") == "memory"
    assert link.ask(ask, lambda: "memory") == "memory"
    assert len(asked) == 1
    clock.now += OPEN_SECONDS + 0.1
    link.ask(ask, lambda: "memory")
    assert len(asked) == 2


def test_the_warning_comes_once_a_minute(link, clock, caplog):
    caplog.set_level(logging.WARNING, "portal.cache")
    for _ in range(5):
        link.ask(gone, lambda: None)
        clock.now += OPEN_SECONDS + 0.1
    assert len(caplog.records) == 1
    clock.now += WARN_SECONDS
    link.ask(gone, lambda: None)
    assert len(caplog.records) == 2


def test_a_redis_that_comes_back_is_asked_again(link, clock):
    link.ask(gone, lambda: None)
    clock.now += OPEN_SECONDS + 0.1
    assert link.ask(lambda _client: "redis", lambda: "memory") == "redis"


def test_while_redis_is_away_memory_keeps_and_forgets(link, clock):
    link.ask(gone, lambda: None)
    shared = Shared(link)
    shared.set("a", "1", 10)
    assert shared.get("a") == "1"
    shared.delete("a")
    assert shared.get("a") is None
