"""Fixtures for all tests: the application on SQLite and on MariaDB, each test with a fresh database."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
os.environ["FLASK_ENV"] = "testing"
os.environ.setdefault("SECRET_KEY", "for tests only, never anywhere else")
# importing app.py makes an application; it must not touch the checkout
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-tests-"))

BACKENDS = ("sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb))


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.servers.mariadb import MariaDB

    server = MariaDB(tmp_path_factory.mktemp("mariadb"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.servers.redis import Redis

    server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def applications(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Any]]:
    """One application for each backend, made when first asked for."""
    from tests.application import TestApplication

    made: dict[str, TestApplication] = {}

    def of(backend: str) -> TestApplication:
        if backend not in made:
            url = None
            if backend == "mariadb":
                url = request.getfixturevalue("mariadb_server").database("portal_test")
            made[backend] = TestApplication(tmp_path_factory.mktemp(backend), url)
        return made[backend]

    yield of
    for application in made.values():
        application.close()


@pytest.fixture(params=BACKENDS)
def app(request: pytest.FixtureRequest, applications: Callable[[str], Any]) -> Iterator[Any]:
    """The application with an empty database, inside an application context; runs once on each backend."""
    yield from applications(request.param).fresh()


@pytest.fixture
def mariadb_app(applications: Callable[[str], Any]) -> Iterator[Any]:
    """The application on MariaDB only: for races, which SQLite cannot show. Mark the test ``mariadb``."""
    yield from applications("mariadb").fresh()


@pytest.fixture
def client(app: Any) -> Any:
    """A browser without script; ``client.post`` sends the form token by itself (see tests/application.py)."""
    return app.test_client()


@pytest.fixture
def data_dir(app: Any) -> Path:
    return Path(app.extensions["settings"].data_dir)


@pytest.fixture
def count_queries(app: Any) -> Callable[[], Any]:
    """``with count_queries() as seen: …; assert len(seen) <= 4``: the statements sent to the database."""
    from sqlalchemy import event

    from portal.platform.db import db

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def executed(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", executed)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", executed)

    return counting


@pytest.fixture(autouse=True, scope="session")
def no_litter() -> Iterator[None]:
    """The folder of the application that importing app.py made goes with the tests."""
    yield
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)
