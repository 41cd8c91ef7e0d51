"""A PDF that unpacks to more than any page needs is refused before it is drawn; honest ones cost next to nothing."""

from __future__ import annotations

import time
import zlib

import pytest

from portal.demo.drawing import poison
from portal.proofs import pipeline
from portal.proofs.reader import refusal
from portal.proofs.reader.inflation import MOST_UNPACKED, inflates_too_far
from tests.unit.proofs import papers


def stream(unpacked: int, described: bytes = b"/Filter /FlateDecode") -> bytes:
    body = zlib.compress(bytes(unpacked))
    return b"4 0 obj << /Length %d %s >>\nstream\n%s\nendstream endobj\n" % (len(body), described, body)


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (stream(MOST_UNPACKED + 1), True),
        (stream(MOST_UNPACKED // 2) * 3, True),
        (stream(MOST_UNPACKED // 2), False),
        (stream(MOST_UNPACKED + 1, b"/Subtype /Image /Filter /FlateDecode"), False),
        (stream(MOST_UNPACKED + 1, b"/Filter /DCTDecode"), False),
        (b"stream\nnothing that unpacks", False),
        (b"1 0 obj << /Filter /FlateDecode >>\nstream\n", False),
        (stream(1000)[:-40], False),
        (b"", False),
    ],
)
def test_what_unpacks_is_counted_and_pictures_are_not(data: bytes, refused: bool) -> None:
    assert inflates_too_far(data) is refused


def test_an_inflating_pdf_is_refused_in_words() -> None:
    reading = pipeline.read(poison.inflating_pdf())
    assert (reading.ok, reading.error) == (False, refusal.TOO_HEAVY)


def test_an_honest_pdf_is_counted_in_a_moment() -> None:
    document = papers.pdf(papers.notice_texts())
    started = time.process_time()
    assert not inflates_too_far(document)
    assert time.process_time() - started < 0.02


def test_counting_stops_at_the_limit_however_far_it_would_go() -> None:
    started = time.process_time()
    assert inflates_too_far(stream(4 * MOST_UNPACKED) * 20)
    assert time.process_time() - started < 2.0
