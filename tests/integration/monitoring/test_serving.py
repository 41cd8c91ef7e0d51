"""gunicorn under gunicorn_config.py: how many serve, what they log, how they end and how they change (P03–P09, A10)."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.servers.portal import ROOT
from tests.servers.process import binary
from tests.servers.web import Web

pytestmark = pytest.mark.slow


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Web]:
    """A server that a test may end."""
    web = Web(tmp_path / "web", application="tests.servers.slow:app")
    web.start()
    yield web
    web.stop()


def test_workers_follow_the_cores_a_process_may_use(tmp_path: Path) -> None:
    web = Web(tmp_path)
    del web.environ["GUNICORN_WORKERS"]
    web.start("taskset", "-c", "0")
    try:
        assert len(web.workers()) == 3
    finally:
        web.stop()


def test_the_start_is_told_in_the_documented_lines(web: Web) -> None:
    said = web.messages()
    wanted = [
        "Supply portal: Starting Gunicorn",
        "Workers: 2, Threads per worker: 2",
        "Total concurrent requests: 4",
        "Database connection pool initialized (min=10, max=30)",
        "Gunicorn is ready to accept requests",
    ]
    assert [line for line in said if line in wanted] == wanted
    assert sum(line.startswith("Worker started") for line in said) >= 2  # and one more for each that was recycled


def test_every_line_of_the_log_is_an_object_with_time_level_and_logger(web: Web) -> None:
    web.ask("/status")
    for line in web.lines():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
        assert line["level"] in {"INFO", "WARNING", "ERROR"}
        assert line["logger"]


def test_two_requests_three_seconds_apart_share_a_connection(web: Web) -> None:
    line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    line.request("GET", "/status")
    line.getresponse().read()
    first = line.sock
    time.sleep(3)
    line.request("GET", "/status")
    assert line.getresponse().status == 200
    assert line.sock is first
    line.close()


@pytest.mark.parametrize("options", [[], ["-k"]])
def test_a_thousand_requests_by_fifty_clients_all_succeed(web: Web, options: list[str]) -> None:
    told = subprocess.run(
        [binary("ab"), "-q", *options, "-n", "1000", "-c", "50", f"{web.url}/health"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert re.search(r"^Complete requests:\s+1000$", told, re.M), told
    assert re.search(r"^Failed requests:\s+0$", told, re.M), told
    assert "Non-2xx" not in told


def test_two_workers_with_two_threads_serve_four_at_once(web: Web) -> None:
    """A03. Each worker takes only what its threads can serve, so none waits while another one idles."""
    taken = []
    for _ in range(3):
        started = time.monotonic()
        with ThreadPoolExecutor(4) as clients:
            answers = list(clients.map(web.ask, ["/slow/1500"] * 4))
        taken.append(time.monotonic() - started)
        assert [answer.status for answer in answers] == [200] * 4
    assert min(taken) < 2.7  # with one of them in second place it takes 3 s


def test_a_quick_page_does_not_wait_behind_slow_ones(web: Web) -> None:
    with ThreadPoolExecutor(3) as clients:
        slow = [clients.submit(web.ask, "/slow/4000") for _ in range(3)]
        time.sleep(1)
        started = time.monotonic()
        for _ in range(5):
            assert web.ask("/health/live").status == 200
        assert time.monotonic() - started < 2
        assert not any(waiting.done() for waiting in slow)


def requests_in(web: Web, path: str) -> list[dict]:
    return [line for line in web.lines() if line["logger"] == "portal.request" and line["request"]["path"] == path]


def test_a_slow_request_is_one_warning_and_a_quicker_one_none(web: Web) -> None:
    web.ask("/slow/1200")
    web.ask("/slow/700")
    (warned,) = requests_in(web, "/slow/1200")
    assert warned["level"] == "WARNING"
    assert re.fullmatch(r"Slow request: GET /slow/1200 took 1[2-9]\d\dms", warned["message"])
    assert 1200 <= warned["duration"] == warned["duration_ms"]
    assert warned["status_code"] == 200
    (quick,) = requests_in(web, "/slow/700")
    assert quick["level"] == "INFO"
    assert quick["duration_ms"] >= 700


def test_an_error_is_told_with_its_context_and_without_secrets(web: Web) -> None:
    answer = web.ask("/boom", X_Request_ID="test-request-1")
    assert answer.status == 500
    assert "hunter22" not in answer.body + web.log
    told = [line for line in web.lines() if line.get("request_id") == "test-request-1" and "exception" in line]
    assert told
    for line in told:
        assert line["exception"]["type"] == "RuntimeError"
        assert "slow.py" in line["exception"]["traceback"]
        assert line["request"]["path"] == "/boom"
    assert requests_in(web, "/boom")[0]["status_code"] == 500


def test_a_request_past_its_deadline_is_cut_and_its_worker_serves_on(web: Web) -> None:
    before, started = web.workers(), time.monotonic()
    answer = web.ask("/spin", X_Request_Deadline="1")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "30"
    assert "content-security-policy" in answer.headers
    assert time.monotonic() - started < 5
    assert web.ask("/status").headers["x-request-deadline"] == "25"
    assert web.workers() == before


def test_term_lets_a_request_at_work_finish_and_leaves_nothing_behind(fresh: Web) -> None:
    counters = Path(f"/dev/shm/portal-metrics-{fresh.arbiter.pid}")
    assert any(counters.glob("counter_*.db"))
    assert counters.stat().st_mode & 0o777 == 0o700
    with ThreadPoolExecutor(1) as client:
        waiting = client.submit(fresh.ask, "/slow/2000")
        time.sleep(0.7)
        fresh.signal(signal.SIGTERM)
        assert waiting.result().status == 200
    fresh.stop()
    assert not counters.exists()
    assert "Gunicorn has shut down" in fresh.messages()
    assert sum(said.startswith("Worker exited") for said in fresh.messages()) == 2


def test_a_killed_worker_is_replaced(web: Web) -> None:
    victim = next(iter(web.workers()))
    os.kill(victim, signal.SIGKILL)
    end = time.monotonic() + 15
    while len(web.workers() - {victim}) < 2:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert web.ask("/health").status == 200


class Clients:
    """Asks again and again, half of them on kept connections, and counts what went wrong."""

    def __init__(self, port: int, count: int = 4) -> None:
        self.port, self.over = port, threading.Event()
        self.good, self.bad = 0, []
        self.threads = [threading.Thread(target=self._run, args=(number % 2 == 0,)) for number in range(count)]

    def _run(self, keep: bool) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self.over.is_set():
            try:
                line.request("GET", "/health/live", headers={} if keep else {"Connection": "close"})
                answer = line.getresponse()
                answer.read()
                self.good += answer.status == 200
                if answer.status != 200:
                    self.bad.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                self.bad.append(repr(error))
                line.close()
            time.sleep(0.005)

    def __enter__(self) -> Clients:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()


def test_recycled_workers_lose_no_request(tmp_path: Path) -> None:
    web = Web(tmp_path, GUNICORN_MAX_REQUESTS="100", GUNICORN_MAX_REQUESTS_JITTER="10")
    web.start()
    try:
        before = web.workers()
        with Clients(web.port) as clients:
            end = time.monotonic() + 40
            while web.workers() & before and time.monotonic() < end:
                time.sleep(0.2)
        assert not web.workers() & before
        assert clients.good > 200
        assert clients.bad == []
    finally:
        web.stop()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project whose code a test may change."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("app.py", "monitoring.py", "logging_config.py", "gunicorn_config.py"):
        shutil.copy(ROOT / name, root)
    for name in ("portal", "templates", "static", "migrations"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_hup_serves_new_code_and_loses_no_request(tmp_path: Path, checkout: Path) -> None:
    web = Web(tmp_path / "data", root=checkout)
    web.start()
    try:
        assert web.ask("/status").json["version"] != "9.9.9"
        package = checkout / "portal" / "__init__.py"
        package.write_text(re.sub(r'__version__ = "[^"]+"', '__version__ = "9.9.9"', package.read_text()))
        old = web.workers()
        with Clients(web.port) as clients:
            web.signal(signal.SIGHUP)
            end = time.monotonic() + 60
            while (web.workers() & old or len(web.workers()) < 2) and time.monotonic() < end:
                time.sleep(0.2)
            time.sleep(1)
        assert {web.ask("/status").json["version"] for _ in range(6)} == {"9.9.9"}
        assert clients.bad == []
        assert clients.good > 50
        assert web.lines()[-1]["version"] == "9.9.9"
    finally:
        web.stop()


def test_wrong_settings_are_refused_with_one_line_each_and_status_3(tmp_path: Path) -> None:
    web = Web(tmp_path, FLASK_ENV="production", DB_POOL_SIZE="many", SLOW_REQUEST_MS="0")
    refused = web.refuse_to_start()
    assert refused.returncode == 3
    for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "DB_POOL_SIZE", "SLOW_REQUEST_MS"):
        assert len(re.findall(rf"^{name}: ", refused.stderr, re.M)) == 1, refused.stderr
    assert "Traceback" not in refused.stderr


def test_wrong_settings_of_the_server_itself_are_refused_alike(tmp_path: Path) -> None:
    refused = Web(tmp_path, GUNICORN_WORKERS="many").refuse_to_start()
    assert refused.returncode == 3
    assert refused.stderr.startswith("GUNICORN_WORKERS: ")


def test_nothing_idle_holds_the_socket_open_for_others(web: Web) -> None:
    with socket.create_connection(("127.0.0.1", web.port)):
        assert web.ask("/health").status == 200
