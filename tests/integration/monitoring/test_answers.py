"""What probes and scrapers are told (P15–P19, B06, B07, C01, C07, C08)."""

from __future__ import annotations

import re
import subprocess

import pytest

from portal import __version__
from tests.servers.process import binary
from tests.servers.web import Web

pytestmark = pytest.mark.slow
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.mark.parametrize("path", ["/health", "/health/"])
def test_health_answers_at_both_addresses_without_a_redirect(web: Web, path: str) -> None:
    answer = web.ask(path)
    assert answer.status == 200
    assert answer.json["status"] == answer.json["database"] == "healthy"
    assert MOMENT.fullmatch(answer.json["timestamp"])
    assert "set-cookie" not in answer.headers


def test_liveness_does_not_look_at_the_database(web: Web) -> None:
    assert web.ask("/health/live").json["status"] == "healthy"


def test_the_detailed_report_names_every_part(web: Web) -> None:
    answer = web.ask("/health/detailed")
    assert set(answer.json["checks"]) == {"database", "cache", "storage", "ocr", "worker", "disk"}
    assert answer.json["checks"]["database"]["status"] == "healthy"
    assert answer.json["checks"]["cache"] == {
        "status": "healthy", "kind": "memory", "duration_ms": answer.json["checks"]["cache"]["duration_ms"]
    }  # fmt: skip
    assert answer.json["checks"]["ocr"]["engine"].startswith("tesseract ")
    assert answer.json["checks"]["worker"]["status"] == "degraded"  # this server runs without one
    assert answer.json["status"] == "degraded"
    assert answer.status == 200


def test_the_status_names_application_version_and_environment(web: Web) -> None:
    told = web.ask("/status").json
    assert told["application"] == "360Degree Supply portal"
    assert told["version"] == __version__
    assert told["environment"] == "development"
    assert MOMENT.fullmatch(told["timestamp"])


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_metrics_are_json_for_people_and_curl(web: Web, accept: str) -> None:
    answer = web.ask("/metrics", Accept=accept)
    assert answer.headers["content-type"] == "application/json"
    told = answer.json
    assert isinstance(told["system"]["cpu_percent"], float)
    assert told["system"]["memory"]["total"] > told["system"]["memory"]["available"] > 0
    assert 0 < told["system"]["disk"]["percent"] < 100
    assert told["process"]["pid"] in web.workers()
    assert {worker["pid"] for worker in told["workers"]} >= web.workers()
    assert told["database"]["pool_size"] == 10


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/plain;version=0.0.4", "text/plain"),
        ("text/plain;version=1.0.0;escaping=values;q=0.5,*/*;q=0.1", "text/plain"),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text"),
    ],
)
def test_metrics_are_exposition_text_for_scrapers(web: Web, accept: str, kind: str) -> None:
    answer = web.ask("/metrics", Accept=accept)
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["vary"] == "Accept"
    assert "# TYPE http_request_duration_seconds histogram" in answer.body


@pytest.mark.parametrize("path", ["/metrics?format=prometheus", "/metrics/prometheus"])
def test_exposition_can_be_asked_for_by_address(web: Web, path: str) -> None:
    assert "api_requests_total{" in web.ask(path).body


def test_promtool_finds_nothing_to_complain_about(web: Web) -> None:
    checked = subprocess.run(
        [binary("promtool"), "check", "metrics"],
        input=web.ask("/metrics/prometheus").body, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def requests_of(web: Web, endpoint: str) -> float:
    body = web.ask("/metrics/prometheus").body
    found = re.search(rf'^api_requests_total\{{endpoint="{endpoint}",method="GET",status="200"\}} (\S+)$', body, re.M)
    return float(found.group(1)) if found else 0.0


def test_any_worker_answers_for_all_of_them(web: Web) -> None:
    before = requests_of(web, "monitoring.live")
    for _ in range(60):
        web.ask("/health/live")
    assert {requests_of(web, "monitoring.live") - before for _ in range(6)} == {60.0}


def test_a_killed_workers_requests_stay_counted(web: Web) -> None:
    before = requests_of(web, "monitoring.status")
    for _ in range(20):
        web.ask("/status")
    victim = next(iter(web.workers()))
    subprocess.run(["kill", "-9", str(victim)], check=True)
    assert requests_of(web, "monitoring.status") - before == 20.0


def test_the_queue_and_the_pools_are_told_by_their_documented_names(web: Web) -> None:
    told = web.ask("/monitoring/stats").json
    assert told["message_queue"]["num_workers"] == 0
    assert told["message_queue"]["queue_size"] == 0
    assert told["message_queue"]["total_processed"] == 0
    assert told["message_queue"]["running"] is False
    pool = told["database_pool"]
    assert pool["pool_size"] == 10
    assert pool["total_connections"] >= pool["checked_out_connections"] >= 1
    assert pool["overflow_connections"] == 0


def test_an_unknown_address_makes_no_new_label(web: Web) -> None:
    for number in range(5):
        web.ask(f"/no/such/page/{number}")
    body = web.ask("/metrics/prometheus").body
    assert 'endpoint="none",method="GET",status="404"' in body
    assert "/no/such" not in body
