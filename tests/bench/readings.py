"""How long a reading takes and how much memory it needs, also for documents made to hurt."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

from PIL import Image

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing import poison
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from portal.proofs import pipeline
from tests.bench.figures import Figure, Table, percentile
from tests.servers.children import watched_children
from tests.servers.portal import ROOT

FORMS = ("pdf", "pdf_scan", "screenshot_phone", "photo", "whatsapp")
STYLES = ("fnb", "standard", "absa", "nedbank", "capitec")
BOMBS: dict[str, Callable[[], bytes]] = {
    "169-megapixel PNG": poison.wide_png,
    "PDF of one huge page": poison.huge_page_pdf,
    "PDF of 5,000 pages": poison.many_pages_pdf,
    "PDF that inflates to 200 MB": poison.inflating_pdf,
}


def measure() -> list[Figure | Table]:
    """Seconds by form, what a process that reads holds, and the worst of the bombs."""
    return [*_speed(), *_memory(), *_bombs()]


def _speed() -> list[Figure]:
    figures = []
    for form in FORMS:
        seconds = []
        for number, style in enumerate(STYLES):
            reading = pipeline.read_safely(draw(_facts(number), style=style, form=form).data)
            seconds.append(reading.ms / 1000)
        figures.append(Figure(f"reading of {form}, median of {len(STYLES)} banks", percentile(seconds, 0.5), "s"))
        figures.append(Figure(f"reading of {form}, slowest", max(seconds), "s", 20))
    return figures


def _memory() -> list[Figure]:
    """What a process that reads one document after the other holds with its children, at its highest."""
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
        files = []
        for number, (style, form) in enumerate(product(STYLES, FORMS)):
            files.append(Path(folder) / f"{number}-{style}-{form}")
            data = draw(_facts(number), style=style, form=form).data
            files[-1].write_bytes(_small(data) if form == "screenshot_phone" else data)
        alone, _ = _held(files, second_engine=False)
        both, engines = _held(files, second_engine=True)
    if not any("rapidocr" in engine for engine in engines):
        raise RuntimeError("no drawn document needed the second engine: the figure would be of the first alone")
    return [
        Figure("memory of a reading process (PSS)", alone, "MB", 300),
        Figure("memory of a reading process with the second engine (PSS)", both, "MB", 1024),
    ]


def _facts(number: int) -> ProofFacts:
    return ProofFacts(amount=Money.zar(12_500_00 + number), paid_on=clock.today(), reference="7K04M2X3", seed=number)


def _small(data: bytes) -> bytes:
    """A screenshot as it arrives when it was sent on too often: the first engine is not sure of it."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    out = io.BytesIO()
    picture.resize((picture.width * 2 // 5, picture.height * 2 // 5)).save(out, "JPEG", quality=40)
    return out.getvalue()


def _held(files: Sequence[Path], *, second_engine: bool) -> tuple[int, set[str]]:
    """MB at the highest, and the engines that fields were read by."""
    environ = {**os.environ, "OMP_THREAD_LIMIT": "1", "OCR_ESCALATION": "1" if second_engine else "0"}
    command = [sys.executable, "-m", "flask", "--app", "app", "proofs", "read", *map(str, files), "--json"]
    with watched_children("pss") as told:
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return told(), {value["engine"] for row in rows for value in row["fields"].values() if value}


def _bombs() -> list[Figure]:
    figures = []
    for name, make in BOMBS.items():
        data = make()
        started = time.perf_counter()
        with watched_children() as told:
            pipeline.read_safely(data)
        figures.append(Figure(f"{name}: time", time.perf_counter() - started, "s", 20))
        figures.append(Figure(f"{name}: memory of the reading", told(), "MB", 400))
    return figures
