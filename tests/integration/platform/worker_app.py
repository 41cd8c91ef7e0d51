"""The application with kinds of jobs for tests: ``flask --app tests.integration.platform.worker_app worker``."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

from app import app
from portal.platform import jobs, outbox

__all__ = ["app"]


def _brief(payload):
    time.sleep(random.uniform(0, 0.03))
    return payload["n"]


def _asleep(payload):
    _say(payload, os.getpid())
    time.sleep(payload.get("seconds", 1))
    return payload["n"]


def _hang(payload):
    """A program in a session of its own that never ends, as a broken OCR would."""
    program = subprocess.Popen(["sleep", "300"], start_new_session=True)
    _say(payload, program.pid)
    program.wait()


def _hungry(payload):
    held = bytearray(400 * 1024 * 1024)
    held[::4096] = b"x" * len(held[::4096])
    _say(payload, os.getpid())
    time.sleep(60)


def _say(payload, pid):
    with Path(payload["told"]).open("a") as file:
        file.write(f"{pid}\n")


def _effect(_payload, n):
    outbox.note(n, "effect", "done")


def _given_up(payload, _reason):
    outbox.note(payload["n"], "given up", "failed")


for kind, work in (("brief", _brief), ("asleep", _asleep), ("hang", _hang), ("hungry", _hungry)):
    jobs.register(
        f"test.{kind}", queue="ocr", work=work, effect=_effect, failed=_given_up, limit_s=2 if kind == "hang" else 60
    )
