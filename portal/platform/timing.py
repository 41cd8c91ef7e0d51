"""How long things take: a decorator for functions, and the deadline every request works under.

A request that is still at work after its deadline is cut: an exception that nothing catches by accident is raised in
its thread, its transaction rolls back, and the person gets a page with 503. What a library does in C (one long SQL
statement, one sleep) is cut when it returns; the database's own limits bound that.
Source: requirements.md P29 (log_performance), X05 (25 s for pages, 120 s for exports).
"""

from __future__ import annotations

import ctypes
import inspect
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
View = TypeVar("View", bound=Callable[..., object])

PAGE_SECONDS = 25.0
EXPORT_SECONDS = 120.0
log = logging.getLogger("portal.performance")


def milliseconds(seconds: float) -> float:
    """Seconds as milliseconds with one place: the unit of every ``duration`` in the logs."""
    return round(seconds * 1000, 1)


def log_performance(function: Callable[P, R]) -> Callable[P, R]:
    """Log how long each call takes, whether it returns or raises; plain and async functions alike.

    The line carries ``duration`` and ``duration_ms`` (milliseconds) and ``function_name``. Name and signature stay.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    if inspect.iscoroutinefunction(function):
        awaited = cast(Callable[P, Awaitable[object]], function)

        @wraps(function)
        async def timed_async(*args: P.args, **values: P.kwargs) -> object:
            with _timed(name):
                return await awaited(*args, **values)

        return cast(Callable[P, R], timed_async)

    @wraps(function)
    def timed(*args: P.args, **values: P.kwargs) -> R:
        with _timed(name):
            return function(*args, **values)

    return timed


@contextmanager
def _timed(name: str) -> Iterator[None]:
    started = time.perf_counter()
    outcome = "failed after"
    try:
        yield
        outcome = "took"
    finally:
        spent = milliseconds(time.perf_counter() - started)
        extra = {"duration": spent, "duration_ms": spent, "function_name": name}
        log.log(logging.INFO if outcome == "took" else logging.WARNING, "%s %s %sms", name, outcome, spent, extra=extra)


class DeadlinePassed(BaseException):
    """A request worked longer than it may.

    Not an Exception, so that no handler swallows it; SQLAlchemy then throws the connection away instead of reusing it.
    """


def long_request(view: View) -> View:
    """Mark a view that makes an export: it may work for two minutes instead of 25 seconds."""
    view.deadline_seconds = EXPORT_SECONDS  # type: ignore[attr-defined]
    return view


def seconds_allowed(view: Callable[..., object] | None) -> float:
    """How long a view may work, in seconds."""
    return float(getattr(view, "deadline_seconds", PAGE_SECONDS))


@dataclass(slots=True)
class _Work:
    thread: int
    ends: float
    cut: bool = False


class Watch:
    """Cuts requests that work past their deadline. One thread a process, started with the first request."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._at_work: dict[int, _Work] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Inside, this thread works at most so long. Raises DeadlinePassed in it."""
        work = _Work(threading.get_ident(), time.monotonic() + seconds)
        with self._lock:
            self._at_work[id(work)] = work
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            self._lock.notify()
        try:
            yield
        finally:
            with self._lock:
                del self._at_work[id(work)]
                if work.cut:
                    # what was raised but not delivered yet must not hit the thread's next request
                    _raise_in(work.thread, None)

    def extend(self, seconds: float) -> None:
        """The request of this thread may work so long, counted from now."""
        with self._lock:
            for work in self._at_work.values():
                if work.thread == threading.get_ident():
                    work.ends = time.monotonic() + seconds
            self._lock.notify()

    def _run(self) -> None:
        with self._lock:
            while True:
                now = time.monotonic()
                for work in self._at_work.values():
                    if work.ends <= now and not work.cut:
                        work.cut = True
                        _raise_in(work.thread, DeadlinePassed)
                waiting = [work.ends for work in self._at_work.values() if not work.cut]
                self._lock.wait(max(0.01, min(waiting) - now) if waiting else None)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in another thread at its next step; None takes back one that has not arrived yet."""
    target = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), target)


watch = Watch()
