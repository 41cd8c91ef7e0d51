"""How long a reading takes and how much memory it needs, also for documents made to hurt."""

from __future__ import annotations

import time
from collections.abc import Callable

from portal.core import clock
from portal.core.money import Money
from portal.demo.drawing import poison
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from portal.proofs import pipeline
from tests.bench.figures import Figure, Table, percentile
from tests.servers.children import watched_children

FORMS = ("pdf", "pdf_scan", "screenshot_phone", "photo", "whatsapp")
STYLES = ("fnb", "standard", "absa", "nedbank", "capitec")
BOMBS: dict[str, Callable[[], bytes]] = {
    "169-megapixel PNG": poison.wide_png,
    "PDF of one huge page": poison.huge_page_pdf,
    "PDF of 5,000 pages": poison.many_pages_pdf,
    "PDF that inflates to 200 MB": poison.inflating_pdf,
}


def measure() -> list[Figure | Table]:
    """Seconds by form, and the worst of the bombs."""
    return [*_speed(), *_bombs()]


def _speed() -> list[Figure]:
    figures = []
    for form in FORMS:
        seconds = []
        for number, style in enumerate(STYLES):
            facts = ProofFacts(
                amount=Money.zar(12_500_00 + number), paid_on=clock.today(), reference="7K04M2X3", seed=number
            )
            reading = pipeline.read_safely(draw(facts, style=style, form=form).data)
            seconds.append(reading.ms / 1000)
        figures.append(Figure(f"reading of {form}, median of {len(STYLES)} banks", percentile(seconds, 0.5), "s"))
        figures.append(Figure(f"reading of {form}, slowest", max(seconds), "s", 20))
    return figures


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
