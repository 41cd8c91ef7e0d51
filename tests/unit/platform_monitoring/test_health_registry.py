"""The report of all checks: beside each other, each with one budget, and nothing hangs."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask

from portal.platform import health
from portal.platform.health import Finding, Registry, Status


@pytest.fixture
def registry(monkeypatch) -> Registry:
    monkeypatch.setattr(health, "BUDGET_SECONDS", 0.2)
    return Registry(Flask(__name__))


def always(status: Status):
    return lambda: Finding(status)


@pytest.mark.parametrize(
    ("vital", "other", "overall"),
    [
        (Status.HEALTHY, Status.HEALTHY, Status.HEALTHY),
        (Status.HEALTHY, Status.DEGRADED, Status.DEGRADED),
        (Status.HEALTHY, Status.UNHEALTHY, Status.DEGRADED),
        (Status.DEGRADED, Status.HEALTHY, Status.DEGRADED),
        (Status.UNHEALTHY, Status.HEALTHY, Status.UNHEALTHY),
    ],
)
def test_only_what_is_vital_makes_the_portal_unhealthy(registry, vital, other, overall):
    registry.register("database", always(vital), vital=True)
    registry.register("cache", always(other))
    assert registry.report().status is overall


def test_checks_that_hang_cost_one_budget_together(registry):
    release = threading.Event()

    def hang() -> Finding:
        release.wait(5)
        return Finding(Status.HEALTHY)

    for name in ("one", "two", "three"):
        registry.register(name, hang)
    started = time.monotonic()
    report = registry.report()
    release.set()
    assert time.monotonic() - started < 0.6
    assert {finding.status for finding in report.findings.values()} == {Status.UNHEALTHY}


def test_a_check_that_still_hangs_is_not_started_again(registry, monkeypatch):
    monkeypatch.setattr(health, "REPORT_SECONDS", 0.0)
    release, starts = threading.Event(), []

    def hang() -> Finding:
        starts.append(1)
        release.wait(5)
        return Finding(Status.HEALTHY)

    registry.register("slow", hang)
    registry.report()
    registry.report()
    release.set()
    assert len(starts) == 1


def test_a_report_is_kept_so_that_strangers_cannot_make_us_work(registry):
    runs = []
    registry.register("counted", lambda: runs.append(1) or Finding(Status.HEALTHY))
    for _ in range(10):
        registry.report()
    assert len(runs) == 1
