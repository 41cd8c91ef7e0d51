"""A look at one place of a page for a web request: in a program of its own, and never for long."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import psutil
import pytest

from portal.core.money import Money
from portal.demo.drawing.facts import ProofFacts
from portal.demo.drawing.proofs import draw
from portal.proofs.pipeline import glancing
from portal.proofs.reader import glimpse
from portal.proofs.reader.glimpse import TooSlow, look
from portal.proofs.types import Page, Word


def a_picture() -> bytes:
    facts = ProofFacts(amount=Money.zar(12_345_00), paid_on=date(2026, 11, 20), reference="7K04M2X3", seed=1)
    return draw(facts, style="fnb", form="screenshot_phone").data


def test_an_engine_that_hangs_is_ended_in_time_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hanging = tmp_path / "tesseract"
    hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    begun = time.monotonic()

    with pytest.raises(TooSlow):
        look(a_picture(), 1, 0, (0.1, 0.1, 0.9, 0.2), deadline_s=6)

    assert time.monotonic() - begun < 12
    left = int((tmp_path / "pid").read_text())
    assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE


def test_bytes_that_are_no_document_end_the_look_and_nothing_else() -> None:
    with pytest.raises(TooSlow):
        look(b"%PDF-1.4 and nothing", 1, 0, (0.1, 0.1, 0.9, 0.2))


def page_of(*words: tuple[str, tuple[float, float, float, float]], engine: str = "text") -> Page:
    return Page(1, 1000, 1400, tuple(Word(text, box, 1, 1.0) for text, box in words), engine)


AMOUNT = ("R 12 345.00", (0.3, 0.30, 0.4, 0.31))
OTHER = ("R 99.00", (0.3, 0.32, 0.4, 0.33))


def test_a_text_layer_gives_the_words_inside_the_box_and_no_others() -> None:
    found = glancing.glance(lambda: b"", page_of(AMOUNT, OTHER), "amount", (0.29, 0.295, 0.41, 0.315))

    assert found is not None
    assert found[0] == "12345.00"


def test_a_box_that_touches_the_line_below_is_about_its_own_line() -> None:
    found = glancing.glance(lambda: b"", page_of(AMOUNT, OTHER), "amount", (0.29, 0.295, 0.41, 0.325))

    assert found is not None
    assert found[0] == "12345.00"


def test_a_box_that_takes_in_most_of_the_lines_around_is_about_the_one_in_its_middle() -> None:
    page = page_of(("..84433", (0.3, 0.2888, 0.35, 0.2984)), ("ZAR4246.35", (0.3, 0.3013, 0.4, 0.3109)),
                   ("Details", (0.3, 0.3138, 0.36, 0.3234)))  # fmt: skip

    found = glancing.glance(lambda: b"", page, "amount", (0.29, 0.2911, 0.41, 0.3210))

    assert found is not None
    assert found[0] == "4246.35"


def test_an_engine_is_given_the_line_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    monkeypatch.setattr(glancing, "look", lambda *asked: given.append(asked[-1]) or [])

    glancing.glance(lambda: b"", page_of(AMOUNT, OTHER, engine="tesseract"), "amount", (0.29, 0.295, 0.41, 0.325))

    assert given == [AMOUNT[1]]


def test_a_box_around_two_amounts_is_none() -> None:
    assert glancing.glance(lambda: b"", page_of(AMOUNT, OTHER), "amount", (0.29, 0.29, 0.41, 0.34)) is None


@pytest.mark.parametrize(
    ("looks", "value"),
    [
        ([[("12 345.00", 0.4)], [("12 345.00", 0.3)], [("12 845.00", 0.9)]], "12345.00"),
        ([[("12 345.00", 0.4)], [("12 845.00", 0.9)], [("", 0.1)]], "12845.00"),
    ],
)
def test_two_looks_that_agree_count_more_than_a_surer_third(
    monkeypatch: pytest.MonkeyPatch, looks: glimpse.Looks, value: str
) -> None:
    monkeypatch.setattr(glancing, "look", lambda *_: looks)

    found = glancing.glance(lambda: b"", page_of(engine="tesseract"), "amount", (0, 0, 1, 1))

    assert found is not None
    assert found[0] == value
