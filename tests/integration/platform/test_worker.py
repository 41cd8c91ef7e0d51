"""``flask worker`` as a real process: killed, stopped, starved of its parent, given jobs that hang or eat memory."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select, text

from portal.platform import jobs
from portal.platform.config import ROOT
from portal.platform.db import db, transaction
from portal.platform.models import Job, Notice
from tests.integration.platform import worker_app
from tests.integration.platform.conftest import effects, look, row

pytestmark = pytest.mark.slow
KINDS = worker_app  # importing it registers the kinds here as well


class Workers:
    """Starts workers on the test's database; whatever happens, none is left."""

    def __init__(self, settings) -> None:
        self.settings, self.started = settings, []

    def start(self, *options: str, **environ: str) -> subprocess.Popen[bytes]:
        env = {
            **os.environ, "FLASK_ENV": "testing", "SECRET_KEY": "for tests only, never anywhere else",
            "DATA_DIR": str(self.settings.data_dir), "DATABASE_URL": self.settings.database_url,
            "JOB_LEASE_SECONDS": "3", "JOB_HEARTBEAT_SECONDS": "1", "OCR_CONCURRENCY": "2", "LOG_LEVEL": "ERROR",
            **environ,
        }  # fmt: skip
        command = [sys.executable, "-m", "flask", "--app", "tests.integration.platform.worker_app", "worker", *options]
        worker = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, start_new_session=True)
        self.started.append(worker)
        return worker

    def end(self) -> None:
        for worker in self.started:
            if worker.poll() is None:
                for lane in lanes_of(worker):
                    with suppress(psutil.Error):
                        lane.kill()
                worker.kill()
            worker.wait(10)
            worker.stdin.close()


@pytest.fixture
def workers(app):
    crew = Workers(app.extensions["settings"])
    yield crew
    crew.end()


@pytest.fixture
def told(tmp_path) -> Path:
    path = tmp_path / "told"
    path.touch()
    return path


def lanes_of(worker) -> list[psutil.Process]:
    try:
        return psutil.Process(worker.pid).children()
    except psutil.Error:
        return []


def until(true: Callable[[], object], seconds: float = 120) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def state(job_id: int) -> str:
    return row(job_id).state


def pids(told: Path) -> list[int]:
    return [int(line) for line in told.read_text().split()]


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def enqueue(kind: str, told: Path | None = None, **payload: object) -> int:
    return transaction(lambda: jobs.enqueue(f"test.{kind}", {"n": 7, "told": str(told), **payload}))


def test_every_effect_happens_once_while_workers_are_killed_at_random(workers):
    count = 150
    transaction(lambda: [jobs.enqueue("test.brief", {"n": n}, customer_id=n % 5) for n in range(count)])
    crew, chance, kills = [workers.start(), workers.start()], random.Random(20260314), 0
    until(lambda: len(effects()) >= 5)
    while unfinished():
        victim = crew[kills % 2]
        lanes = lanes_of(victim)
        if kills < 14 and lanes:
            with suppress(psutil.Error):
                (psutil.Process(victim.pid) if kills % 5 == 4 else chance.choice(lanes)).kill()
            kills += 1
        time.sleep(chance.uniform(0.05, 0.4))
        crew = [worker if worker.poll() is None else workers.start() for worker in crew]
        for job in look(jobs.failed):  # killed twice by bad luck: what a clerk's retry button is for
            transaction(lambda job=job: jobs.retry(job.id))

    assert kills >= 5
    assert Counter(effects()) == dict.fromkeys(range(count), 1)


def unfinished() -> int:
    wanted = select(func.count()).select_from(Job).where(Job.kind == "test.brief", Job.state != "done")
    return look(lambda: db.session.scalar(wanted))


def test_a_lane_killed_in_the_middle_of_a_job_is_replaced_and_the_job_runs_once_more_at_once(workers, told):
    job_id = enqueue("asleep", told, seconds=2)
    worker = workers.start(JOB_LEASE_SECONDS="600")
    (pid,) = until(lambda: pids(told))
    killed_at = time.monotonic()

    os.kill(pid, signal.SIGKILL)

    until(lambda: state(job_id) == "done")
    assert time.monotonic() - killed_at < 200  # not after its lease of ten minutes
    assert effects() == [7]
    assert (row(job_id).attempts, row(job_id).crashes) == (2, 1)
    assert worker.poll() is None


