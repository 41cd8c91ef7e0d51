"""The embedded worker under its keeper: started again when it dies, gone when the keeper is."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress

import psutil
import pytest

from portal.platform import config
from portal.platform.jobs import embedded
from portal.platform.jobs.embedded import Keeper

#: Stands for the worker: writes a line, then waits for the end of its pipe.
OBEDIENT = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); sys.stdin.read()"
DEAF = "import os, sys, signal, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"


@pytest.fixture
def keep(tmp_path):
    kept = []

    def make(program=OBEDIENT):
        keeper = Keeper((sys.executable, "-c", program, str(tmp_path / "starts"))).start()
        kept.append(keeper)
        return keeper

    yield make
    for keeper in kept:
        keeper.stop(0.5)


@pytest.fixture
def starts(tmp_path):
    """The pids of the workers started so far, once there are so many."""

    def so_many(count, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(FileNotFoundError):
                found = [int(line) for line in (tmp_path / "starts").read_text().split()]
                if len(found) >= count:
                    return found
            time.sleep(0.02)
        raise AssertionError(f"no {count} workers were started")

    return so_many


def gone(pid, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_a_worker_that_dies_is_started_again(keep, starts):
    keep()
    (first,) = starts(1)

    os.kill(first, signal.SIGKILL)

    assert len(starts(2)) == 2


def test_a_worker_whose_exit_somebody_else_took_is_started_again_too(keep, starts):
    keep()
    (first,) = starts(1)

    os.kill(first, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(first, 0)  # as Gunicorn's arbiter does, which waits for any child

    assert len(starts(2)) == 2


def test_a_worker_ends_when_its_keeper_stops(keep, starts):
    keeper = keep()
    (pid,) = starts(1)

    keeper.stop()

    assert gone(pid)
    time.sleep(1.2)
    assert len(starts(1)) == 1  # and is not started again


def test_a_worker_that_does_not_listen_is_killed(keep, starts):
    keeper = keep(DEAF)
    (pid,) = starts(1)

    keeper.stop(0.5)

    assert gone(pid)


def test_a_restart_ends_the_old_worker_and_starts_one_new(keep, starts):
    keeper = keep()
    (first,) = starts(1)

    keeper.restart()

    assert gone(first)
    assert len(starts(2)) == 2
    assert keeper.pid == starts(2)[1]


def test_a_worker_s_pipe_closes_with_its_keeper_alone_although_web_workers_were_forked(keep, starts):
    keeper = keep()
    (worker,) = starts(1)
    web_worker = os.fork()
    if web_worker == 0:
        keeper.forget()
        time.sleep(60)
        os._exit(0)
    time.sleep(0.2)

    keeper._ended.set()
    keeper._process.stdin.close()

    assert gone(worker)
    os.kill(web_worker, signal.SIGKILL)
    os.waitpid(web_worker, 0)


def test_the_embedded_worker_can_be_switched_off():
    settings = config.load({"FLASK_ENV": "testing", "SECRET_KEY": "for tests only, never", "EMBEDDED_WORKER": "off"})

    assert embedded.start(settings) is None
