"""Letters of a PDF's text are told from what its page shows by their shapes, without an engine."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from portal.platform import fonts
from portal.proofs import pipeline
from portal.proofs.reader import letterforms, pdf, plainly_shown, tesseract
from tests.unit.proofs import papers
from tests.unit.proofs.papers import Text

AMOUNT = "R 12 500.00"
DIGITS = "0123456789"


def box_of(document: bytes, text: str) -> tuple[float, float, float, float]:
    """The place of the words that begin with the first letters of a text, to the end of it."""
    words = [word for word in pdf.words_of(document, 1) if word.text in text.split()]
    boxes = [word.box for word in words]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


@pytest.mark.parametrize("font", ["F1", "F2"])
def test_a_value_that_is_printed_as_the_text_says_is_plain(font: str):
    document = papers.pdf(papers.notice_texts(value_font=font))
    boxes = [box_of(document, text) for text in (AMOUNT, "INV-2026-00417", "1187340562", "14 March 2026")]
    assert plainly_shown(document, 1, boxes) == [True] * 4


@pytest.mark.parametrize(
    ("drawn_after", "plain"),
    [("", True), ("1 g 298 507 60 12 re f 0 g", False), ("0 g 344 509 5 8 re f", False)],
    ids=["both shown", "second covered", "second with more ink"],
)
def test_a_value_over_two_lines_is_plain_when_each_line_is(drawn_after: str, plain: bool):
    texts = [*papers.notice_texts(), Text(300, 524, "4471/INV-2026-"), Text(300, 509, "00339")]
    document = papers.pdf(texts, drawing=drawn_after)
    assert plainly_shown(document, 1, [box_of(document, "4471/INV-2026- 00339")]) == [plain]


def test_a_genuine_notice_is_read_without_starting_the_engine(monkeypatch: pytest.MonkeyPatch):
    def started(*_args: object) -> None:
        raise AssertionError("the engine was started")

    monkeypatch.setattr(tesseract, "read_words", started)
    reading = pipeline.read(papers.pdf(papers.notice_texts()))
    assert reading.signals == ()
    assert reading.fields["amount"] is not None


@pytest.mark.parametrize(
    "trick",
    [
        "BT 3 Tr /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET",  # no ink
        "1 g BT /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET 0 g",  # ink the colour of the paper
        "BT /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET 1 g 298 580 80 14 re f 0 g",  # covered
        "BT /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET BT /F1 11 Tf 301 586 Td (R 92 800.00) Tj ET",  # printed over
        "BT /F1 2 Tf 300 583 Td (R 12 500.00) Tj ET",  # too small to be seen
        "BT /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET 0 g 342 583 5 8 re f",  # more ink than its letters have
    ],
)
def test_text_that_a_person_does_not_see_like_that_is_not_plain(trick: str):
    texts = [text for text in papers.notice_texts() if text.text != AMOUNT]
    document = papers.pdf(texts, drawing=trick)
    letters = [each for each in pdf.letters_of(document, 1) if each.text in "R12500.00" and each.box[0] > 0.49]
    row = [each.box for each in letters if abs(each.box[1] - letters[-1].box[1]) < 0.01]
    box = (min(b[0] for b in row), min(b[1] for b in row), max(b[2] for b in row), max(b[3] for b in row))
    assert plainly_shown(document, 1, [box]) == [False]


@pytest.mark.parametrize("drawn", DIGITS)
def test_no_digit_passes_for_another(drawn: str):
    for path in sorted(fonts.FOLDER.glob("*.ttf")):
        for size in (18, 26, 40):
            canvas = Image.new("L", (2 * size, 2 * size))
            ImageDraw.Draw(canvas).text((size // 3, size // 4), drawn, fill=255, font=ImageFont.truetype(path, size))
            ink = np.asarray(canvas, dtype=np.float32) / 255
            passing = {claimed for claimed in DIGITS if letterforms.is_like(ink, claimed)}
            assert passing <= {drawn}, path.name


def test_an_unusual_typeface_is_left_to_the_engine():
    texts = [Text(text.x, text.y, text.text, "F4") if text.text == AMOUNT else text for text in papers.notice_texts()]
    document = papers.pdf(texts)
    assert plainly_shown(document, 1, [box_of(document, AMOUNT)]) == [False]
    assert "text_layer_differs" not in {signal.code for signal in pipeline.read(document).signals}
