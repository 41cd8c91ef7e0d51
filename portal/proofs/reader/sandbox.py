"""A child process in which bytes from strangers are read: bounded in time, memory and offspring.

Source: docs/rules/reading.md, D4.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_CHUNK = 1 << 16
#: no answer is larger than this; a child that writes more is stopped
_LONGEST_ANSWER = 64 << 20
_SMALLEST_FILE = 256 << 20


class Stopped(Exception):
    """The child did not answer: ``why`` is "time" or "died"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def run(work: Callable[[], bytes], *, deadline_s: float, memory_mb: int) -> bytes:
    """Do the work in a child that leads a group of its own and give back the bytes it returns.

    deadline_s: wall seconds after which the child and everything it started is killed.
    memory_mb: address space that the child, and each program it starts, may add to what this process has now.
    Raises Stopped when the deadline passed or the child died. Must be called from a process without other threads
    that hold locks (the worker, the command line).
    """
    folder = tempfile.mkdtemp(prefix="reading-")
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_the_child(work, writer, parent, folder, deadline_s, memory_mb)
    os.close(writer)
    try:
        return _answer(reader, time.monotonic() + deadline_s)
    finally:
        os.close(reader)
        _end(child)
        shutil.rmtree(folder, ignore_errors=True)


def _be_the_child(
    work: Callable[[], bytes], writer: int, parent: int, folder: str, deadline_s: float, memory_mb: int
) -> None:
    """Never returns: leaves by _exit, so that nothing of the parent's (buffers, handlers, tests) runs twice."""
    code = 1
    try:
        os.setpgid(0, 0)
        _die_with(parent)
        _be_bounded(deadline_s, memory_mb)
        tempfile.tempdir = folder
        os.environ["TMPDIR"] = folder
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()  # what the parent made is not garbage here; looking through it copies its pages
        answer = memoryview(work())
        while answer:
            answer = answer[os.write(writer, answer[:_CHUNK]) :]
        code = 0
    finally:
        os._exit(code)


def _die_with(parent: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _be_bounded(deadline_s: float, memory_mb: int) -> None:
    now = int(_status("VmSize")) * 1024
    _limit(resource.RLIMIT_AS, now + (memory_mb << 20))
    _limit(resource.RLIMIT_CPU, int(deadline_s * 2) + 1)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _SMALLEST_FILE)


def _limit(which: int, wanted: int) -> None:
    _, hard = resource.getrlimit(which)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(which, (allowed, allowed))


def _status(name: str) -> str:
    with open("/proc/self/status") as lines:
        for line in lines:
            if line.startswith(name + ":"):
                return line.split()[1]
    return "0"


def _answer(reader: int, deadline: float) -> bytes:
    found = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or len(found) > _LONGEST_ANSWER:
            raise Stopped("time")
        ready, _, _ = select.select([reader], [], [], left)
        if not ready:
            continue
        chunk = os.read(reader, _CHUNK)
        if not chunk:
            break
        found += chunk
    if not found:
        raise Stopped("died")
    return bytes(found)


def _end(child: int) -> None:
    """Kill what is left of the child's group, then take its exit, so that no orphan and no zombie stays."""
    for kill in (os.killpg, os.kill, os.killpg):
        # the first finds no group when the child was ended before it made one; the last finds late offspring
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
        if kill is os.kill:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
