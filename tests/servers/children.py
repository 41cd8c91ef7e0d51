"""How much memory the children of this process need."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def watched_children() -> Iterator[Callable[[], int]]:
    """Gives a function that tells the most MB that children begun in here have held of their own together so far.

    What they share with this process counts for it: a test run is many times larger than a worker that reads.
    """
    own, done, highest = psutil.Process(), threading.Event(), [0]
    before = set(own.children(recursive=True))

    def watch() -> None:
        while not done.wait(0.01):
            total = 0
            for process in set(own.children(recursive=True)) - before:
                try:
                    total += process.memory_full_info().uss
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
