"""Alerts that operators load into Prometheus: valid, and about figures that exist (P37, B08)."""

from __future__ import annotations

import re
import subprocess

import pytest

from portal.platform import metrics
from tests.servers.portal import ROOT
from tests.servers.process import binary
from tests.servers.web import Web

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
WORDS = {"sum", "rate", "by", "le", "max", "histogram_quantile", "up", "job"}


def figures() -> set[str]:
    """Names of metrics in the expressions, without labels, durations and functions."""
    text = re.sub(r"^\s*#.*$", "", ALERTS.read_text(encoding="utf-8"), flags=re.M)
    expressions = re.findall(r"expr:(.*?)(?=\n\s+(?:for|labels):)", text, re.S)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\"[^\"]*\"", " ", " ".join(expressions))
    return set(re.findall(r"\b[a-z][a-z_]{2,}\b", bare)) - WORDS


def test_promtool_accepts_the_rules() -> None:
    checked = subprocess.run([binary("promtool"), "check", "rules", str(ALERTS)], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.slow
def test_every_alert_is_about_a_figure_that_the_portal_tells(web: Web) -> None:
    body = web.ask("/metrics/prometheus").body
    told = set(re.findall(r"^# TYPE (\S+) ", body, re.M))
    told |= {f"{name}_bucket" for name in re.findall(r"^# TYPE (\S+) histogram", body, re.M)}
    # told only once the worker has looked: known to the registry all the same
    told |= {family.name for family in metrics.REGISTRY.collect() if family.type == "gauge"}
    wanted = figures()
    assert len(wanted) > 6
    assert wanted - told == set()
