"""One web server for the tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.nginx import Nginx
from tests.servers.web import Web


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """On the embedded default, with a token for scrapers; its log is JSON.

    Its workers are not renewed: a kept connection that a renewed worker closes is another test's matter.
    """
    made = Web(
        tmp_path_factory.mktemp("web"), application="tests.servers.slow:app",
        METRICS_TOKEN="scrape-me-please", GUNICORN_MAX_REQUESTS="0",
    )  # fmt: skip
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def nginx(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    made = Nginx(tmp_path_factory.mktemp("nginx"), web.port)
    yield made
    made.stop()
