"""PDF pages: their own text as words with boxes, and their picture, within bounds.

Source: docs/rules/reading.md, D3 and D5.
"""

from __future__ import annotations

import atexit
import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from portal.proofs.reader import refusal
from portal.proofs.reader.inflation import inflates_too_far
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.types import Box, Word

MAX_PAGES = 3
#: a document of more is no proof of payment, and every look at all of its pages would cost
MOST_PAGES = 500
READ_WIDTH, READ_HEIGHT = 1700, 2600
#: fewer letters than this are no text layer but a stamp on a scan
ENOUGH_LETTERS = 40
_MAX_CHARS = 20_000
#: a picture object over this share of the page makes the page a scan
SCAN_SHARE = 0.5
#: the page in device units, and a length in its own units that is many pages long: both only for precision
_GRID, _FAR = 1_000_000, 1000.0
Placing = Callable[[raw.FS_RECTF], Box]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of a page's own text, with its box in fractions of the page as it is shown; a blank has no box."""

    text: str
    box: Box


_BLANK = Letter(" ", (0.0, 0.0, 0.0, 0.0))


@lru_cache(maxsize=1)
def opened(data: bytes) -> pdfium.PdfDocument:
    """The PDF, decrypted with the empty password where it is encrypted; kept while the same bytes are asked for.

    Raises Unreadable for a real password, for damage, for a PDF without pages or with many hundreds, and for one that
    unpacks too far. PDFium knows no threads: only for processes that have one.
    """
    if inflates_too_far(data):
        raise Unreadable(refusal.TOO_HEAVY)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Unreadable(refusal.PASSWORD if locked else refusal.DAMAGED) from error
    if len(document) == 0:
        raise Unreadable(refusal.NO_PAGES)
    if len(document) > MOST_PAGES:
        raise Unreadable(refusal.TOO_MANY_PAGES.format(count=len(document)))
    return document


@lru_cache(maxsize=3)
def page_of(data: bytes, number: int) -> pdfium.PdfPage:
    """Page `number`, from 1, kept like its document. Raises Unreadable as `opened`, and when there is no such page."""
    document = opened(data)
    if not 1 <= number <= len(document):
        raise Unreadable(refusal.NO_PAGES)
    return document[number - 1]


@atexit.register
def forget() -> None:
    """Let go of what is kept, so that PDFium has nothing open when it ends."""
    for kept in (letters_of, page_of, opened):
        kept.cache_clear()


def pages_to_read(document: pdfium.PdfDocument) -> int:
    """How many pages are read: the first few of however many there are."""
    return min(len(document), MAX_PAGES)


def words_of(data: bytes, number: int) -> tuple[Word, ...]:
    """The own words of page `number` in the order of its content, boxes in fractions of the page as it is shown."""
    return tuple(_joined(word, number) for word in _split(letters_of(data, number)))


@lru_cache(maxsize=4)
def letters_of(data: bytes, number: int) -> list[Letter]:
    """The own letters of page `number`, from 1, in the order of its content.

    Kept, since a page is read for its words and looked at for their shapes.
    """
    page = page_of(data, number)
    textpage = page.get_textpage()
    place = _placing(page)
    try:
        return [
            letter
            for at in range(min(textpage.count_chars(), _MAX_CHARS))
            if (letter := _letter(place, textpage, at)) is not None
        ]
    finally:
        textpage.close()


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
    try:
        scale = _scale(page, width, height)
        drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    except (pdfium.PdfiumError, ValueError, OSError) as error:
        raise Unreadable(refusal.DAMAGED) from error
    return drawn


def drawn(data: bytes, number: int) -> Image.Image:
    """`picture_of` for page `number`, from 1."""
    return picture_of(page_of(data, number))


def drawn_size(page: pdfium.PdfPage) -> tuple[int, int]:
    """Width and height in pixels of what `picture_of` draws. Raises Unreadable for a page without extent."""
    scale = _scale(page, READ_WIDTH, READ_HEIGHT)
    across, down = page.get_size()
    return ceil(across * scale), ceil(down * scale)


def _scale(page: pdfium.PdfPage, width: int, height: int) -> float:
    across, down = page.get_size()
    if across <= 0 or down <= 0:
        raise Unreadable(refusal.DAMAGED)
    return float(min(width / across, height / down))


def _letter(place: Placing, textpage: pdfium.PdfTextPage, at: int) -> Letter | None:
    text = chr(raw.FPDFText_GetUnicode(textpage, at))
    if text.isspace() or text == "\x00" or raw.FPDFText_IsGenerated(textpage, at) == 1:
        return _BLANK
    bounds = raw.FS_RECTF()
    if text in "\u00ad\ufffe\u200b" or not raw.FPDFText_GetLooseCharBox(textpage, at, bounds):
        return None
    return Letter(text, place(bounds))


def _placing(page: pdfium.PdfPage) -> Placing:
    """From places in the page's own units to fractions of the page as it is shown, turned and cropped.

    The library is asked for three points only: a call for each letter would cost more than all the rest.
    """
    (ox, oy), (ax, ay), (ux, uy) = (_corner(page, x, y) for x, y in ((0, 0), (_FAR, 0), (0, _FAR)))
    a, b, c, d = (ax - ox) / _FAR, (ux - ox) / _FAR, (ay - oy) / _FAR, (uy - oy) / _FAR

    def place(bounds: raw.FS_RECTF) -> Box:
        left, bottom, right, top = bounds.left, bounds.bottom, bounds.right, bounds.top
        x0, x1 = ox + a * left + b * top, ox + a * right + b * bottom
        y0, y1 = oy + c * left + d * top, oy + c * right + d * bottom
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    return place


def _corner(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, across, down)
    return across.value / _GRID, down.value / _GRID


def _split(letters: list[Letter]) -> Iterator[list[Letter]]:
    """Words: letters that follow each other on one line without a space or a wide gap."""
    word: list[Letter] = []
    for letter in letters:
        if word and (letter is _BLANK or _breaks(word[-1].box, letter.box)):
            yield word
            word = []
        if letter is not _BLANK:
            word.append(letter)
    if word:
        yield word


def _breaks(last: Box, box: Box) -> bool:
    height = max(last[3] - last[1], 1e-6)
    other_line = abs((box[1] + box[3]) - (last[1] + last[3])) / 2 > 0.5 * height
    # widths are fractions of the width, heights of the height; A4 is close enough to judge a gap
    gap = box[0] - last[2]
    return other_line or gap > 0.3 * height or gap < -2 * height


def _joined(letters: list[Letter], number: int) -> Word:
    box: Box = (
        _clamped(min(letter.box[0] for letter in letters)), _clamped(min(letter.box[1] for letter in letters)),
        _clamped(max(letter.box[2] for letter in letters)), _clamped(max(letter.box[3] for letter in letters)),
    )  # fmt: skip
    return Word("".join(letter.text for letter in letters), box, number, 1.0)


def _clamped(place: float) -> float:
    return round(min(max(place, 0.0), 1.0), 5)
