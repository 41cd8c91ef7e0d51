"""The database and Redis go away and come back, while the portal serves (P15, P16, P22, P34, C04, P28)."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.mariadb import MariaDB
from tests.servers.process import Server
from tests.servers.redis import Redis
from tests.servers.web import ROOT, Web

pytestmark = pytest.mark.slow


@pytest.fixture
def mariadb(tmp_path: Path) -> Iterator[MariaDB]:
    """A server of this test's own, which it may stop."""
    made = MariaDB(tmp_path / "mariadb")
    yield made
    made.server.process.send_signal(signal.SIGCONT)
    made.stop()


@pytest.fixture
def web(tmp_path: Path, mariadb: MariaDB) -> Iterator[Web]:
    made = Web(tmp_path / "web", DATABASE_URL=mariadb.database("empty"))
    made.start()
    yield made
    made.stop()


def timed(web: Web, path: str) -> tuple[int, float]:
    started = time.monotonic()
    status = web.ask(path).status
    return status, time.monotonic() - started


@pytest.mark.mariadb
def test_an_empty_mariadb_becomes_a_working_portal(web: Web) -> None:
    assert web.ask("/health").json["database"] == "healthy"
    assert web.ask("/monitoring/stats").json["message_queue"]["queue_size"] == 0
    assert any("schema was migrated" in said for said in web.messages())


@pytest.mark.mariadb
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_health_is_503_within_two_seconds_without_the_database_and_recovers(
    web: Web, mariadb: MariaDB, how: str
) -> None:
    assert web.ask("/health").status == 200
    if how == "killed":
        mariadb.kill()
    else:
        mariadb.server.process.send_signal(signal.SIGSTOP)
    time.sleep(0.6)  # longer than an answer is kept

    status, seconds = timed(web, "/health")

    assert status == 503
    assert seconds < 2
    assert timed(web, "/health/live")[0] == 200
    detailed, seconds = timed(web, "/health/detailed")
    assert detailed == 503
    assert seconds < 2.5
    assert "Traceback" not in web.ask("/health/detailed").body

    if how == "killed":
        mariadb.restart()
    else:
        mariadb.server.process.send_signal(signal.SIGCONT)
    end = time.monotonic() + 10
    while web.ask("/health").status != 200:
        assert time.monotonic() < end, "not healthy again"
        time.sleep(0.2)


@pytest.mark.mariadb
def test_three_containers_at_once_on_an_empty_database_migrate_once(tmp_path: Path, mariadb: MariaDB) -> None:
    url = mariadb.database("race")
    servers = [Web(tmp_path / str(number), DATABASE_URL=url, GUNICORN_WORKERS="1") for number in range(3)]
    for web in servers:
        web.server = Server(web.command, web.data_dir / "gunicorn.log", cwd=ROOT, env=web.environ)
    try:
        for web in servers:
            assert web.server is not None
            web.server.wait(lambda web=web: web.status("/health") == 200, 120)
        migrated = [web for web in servers if any("schema was migrated" in said for said in web.messages())]
        assert len(migrated) == 1
        with mariadb.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT owner FROM race.migration_lease")
            assert cursor.fetchall() == ((None,),)
    finally:
        for web in servers:
            web.stop()


@pytest.mark.mariadb
def test_a_lease_left_by_a_dead_container_runs_out(tmp_path: Path, mariadb: MariaDB) -> None:
    url = mariadb.database("orphan")
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("USE orphan")
        cursor.execute("CREATE TABLE migration_lease (id INT PRIMARY KEY, owner VARCHAR(120), ends BIGINT NOT NULL)")
        cursor.execute("INSERT INTO migration_lease VALUES (1, 'gone', UNIX_TIMESTAMP() + 6)")
    web = Web(tmp_path / "web", DATABASE_URL=url, GUNICORN_WORKERS="1")
    started = time.monotonic()
    web.start()
    try:
        assert time.monotonic() - started > 5
        assert web.ask("/health").status == 200
    finally:
        web.stop()


def test_pending_migrations_are_said_by_health_when_a_release_job_makes_them(tmp_path: Path) -> None:
    web = Web(tmp_path, AUTO_MIGRATE="0", GUNICORN_WORKERS="1")
    web.flask("version")
    (tmp_path / "portal.sqlite3").touch()
    web.start()
    try:
        answer = web.ask("/health")
        assert answer.status == 503
        assert answer.json["status"] == "unhealthy"
        assert answer.json["database"] == "migrations pending"
        web.flask("db", "upgrade")
        time.sleep(0.6)
        assert web.ask("/health").status == 200
    finally:
        web.stop()


@pytest.mark.mariadb
def test_pools_that_exceed_the_databases_connections_are_refused(tmp_path: Path, mariadb: MariaDB) -> None:
    web = Web(tmp_path / "web", DATABASE_URL=mariadb.database("small"), GUNICORN_WORKERS="9", GUNICORN_THREADS="20")
    refused = web.refuse_to_start()
    assert refused.returncode == 1
    assert "max_connections is 150" in refused.stdout
    assert "GUNICORN_WORKERS" in refused.stdout


@pytest.mark.mariadb
def test_the_database_password_is_in_no_log(tmp_path: Path, mariadb: MariaDB) -> None:
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE secretive")
        cursor.execute("CREATE USER portal@'%' IDENTIFIED BY 'pa55-word-x'")
        cursor.execute("GRANT ALL ON secretive.* TO portal@'%'")
    url = f"mysql://portal:pa55-word-x@127.0.0.1:{mariadb.port}/secretive"
    web = Web(tmp_path / "web", DATABASE_URL=url, LOG_LEVEL="DEBUG", GUNICORN_WORKERS="1")
    web.start()
    mariadb.kill()
    time.sleep(0.6)
    web.ask("/health/detailed")
    web.stop()
    mariadb.restart()
    assert "pa55-word-x" not in web.log


def test_without_redis_pages_still_come_and_the_report_says_so(tmp_path: Path) -> None:
    redis = Redis(tmp_path / "redis")
    web = Web(tmp_path / "web", REDIS_URL=redis.url, RATE_LIMIT_ENABLED="on")
    web.start()
    try:
        assert web.ask("/health/detailed").json["checks"]["cache"]["status"] == "healthy"
        redis.stop()
        time.sleep(5.1)  # longer than a report is kept
        assert web.ask("/health/detailed").json["checks"]["cache"]["status"] == "degraded"
        started = time.monotonic()
        assert [web.ask("/login").status for _ in range(10)] == [200] * 10
        assert time.monotonic() - started < 5
        assert web.ask("/health").status == 200
        assert sum("Redis does not answer" in said for said in web.messages()) <= 2  # once a minute and process
    finally:
        web.stop()


def test_two_workers_share_one_count_in_redis(tmp_path: Path) -> None:
    redis = Redis(tmp_path / "redis")
    web = Web(tmp_path / "web", REDIS_URL=redis.url, RATE_LIMIT_ENABLED="on")
    web.start()
    try:
        statuses = [web.ask("/login").status for _ in range(62)]
        assert statuses == [200] * 60 + [429] * 2
        refused = web.ask("/login", Accept="application/json")
        assert set(refused.json) == {"detail", "retry_after"}
        assert refused.json["detail"] == "Rate limit exceeded. Please try again later."
        assert 1 <= int(refused.json["retry_after"]) <= 60
        assert refused.headers["retry-after"] == refused.json["retry_after"]
        assert refused.headers["ratelimit-remaining"] == "0"
        page = web.ask("/login", Accept="text/html")
        assert page.status == 429
        assert page.headers["content-type"].startswith("text/html")
    finally:
        web.stop()
        redis.stop()
