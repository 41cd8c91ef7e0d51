"""PDF pages: their own text as words with boxes, and their picture, within bounds.

Source: docs/rules/reading.md, D3 and D5.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from portal.proofs.reader import refusal
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.types import Box, Word

MAX_PAGES = 3
READ_WIDTH, READ_HEIGHT = 1700, 2600
#: fewer letters than this are no text layer but a stamp on a scan
ENOUGH_LETTERS = 40
_MAX_CHARS = 20_000
#: a picture object over this share of the page makes the page a scan
SCAN_SHARE = 0.5
_GRID = 20_000


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """The PDF, decrypted with the empty password where it is encrypted.

    Raises Unreadable for a real password, for damage and for a PDF without pages.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Unreadable(refusal.PASSWORD if locked else refusal.DAMAGED) from error
    try:
        if len(document) == 0:
            raise Unreadable(refusal.NO_PAGES)
        yield document
    finally:
        document.close()


def pages_to_read(document: pdfium.PdfDocument) -> int:
    """How many pages are read: the first few of however many there are."""
    return min(len(document), MAX_PAGES)


def words_of(page: pdfium.PdfPage, number: int) -> tuple[Word, ...]:
    """The page's own words in the order of its content stream, boxes in fractions of the page as it is shown."""
    textpage = page.get_textpage()
    try:
        glyphs = [
            glyph
            for at in range(min(textpage.count_chars(), _MAX_CHARS))
            if (glyph := _glyph(page, textpage, at)) is not None
        ]
    finally:
        textpage.close()
    return tuple(_joined(word, number) for word in _split(glyphs))


def is_plausible(words: tuple[Word, ...]) -> bool:
    """Whether a text layer can be believed to be language: enough letters, few of them unknown signs."""
    text = "".join(word.text for word in words)
    letters = sum(letter.isalpha() and letter < "\u0250" for letter in text)
    strange = sum(letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or ord(letter) < 32 for letter in text)
    return letters >= ENOUGH_LETTERS and strange <= len(text) * 0.05 and letters >= len(text) * 0.3


def scanned_share(page: pdfium.PdfPage) -> float:
    """The share of the page that its largest picture covers, 0 to 1."""
    width, height = page.get_size()
    largest = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = item.get_bounds()
        largest = max(largest, (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0)))
    return min(1.0, largest / (width * height)) if width * height > 0 else 0.0


def picture_of(page: pdfium.PdfPage, width: int = READ_WIDTH, height: int = READ_HEIGHT) -> Image.Image:
    """The page drawn to fit these pixels, however large or small it says it is.

    Raises Unreadable when it cannot be drawn.
    """
    across, down = page.get_size()
    if across <= 0 or down <= 0:
        raise Unreadable(refusal.DAMAGED)
    scale = min(width / across, height / down)
    try:
        drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    except (pdfium.PdfiumError, ValueError, OSError) as error:
        raise Unreadable(refusal.DAMAGED) from error
    return drawn


def _glyph(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, at: int) -> _Glyph | None:
    letter = chr(raw.FPDFText_GetUnicode(textpage, at))
    box = raw.FS_RECTF()
    if letter.isspace() or letter == "\x00" or raw.FPDFText_IsGenerated(textpage, at) == 1:
        return _Glyph(" ", 0, 0, 0, 0)
    if letter in "\u00ad\ufffe\u200b" or not raw.FPDFText_GetLooseCharBox(textpage, at, box):
        return None
    ax, ay = _shown(page, box.left, box.top)
    bx, by = _shown(page, box.right, box.bottom)
    return _Glyph(letter, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _shown(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A place on the page as it is shown (turned and cropped), in fractions."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, across, down)
    return across.value / _GRID, down.value / _GRID


def _split(glyphs: list[_Glyph]) -> Iterator[list[_Glyph]]:
    """Words: glyphs that follow each other on one line without a space or a wide gap."""
    word: list[_Glyph] = []
    for glyph in glyphs:
        if word and (glyph.text == " " or _breaks(word[-1], glyph)):
            yield word
            word = []
        if glyph.text != " ":
            word.append(glyph)
    if word:
        yield word


def _breaks(last: _Glyph, glyph: _Glyph) -> bool:
    height = max(last.y1 - last.y0, 1e-6)
    other_line = abs((glyph.y0 + glyph.y1) - (last.y0 + last.y1)) / 2 > 0.5 * height
    # widths are fractions of the width, heights of the height; A4 is close enough to judge a gap
    gap = glyph.x0 - last.x1
    return other_line or gap > 0.3 * height or gap < -2 * height


def _joined(glyphs: list[_Glyph], number: int) -> Word:
    box: Box = (
        _clamped(min(glyph.x0 for glyph in glyphs)), _clamped(min(glyph.y0 for glyph in glyphs)),
        _clamped(max(glyph.x1 for glyph in glyphs)), _clamped(max(glyph.y1 for glyph in glyphs)),
    )  # fmt: skip
    return Word("".join(glyph.text for glyph in glyphs), box, number, 1.0)


def _clamped(place: float) -> float:
    return round(min(max(place, 0.0), 1.0), 5)
