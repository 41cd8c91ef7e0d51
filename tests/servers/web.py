"""The web server alone, without a demo company: for tests of what gunicorn, probes and scrapers see."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.servers.portal import ROOT, Portal
from tests.servers.process import Server


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, **headers: str) -> Answer:
    """One request; header names with underscores for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named), timeout=20) as got:
            return Answer(got.status, {k.lower(): v for k, v in got.headers.items()}, got.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read().decode())


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "gunicorn" in " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return False


class Web(Portal):
    """gunicorn under gunicorn_config.py, in any checkout, serving any application."""

    def __init__(self, folder: Path, *, application: str = "app:app", root: Path = ROOT, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, **{"EMBEDDED_WORKER": "off", "LOG_FORMAT": "json", **settings})
        self.application, self.root = application, root
        self.environ["PYTHONPATH"] = str(root)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "gunicorn", "--config", "gunicorn_config.py", self.application]

    def start(self, *prefix: str) -> None:
        self.server = Server([*prefix, *self.command], self.data_dir / "gunicorn.log", cwd=self.root, env=self.environ)
        self.server.wait(lambda: self.status("/health/live") == 200, 180)

    def refuse_to_start(self) -> subprocess.CompletedProcess[str]:
        """Start where it must not start; what it said."""
        return subprocess.run(
            self.command, cwd=self.root, env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )

    def ask(self, path: str, **headers: str) -> Answer:
        return ask(self.url + path, **headers)

    @property
    def arbiter(self) -> psutil.Process:
        assert self.server is not None
        return psutil.Process(self.server.process.pid)

    def workers(self) -> set[int]:
        return {child.pid for child in self.arbiter.children() if _is_worker(child)}

    def signal(self, number: signal.Signals) -> None:
        assert self.server is not None
        self.server.process.send_signal(number)

    def lines(self) -> list[dict[str, Any]]:
        """The log, line by line; every line is an object."""
        return [json.loads(line) for line in self.log.splitlines()]

    def messages(self) -> list[str]:
        return [str(line["message"]) for line in self.lines()]
