"""How much memory the children of this process need."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import psutil


@contextmanager
def watched_children(counted: Literal["uss", "pss"] = "uss") -> Iterator[Callable[[], int]]:
    """Gives a function that tells the most MB that children begun in here have held together so far.

    uss: what is theirs alone; what they share with this process counts for it, since a test run is many times larger
    than a worker that reads. pss: with their share of what several hold, for programs that share nothing with this one.
    """
    own, done, highest = psutil.Process(), threading.Event(), [0]
    before = set(own.children(recursive=True))

    def watch() -> None:
        while not done.wait(0.01):
            total = 0
            for process in set(own.children(recursive=True)) - before:
                try:
                    total += getattr(process.memory_full_info(), counted)
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            highest[0] = max(highest[0], total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: highest[0] >> 20
    finally:
        done.set()
        watcher.join()
