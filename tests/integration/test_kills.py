"""kill -9 of whatever is working: nothing acknowledged is lost, nothing is done twice, nothing is left half."""

from __future__ import annotations

import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing.papers import paper
from tests.servers.buyer import Buyer
from tests.servers.portal import Portal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """A demo company, loaded once and copied for each test."""
    made = Portal(tmp_path_factory.mktemp("company"))
    made.load_demo("--days", "5", "--customers", "2", "--seed", "3")
    return made


@pytest.fixture
def portal(tmp_path: Path, company: Portal) -> Iterator[Portal]:
    folder = shutil.copytree(company.data_dir, tmp_path / "data")
    made = Portal(folder, JOB_LEASE_SECONDS="4", JOB_HEARTBEAT_SECONDS="1")
    made.people = company.people
    made.start()
    yield made
    made.stop()


def rows(portal: Portal, question: str) -> list[tuple[object, ...]]:
    engine = create_engine(f"sqlite:///{portal.data_dir}/portal.sqlite3")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def until(question: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def picture(seed: int = 1) -> bytes:
    return paper("receipt", day=clock.today(), amount=Money.zar(420_00), seed=seed).data


def test_a_worker_killed_in_mid_reading_reads_the_proof_once_more_with_one_result(portal: Portal) -> None:
    until(
        lambda: not rows(portal, "SELECT 1 FROM job WHERE state != 'done' AND queue = 'ocr'"),
        90,
        "the demo's own proofs",
    )
    address = Buyer(portal).upload("k1", picture())
    public_id = address.rsplit("/", 1)[-1]
    job = f"SELECT j.state, j.attempts FROM job j JOIN proof p ON j.dedupe = 'proofs.read:' || p.id WHERE p.public_id = '{public_id}'"
    until(lambda: rows(portal, job)[0][0] == "running", 30, "the reading never began")

    for process in portal.processes("worker"):
        process.send_signal(signal.SIGKILL)

    until(lambda: rows(portal, job)[0][0] == "done", 60, f"never read again: {portal.log[-2000:]}")
    assert rows(portal, job)[0][1] == 2
    reading = f"SELECT COUNT(*) FROM reading r JOIN proof p ON p.id = r.proof_id WHERE p.public_id = '{public_id}'"
    assert rows(portal, reading) == [(1,)]
    assert not portal.processes("tesseract")


def test_a_web_worker_killed_during_an_upload_leaves_no_half_row(portal: Portal) -> None:
    buyer = Buyer(portal)
    body, headers = buyer.multipart("k2", picture(2) * 4)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in buyer.jar)
    with socket.create_connection(("127.0.0.1", portal.port)) as line:
        head = [
            f"POST /proofs/new HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\nCookie: {cookies}\r\nContent-Length: {len(body)}"
        ]
        head += [f"{name}: {value}" for name, value in headers.items()]
        line.sendall(("\r\n".join(head) + "\r\n\r\n").encode() + body[: len(body) // 2])
        time.sleep(0.5)
        arbiter = portal.server.process.pid  # type: ignore[union-attr]
        for process in portal.processes("gunicorn"):
            if process.ppid() == arbiter:
                process.send_signal(signal.SIGKILL)
        line.settimeout(10)
        try:
            answered = line.recv(100)
        except ConnectionError:
            answered = b""
    assert answered == b""
    assert rows(portal, "SELECT COUNT(*) FROM proof WHERE via = 'portal' AND file_name = 'p.jpg'") == [(0,)]
    until(lambda: portal.status("/health") == 200, 10, "the arbiter started no new worker")

    first, again = buyer.upload("k2", picture(2)), buyer.upload("k2", picture(2))

    assert first == again
    assert rows(portal, "SELECT COUNT(*) FROM proof WHERE file_name = 'p.jpg'") == [(1,)]


def test_a_restart_loses_nothing_that_was_acknowledged(portal: Portal) -> None:
    buyer = Buyer(portal)
    sent = [buyer.upload(f"r{number}", picture(10 + number)).rsplit("/", 1)[-1] for number in range(4)]

    portal.server.process.send_signal(signal.SIGKILL)  # type: ignore[union-attr]
    for process in portal.processes(""):
        process.send_signal(signal.SIGKILL)
    portal.server.process.wait()  # type: ignore[union-attr]
    portal.start()

    names = ", ".join(f"'{public_id}'" for public_id in sent)
    waiting = f"SELECT COUNT(*) FROM proof WHERE public_id IN ({names}) AND state IN ('received', 'reading')"
    until(lambda: rows(portal, waiting) == [(0,)], 120, "some were never read")
    assert rows(
        portal, f"SELECT COUNT(*) FROM reading r JOIN proof p ON p.id = r.proof_id WHERE p.public_id IN ({names})"
    ) == [(4,)]