def test_a_worker_killed_whole_leaves_no_process_and_another_one_finishes_its_job(workers, told):
    job_id = enqueue("asleep", told, seconds=2)
    first = workers.start()
    (pid,) = until(lambda: pids(told))
    lanes = [lane.pid for lane in lanes_of(first)]

    first.kill()

    first.wait(5)
    until(lambda: not any(alive(lane) for lane in lanes), 20)
    assert pid in lanes
    workers.start()
    until(lambda: state(job_id) == "done")
    assert effects() == [7]
    assert row(job_id).attempts == 2


def test_a_worker_asked_to_stop_finishes_what_it_has_at_hand(workers, told):
    job_id = enqueue("asleep", told, seconds=2)
    worker = workers.start()
    until(lambda: pids(told))

    worker.terminate()

    assert worker.wait(60) == 0
    assert (state(job_id), effects()) == ("done", [7])
    assert look(jobs.stats)["num_workers"] == 0


def test_a_worker_that_cannot_finish_in_time_gives_its_job_back(workers, told):
    job_id = enqueue("asleep", told, seconds=60)
    worker = workers.start("--drain", "0.5")
    until(lambda: pids(told))

    worker.terminate()

    assert worker.wait(60) == 0
    assert (state(job_id), row(job_id).attempts, row(job_id).owner) == ("queued", 0, None)


def test_a_worker_ends_with_its_parent(workers):
    worker = workers.start("--parent-pipe")
    lanes = until(lambda: lanes_of(worker))

    worker.stdin.close()

    assert worker.wait(60) == 0
    assert not any(alive(lane.pid) for lane in lanes)


def test_a_program_that_hangs_is_killed_with_its_job_and_the_job_is_given_up(workers, told):
    job_id = enqueue("hang", told)
    workers.start()

    until(lambda: state(job_id) == "failed")

    assert row(job_id).last_error == "took longer than 2 seconds"
    assert row(job_id).attempts == 2
    until(lambda: not any(alive(pid) for pid in pids(told)), 20)
    assert look(lambda: db.session.scalar(select(func.count()).where(Notice.event == "given up"))) == 1


def test_a_killed_lane_s_programs_do_not_outlive_it(workers, told):
    enqueue("hang", told)
    worker = workers.start()
    (program,) = until(lambda: pids(told))
    lane = psutil.Process(program).ppid()
    assert lane in [child.pid for child in lanes_of(worker)]

    os.kill(lane, signal.SIGKILL)

    until(lambda: not alive(program), 20)


def test_a_job_that_eats_memory_is_ended_and_the_others_go_on(workers, told):
    job_id, other = enqueue("hungry", told), enqueue("brief", n=8)
    workers.start(JOB_MEMORY_MB="300")

    until(lambda: state(job_id) == "failed")

    assert row(job_id).last_error == "used more than 300 MB of memory"
    assert state(other) == "done"


def test_a_worker_signs_in_and_does_what_recurs(workers):
    workers.start()

    until(lambda: look(jobs.stats)["num_workers"] == 1)
    until(lambda: look(lambda: db.session.scalar(select(Job.id).where(Job.kind == "platform.sweep_files"))))
    (worker,) = look(jobs.workers)
    assert worker.lanes >= 3


@pytest.mark.mariadb
def test_a_worker_outlives_its_database(mariadb_app, mariadb_server, told):
    crew = Workers(mariadb_app.extensions["settings"])
    try:
        worker = crew.start()
        until(lambda: look(jobs.stats)["num_workers"] == 1)
        db.session.remove()

        mariadb_server.kill()
        time.sleep(2)
        mariadb_server.restart()

        db.engine.dispose()
        job_id = enqueue("brief")
        until(lambda: state(job_id) == "done", 120)
        assert worker.poll() is None
        assert effects() == [7]
    finally:
        crew.end()
        db.session.execute(text("SELECT 1"))
