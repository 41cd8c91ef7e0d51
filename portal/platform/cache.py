"""A cache of small JSON values that nobody relies on: Redis where REDIS_URL is set, else this process's memory.

A Redis that is slow or gone costs a page at most one short wait: after a failure it is left alone for some seconds and
this process's memory serves instead. Nothing here raises because of Redis. Values are JSON, never pickles.
Source: requirements.md P22, C05 (the cache may be emptied at any time), reliability.md (1.5.2).
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.platform import config, metrics

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

SOCKET_SECONDS = 0.1
OPEN_SECONDS = 5.0
WARN_SECONDS = 60.0
MOST_KEPT = 2000
_PREFIX = "portal:cache:"
log = logging.getLogger("portal.cache")


class RedisLink:
    """One Redis behind a circuit breaker: after a failure it is not asked for OPEN_SECONDS."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._clock = clock
        self._closed_until = 0.0
        self._warned_at = -WARN_SECONDS

    def ask(self, question: Callable[[redis.Redis], T], otherwise: Callable[[], T]) -> T:
        """What Redis answers, or the fallback when it does not."""
        if self._clock() < self._closed_until:
            return otherwise()
        try:
            return question(self._client)
        except (redis.RedisError, OSError) as error:
            self._failed(error)
            return otherwise()

    def alive(self) -> bool:
        """A round trip, breaker or not: for health checks."""
        key = f"{_PREFIX}health"
        try:
            self._client.set(key, "1", ex=10)
            answered = self._client.get(key) == "1"
        except (redis.RedisError, OSError) as error:
            self._failed(error)
            return False
        self._closed_until = 0.0
        return answered

    def _failed(self, error: Exception) -> None:
        now = self._clock()
        self._closed_until = now + OPEN_SECONDS
        if now - self._warned_at >= WARN_SECONDS:
            self._warned_at = now
            log.warning("Redis does not answer (%s); memory serves instead", type(error).__name__)


class Store(Protocol):
    """Where texts are kept for a while."""

    def get(self, key: str) -> str | None:
        """The text, or None when it is gone."""

    def set(self, key: str, value: str, seconds: float) -> None:
        """Keep a text for so many seconds."""

    def delete(self, *keys: str) -> None:
        """Forget."""


class Memory:
    """At most MOST_KEPT values in this process; the least lately used goes first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEPT) -> None:
        self._clock, self._most = clock, most
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        with self._lock:
            ends, value = self._kept.get(key, (0.0, ""))
            if ends <= self._clock():
                self._kept.pop(key, None)
                return None
            self._kept.move_to_end(key)
            return value

    def set(self, key: str, value: str, seconds: float) -> None:
        with self._lock:
            self._kept[key] = (self._clock() + seconds, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def delete(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._kept.pop(key, None)


class Shared:
    """Values in Redis, shared by all processes; in memory while Redis is away."""

    def __init__(self, link: RedisLink) -> None:
        self.link = link
        self._memory = Memory()

    def get(self, key: str) -> str | None:
        return self.link.ask(lambda r: _text(r.get(_PREFIX + key)), lambda: self._memory.get(key))

    def set(self, key: str, value: str, seconds: float) -> None:
        milliseconds = max(1, int(seconds * 1000))
        self.link.ask(
            lambda r: _done(r.set(_PREFIX + key, value, px=milliseconds)),
            lambda: self._memory.set(key, value, seconds),
        )

    def delete(self, *keys: str) -> None:
        self._memory.delete(*keys)
        self.link.ask(lambda r: _done(r.delete(*(_PREFIX + key for key in keys))), lambda: None)


def _text(answer: Any) -> str | None:
    return answer if isinstance(answer, str) else None


def _done(_answer: Any) -> None:
    return None


_stores: dict[str | None, Store] = {}
_links: dict[str, RedisLink] = {}


def link() -> RedisLink | None:
    """The Redis of the current application, or None where none is configured."""
    url = config.current().redis_url
    if url is None:
        return None
    return _links.setdefault(url, RedisLink(url)) if url not in _links else _links[url]


def store() -> Store:
    """The cache of the current application."""
    url = config.current().redis_url
    if url not in _stores:
        shared = link()
        _stores[url] = Memory() if shared is None else Shared(shared)
    return _stores[url]


def get(key: str) -> Any | None:
    """A value kept by set(), or None: it was never there, or its time is over, or it was pushed out."""
    found = store().get(key)
    (metrics.cache_misses if found is None else metrics.cache_hits).inc()
    return None if found is None else json.loads(found)


def set(key: str, value: Any, seconds: float) -> None:  # noqa: A001 - read as cache.set
    """Keep a JSON value for so many seconds. Raises TypeError for what JSON cannot hold."""
    store().set(key, json.dumps(value), seconds)


def delete(*keys: str) -> None:
    """Forget values, because what they were made from has changed."""
    if keys:
        store().delete(*keys)


def cached(prefix: str, *, seconds: float) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep a function's JSON result by its arguments, which must be plain values."""

    def around(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def answer(*args: P.args, **values: P.kwargs) -> R:
            key = f"{prefix}:{json.dumps([args, values], sort_keys=True)}"
            kept = get(key)
            if kept is not None:
                return kept["value"]  # type: ignore[no-any-return]
            made = function(*args, **values)
            set(key, {"value": made}, seconds)
            return made

        return answer

    return around
