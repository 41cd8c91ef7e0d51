"""What Linux offers to a parent that must not leave anything behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Container

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PAGE = resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than on Linux leases alone must do
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def die_with(parent: int) -> None:
    """In a child: be killed when the parent dies, even if it just has."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of what our dead children leave running, so that it can be found and ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def memory_of(pid: int) -> int:
    """Resident bytes of a process; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def end_tree(pid: int) -> None:
    """Kill a process, its group and everything below it."""
    below: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        below = psutil.Process(pid).children(recursive=True)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
    for process in below:
        with contextlib.suppress(psutil.Error):
            process.kill()


def end_orphans(but: Container[int]) -> int:
    """Kill what we adopted: children of ours that are not among the lanes. How many."""
    adopted = []
    with contextlib.suppress(psutil.Error):
        adopted = [child for child in psutil.Process().children() if child.pid not in but]
    for child in adopted:
        end_tree(child.pid)
    return len(adopted)


def ending_of(status: int) -> str:
    """How a waited-for process ended, in words."""
    code = os.waitstatus_to_exitcode(status)
    return f"process ended by signal {-code}" if code < 0 else f"process ended with code {code}"
