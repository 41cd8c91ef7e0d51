"""Strangers, probes and token holders, straight and through a proxy on the same machine (design: who sees monitoring)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.nginx import Nginx
from tests.servers.web import Web, ask

pytestmark = pytest.mark.slow
BEARER = "Bearer scrape-me-please"
FOR_OPERATORS = ["/metrics", "/metrics/prometheus", "/monitoring/stats"]
FOR_EVERYBODY = ["/health", "/health/", "/health/live", "/health/detailed", "/status"]


@pytest.mark.parametrize("path", FOR_OPERATORS + FOR_EVERYBODY)
def test_a_probe_on_this_machine_sees_everything(web: Web, path: str) -> None:
    assert web.ask(path).status == 200


@pytest.mark.parametrize("path", FOR_OPERATORS)
@pytest.mark.parametrize(
    "mark",
    [{"X_Forwarded_For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"X_Forwarded_Host": "x"}, {"X_Forwarded_Proto": "http"}],
)  # fmt: skip
def test_a_request_that_came_through_a_proxy_proves_nothing(web: Web, path: str, mark: dict[str, str]) -> None:
    assert web.ask(path, **mark).status == 403


@pytest.mark.parametrize("path", FOR_OPERATORS)
def test_strangers_behind_nginx_are_told_the_cure(web: Web, nginx: Nginx, path: str) -> None:
    answer = ask(nginx.url + path)
    assert answer.status == 403
    assert answer.headers["content-type"] == "application/json"
    for word in ("METRICS_TOKEN", "PROBE_NETWORKS", "MONITORING_PUBLIC"):
        assert word in answer.json["detail"]


@pytest.mark.parametrize("path", FOR_OPERATORS)
def test_a_token_opens_them_behind_nginx_too(nginx: Nginx, path: str) -> None:
    assert ask(nginx.url + path, Authorization=BEARER).status == 200


@pytest.mark.parametrize(
    "wrong", ["Bearer", "Bearer ", "Bearer scrape-me", "Basic scrape-me-please", "Bearer None", "Bearer \xe4"]
)
def test_a_wrong_token_opens_nothing(nginx: Nginx, wrong: str) -> None:
    assert ask(nginx.url + "/metrics", Authorization=wrong).status == 403


@pytest.mark.parametrize("path", FOR_EVERYBODY)
def test_health_and_status_are_public_behind_nginx(nginx: Nginx, path: str) -> None:
    assert ask(nginx.url + path).status == 200


def test_strangers_get_status_words_only(web: Web, nginx: Nginx) -> None:
    stranger, operator = ask(nginx.url + "/health/detailed").json, web.ask("/health/detailed").json
    assert set(stranger["checks"]) == set(operator["checks"])
    assert all(set(check) == {"status"} for check in stranger["checks"].values())
    assert "version" not in stranger


def test_without_a_token_in_the_settings_no_token_opens_anything(tmp_path: Path) -> None:
    web = Web(tmp_path, GUNICORN_WORKERS="1")
    web.start()
    try:
        for given in ("Bearer None", "Bearer ", "Bearer"):
            assert web.ask("/metrics", X_Forwarded_For="1.2.3.4", Authorization=given).status == 403
    finally:
        web.stop()


def test_monitoring_public_opens_everything_and_metrics_can_be_switched_off(tmp_path: Path) -> None:
    web = Web(tmp_path, GUNICORN_WORKERS="1", MONITORING_PUBLIC="true", METRICS_ENABLED="False")
    web.start()
    try:
        assert web.ask("/monitoring/stats", X_Forwarded_For="1.2.3.4").status == 200
        assert web.ask("/metrics").status == 404
        assert web.ask("/metrics/prometheus", Accept="text/plain").status == 404
    finally:
        web.stop()


def test_probe_networks_are_a_setting(tmp_path: Path) -> None:
    web = Web(tmp_path, GUNICORN_WORKERS="1", PROBE_NETWORKS="10.0.0.0/8", PUBLIC_URL="http://portal.example")
    web.start()
    try:
        assert web.ask("/metrics").status == 403
        assert web.ask("/health", Host="anything.example").status == 200  # probes know no host names
    finally:
        web.stop()


def test_anonymous_health_is_limited_and_probes_are_not(tmp_path: Path) -> None:
    web = Web(tmp_path, GUNICORN_WORKERS="1", RATE_LIMIT_ENABLED="on", GUNICORN_MAX_REQUESTS="0")
    web.start()
    try:
        statuses = [web.ask("/health", X_Forwarded_For="x").status for _ in range(1001)]
        assert statuses == [200] * 1000 + [429]
        refused = web.ask("/health", X_Forwarded_For="x")
        assert set(refused.json) == {"detail", "retry_after"}
        assert web.ask("/health").status == 200
    finally:
        web.stop()
