"""The portal itself as a server: gunicorn under gunicorn_config.py, with its embedded worker."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from tests.servers.process import Server, free_port

ROOT = Path(__file__).resolve().parents[2]
#: compiled code of the servers that tests start: each start then costs a second instead of four
COMPILED = f"{tempfile.gettempdir()}/portal-tests-bytecode-{os.getuid()}"


class Portal:
    """A portal of its own: data folder, port, and whatever database its settings name."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port, self.data_dir = free_port(), folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **{key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}},
            "DATA_DIR": str(folder), "PORT": str(self.port), "HOST": "127.0.0.1", "GUNICORN_WORKERS": "2",
            "OMP_THREAD_LIMIT": "1", "RATE_LIMIT_ENABLED": "off", "PYTHONPYCACHEPREFIX": COMPILED, **settings,
        }  # fmt: skip
        self.people: list[dict[str, str]] = []
        self.server: Server | None = None

    def flask(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def load_demo(self, *words: str) -> None:
        """A demo company, small enough to load in seconds."""
        self.flask("db", "upgrade")
        self.flask("demo", "load", *(words or ("--days", "20", "--customers", "5", "--seed", "7")))
        self.people = [json.loads(line) for line in self.flask("demo", "passwords", "--json").splitlines()]

    def start(self) -> None:
        self.server = Server(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn_config.py", "app:app"],
            self.data_dir / "gunicorn.log", cwd=ROOT, env=self.environ,
        )  # fmt: skip
        self.server.wait(lambda: self.status("/health") == 200, 90)

    def status(self, path: str) -> int:
        """The status of an answer; 0 when there is none."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def waiting(self) -> int:
        """How many jobs are not done, as the embedded database tells."""
        with sqlite3.connect(f"file:{self.data_dir}/portal.sqlite3?mode=ro", uri=True) as connection:
            question = "SELECT COUNT(*) FROM job WHERE state IN ('queued', 'running') AND queue = 'ocr'"
            return int(connection.execute(question).fetchone()[0])

    def person(self, role: str) -> dict[str, str]:
        return next(one for one in self.people if one["role"] == role)

    def processes(self, words: str) -> list[psutil.Process]:
        """This portal's processes whose command line has these words."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("DATA_DIR") == str(self.data_dir)
                if mine and words in " ".join(process.cmdline()):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def stop(self) -> None:
        if self.server is not None:
            self.server.process.send_signal(signal.SIGTERM)
            self.server.stop(40)
        end = time.monotonic() + 20
        while (left := self.processes("worker")) and time.monotonic() < end:
            time.sleep(0.2)
        assert not left, f"left behind: {[process.cmdline() for process in left]}"

    @property
    def log(self) -> str:
        return (self.data_dir / "gunicorn.log").read_text(errors="replace")
