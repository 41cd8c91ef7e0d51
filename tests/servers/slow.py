"""The portal with views that take their time, for tests of the web server: ``gunicorn … tests.servers.slow:app``."""

from __future__ import annotations

import time

from app import app
from portal.platform.http import access


@app.get("/slow/<int:ms>")
@access.machine
def slow(ms: int) -> str:
    """Answers after so many milliseconds."""
    time.sleep(ms / 1000)
    return "late"


@app.get("/boom")
@access.machine
def boom() -> str:
    """Breaks."""
    raise RuntimeError("boom password=hunter22")


@app.get("/spin")
@access.machine
def spin() -> str:
    """Never answers by itself."""
    while True:
        time.sleep(0.01)
