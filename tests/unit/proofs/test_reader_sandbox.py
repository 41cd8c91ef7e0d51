"""What reads a stranger's bytes is bounded, and nothing of it is left behind."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from portal.proofs import pipeline
from portal.proofs.reader import refusal, sandbox
from portal.proofs.reader.sandbox import Stopped
from tests.unit.proofs import papers


def test_the_answer_of_the_child_comes_back():
    assert sandbox.run(lambda: b"x" * 300_000, deadline_s=10, memory_mb=200) == b"x" * 300_000


def test_a_child_that_fails_is_stopped_as_died():
    with pytest.raises(Stopped) as stopped:
        sandbox.run(lambda: bytes([1 // 0]), deadline_s=10, memory_mb=200)
    assert stopped.value.why == "died"


def test_memory_beyond_the_bound_is_refused():
    with pytest.raises(Stopped) as stopped:
        sandbox.run(lambda: bytes(len(bytearray(600 << 20)) % 7), deadline_s=10, memory_mb=100)
    assert stopped.value.why == "died"


def test_the_deadline_kills_the_child_and_everything_it_started(tmp_path: Path):
    note = tmp_path / "pid"

    def stuck() -> bytes:
        started = subprocess.Popen(["sleep", "600"])
        note.write_text(str(started.pid))
        started.wait()
        return b""

    others = set(psutil.Process().children())
    before = time.monotonic()
    with pytest.raises(Stopped) as stopped:
        sandbox.run(stuck, deadline_s=1.5, memory_mb=200)
    assert stopped.value.why == "time"
    assert time.monotonic() - before < 5
    _gone(int(note.read_text()))
    assert set(psutil.Process().children()) <= others


def test_an_engine_that_hangs_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake = tmp_path / "tesseract"
    fake.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/pid\nwait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    reading = pipeline.read_safely(papers.saved(papers.picture()), deadline_s=9)
    assert (reading.ok, reading.error) == (False, refusal.TOO_LONG)
    _gone(int((tmp_path / "pid").read_text()))


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert pipeline.read_safely(papers.saved(papers.picture())).ok
    assert list(tmp_path.iterdir()) == []


def _gone(pid: int) -> None:
    """The process is dead; a moment is allowed for the system to take it away."""
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} still runs")
