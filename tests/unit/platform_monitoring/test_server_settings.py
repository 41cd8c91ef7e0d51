"""What gunicorn is told: workers by cores (P03, C02), overrides (P04), and clear refusals."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import gunicorn_config
from portal.platform import config
from portal.platform.config import ConfigError

ROOT = Path(__file__).resolve().parents[3]


def v2(folder: Path, content: str) -> Path:
    (folder / "cpu.max").write_text(content)
    return folder


def v1(folder: Path, quota: str, period: str) -> Path:
    (folder / "cpu").mkdir()
    (folder / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (folder / "cpu" / "cpu.cfs_period_us").write_text(period)
    return folder


@pytest.mark.parametrize(
    ("content", "affinity", "cores"),
    [
        ("100000 100000\n", 64, 1),
        ("150000 100000\n", 64, 2),  # rounded up
        ("400000 100000\n", 2, 2),  # the affinity is less
        ("max 100000\n", 8, 8),
        ("10000 100000\n", 8, 1),
        ("nonsense", 8, 8),
    ],
)
def test_cores_are_the_lesser_of_quota_and_affinity(tmp_path, content, affinity, cores):
    assert gunicorn_config.cores(v2(tmp_path, content), affinity) == cores


@pytest.mark.parametrize(("quota", "cores"), [("-1", 16), ("250000", 3), ("0", 16)])
def test_the_quota_of_older_kernels_is_read_too(tmp_path, quota, cores):
    assert gunicorn_config.cores(v1(tmp_path, quota, "100000"), 16) == cores


def test_without_any_quota_the_affinity_counts(tmp_path):
    assert gunicorn_config.cores(tmp_path, 4) == 4


def settings_of(monkeypatch, **environ: str) -> dict:
    for name in ("GUNICORN_WORKERS", "WEB_CONCURRENCY", "API_WORKERS", "FASTAPI_WORKERS", "PORT", "HOST", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "gunicorn_config.py"), run_name="read_by_a_test")


def test_the_defaults_are_the_documented_ones(monkeypatch):
    told = settings_of(monkeypatch)
    assert told["workers"] == gunicorn_config.cores() * 2 + 1
    assert told["worker_class"] == "gthread"
    assert (told["threads"], told["timeout"], told["keepalive"]) == (2, 120, 5)
    assert (told["max_requests"], told["max_requests_jitter"]) == (1000, 50)
    assert (told["worker_connections"], told["graceful_timeout"]) == (4, 30)
    assert told["bind"] == "0.0.0.0:8000"
    assert told["preload_app"] is False


def test_the_environment_overrides(monkeypatch):
    told = settings_of(
        monkeypatch, GUNICORN_WORKERS="4", GUNICORN_THREADS="8", PORT="9123", HOST="127.0.0.1", LOG_LEVEL="warning"
    )
    assert (told["workers"], told["threads"], told["bind"]) == (4, 8, "127.0.0.1:9123")
    assert told["worker_connections"] == 10  # room for kept connections beside the threads
    assert told["loglevel"] == "warning"


def test_other_guides_names_are_aliases_and_ours_wins():
    assert config.server({"API_WORKERS": "6"}).workers == 6
    assert config.server({"API_WORKERS": "6", "GUNICORN_WORKERS": "3"}).workers == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUNICORN_WORKERS", "many"),
        ("GUNICORN_THREADS", "0"),
        ("PORT", "70000"),
        ("LOG_LEVEL", "LOUD"),
        ("GUNICORN_TIMEOUT", "-1"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, value):
    with pytest.raises(ConfigError) as refused:
        config.server({name: value})
    (line,) = refused.value.lines
    assert line.startswith(f"{name}: ")


def test_production_logs_json_unless_told_otherwise():
    assert config.server({"FLASK_ENV": "production"}).log_format == "json"
    assert config.server({}).log_format == "text"
    assert config.server({"FLASK_ENV": "production", "LOG_FORMAT": "text"}).log_format == "text"


def test_the_web_line_of_the_procfile_is_the_documented_one():
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert "web: gunicorn --config gunicorn_config.py app:app" in lines
