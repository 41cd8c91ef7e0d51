"""Whether the letters that a PDF's text names are the letters its page shows, told by their shapes.

Each letter of a value is drawn where it stands and compared with the same letter in common typefaces. It takes some
milliseconds, where an engine needs a quarter of a second; whatever is not plainly alike is left to the engine.
Source: docs/rules/reading.md, D24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from portal.platform import fonts
from portal.proofs.reader import pdf
from portal.proofs.reader.pdf import Letter
from portal.proofs.reader.upright import blurred
from portal.proofs.types import Box

Grey = NDArray[np.float32]
_KNOWN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghiklmnopqrstuvwxyz"
#: letters that look alike when each is brought to one height
_ALIKE = ("0Oo", "1lIi", "Cc", "Kk", "Pp", "Ss", "Uu", "Vv", "Ww", "Xx", "Zz", "Mm", "Nn", "Yy", "Ff", "Tt")
_CLASS = {letter: group[0] for group in _ALIKE for letter in group}
#: pixels that a page is wide when its letters are compared, and those of a shape
_PAGE_WIDTH, _TALL, _BROAD = 1700, 16, 12
#: what a letter's breadth counts for at least, beside its height
_NARROWEST = 0.7
#: pixels that a template's letters are set in
_DRAWN = 48
#: the least likeness, and how much liker it must be than any other letter
_PLAIN, _LEAD = 0.65, 0.04
#: ink is this much darker or lighter than the paper; letters are at least so tall, in pixels
_CONTRAST, _SMALLEST = 60, 10
#: what differs less from its paper, of 255, nobody sees
_FAINT = 40
#: a row or column of so much ink at its darkest belongs to a letter
_INKED = 0.35
#: share of a value's ink that may lie outside its letters
_STRAY = 0.02


@dataclass(frozen=True, slots=True)
class _Strip:
    """A part of a page: its ink (0 paper, 1 full) and where on the page it begins, in pixels."""

    ink: Grey
    left: int
    top: int


def plainly_shown(data: bytes, number: int, boxes: Sequence[Box]) -> list[bool]:
    """For each box on page `number` (from 1): whether every letter of the text in it is plainly what the page shows.

    False says only that it is not plain: the typeface may be unusual.
    """
    letters = [letter for letter in pdf.letters_of(data, number) if not letter.text.isspace()]
    page = pdf.page_of(data, number)
    return [_are_shown(page, box, [each for each in letters if _within(each.box, box)]) for box in boxes]


def faintly_shown(data: bytes, number: int, boxes: Sequence[Box]) -> list[bool]:
    """For each box on page `number` (from 1): whether what the page shows there hardly differs from its paper."""
    page = pdf.page_of(data, number)
    return [_contrast(page, box) < _FAINT for box in boxes]


def _contrast(page: pdfium.PdfPage, box: Box) -> float:
    """How far the darkest and the lightest of a strip differ; none where it is too small to be read."""
    grey = _grey(page, box)
    return float(grey[0].max() - grey[0].min()) if grey is not None else 0.0


def _are_shown(page: pdfium.PdfPage, box: Box, letters: Sequence[Letter]) -> bool:
    """Whether the text shows its letters and nothing else, line by line: a value may run over two."""
    lines = _by_line(letters)
    if len(lines) < 2:
        return bool(lines) and _is_shown(page, box, letters)
    edges = [box[1], *((above[0].box[3] + below[0].box[1]) / 2 for above, below in pairwise(lines)), box[3]]
    places = [(box[0], top, box[2], bottom) for top, bottom in pairwise(edges)]
    return all(_is_shown(page, place, line) for place, line in zip(places, lines, strict=True))


def _by_line(letters: Sequence[Letter]) -> list[list[Letter]]:
    lines: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda each: each.box[1] + each.box[3]):
        if lines and (letter.box[1] + letter.box[3]) / 2 < lines[-1][0].box[3]:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return lines


def _is_shown(page: pdfium.PdfPage, box: Box, letters: Sequence[Letter]) -> bool:
    if any(letter.text.isalnum() and letter.text not in _KNOWN for letter in letters):
        return False
    strip = _drawn(page, box)
    if strip is None:
        return False
    covered = np.zeros(strip.ink.shape[1], dtype=np.bool_)
    for letter in letters:
        left, right = _columns(page, strip, letter.box)
        covered[max(0, left - 1) : right + 1] = True
        part = strip.ink[:, left:right]
        if part.size == 0 or part.max() < 0.5:
            return False
        if letter.text in _KNOWN and not is_like(part, letter.text):
            return False
    total = float(strip.ink.sum())
    return float(strip.ink[:, ~covered].sum()) <= _STRAY * total


def is_like(ink: Grey, text: str) -> bool:
    """Whether ink (0 paper, 1 full) is liker to this letter, in any typeface we know, than to any other digit or letter."""
    classes, known = _templates()
    own = classes == _CLASS.get(text, text)
    rivals = ~own & (np.char.isdigit(classes) == text.isdigit())
    inner = ink[:, 1:-1]  # without what a neighbour leans into the letter's place
    for part in (ink, _body(ink), inner, _body(inner)):
        shape = _shape(part)
        if shape is None:
            continue
        likeness = known @ shape
        best = float(likeness[own].max())
        if best >= _PLAIN and best >= float(likeness[rivals].max()) + _LEAD:
            return True
    return False


def _body(ink: Grey) -> Grey:
    """The tallest run of rows with ink: without a neighbour's tail that reaches under the letter."""
    if ink.shape[1] == 0:
        return ink
    inked = np.concatenate([[False], ink.max(axis=1) > _INKED, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(inked))
    runs = [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    start, end = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    return ink[start:end]


@cache
def _templates() -> tuple[NDArray[np.str_], Grey]:
    """Every known letter in every typeface: their classes, and their shapes as rows of length one."""
    classes: list[str] = []
    shapes: list[Grey] = []
    for path in sorted(fonts.FOLDER.glob("*.ttf")):
        font = ImageFont.truetype(path, _DRAWN)
        for letter in _KNOWN:
            drawn = Image.new("L", (2 * _DRAWN, 2 * _DRAWN))
            ImageDraw.Draw(drawn).text((_DRAWN // 2, _DRAWN // 4), letter, fill=255, font=font)
            shape = _shape(np.asarray(drawn, dtype=np.float32) / np.float32(255))
            if shape is not None:
                classes.append(_CLASS.get(letter, letter))
                shapes.append(shape)
    return np.array(classes), np.stack(shapes)


def _drawn(page: pdfium.PdfPage, box: Box) -> _Strip | None:
    """The strip of the page around a box; None when it shows nothing."""
    drawn = _grey(page, box)
    if drawn is None:
        return None
    grey, left, top = drawn
    paper = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    dark, light = float(grey.min()), float(grey.max())
    full = dark if paper - dark > light - paper else light
    if abs(full - paper) < _CONTRAST:
        return None
    return _Strip(np.clip((grey - paper) / (full - paper), 0, 1).astype(np.float32), left, top)


def _grey(page: pdfium.PdfPage, box: Box) -> tuple[Grey, int, int] | None:
    """The strip of the page around a box in grey, and where it begins; None when it is too small or too large."""
    width, height = _size(page)
    side = 3
    left, right = max(0, int(box[0] * width) - side), min(width, int(box[2] * width) + side + 1)
    top, bottom = max(0, int(box[1] * height)), min(height, int(box[3] * height) + 1)
    if right - left < _SMALLEST or not _SMALLEST <= bottom - top <= _PAGE_WIDTH // 4:
        return None
    bitmap = pdfium.PdfBitmap.new_native(right - left, bottom - top, raw.FPDFBitmap_Gray)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, right - left, bottom - top)
        raw.FPDF_RenderPageBitmap(bitmap, page, -left, -top, width, height, 0, raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE)
        return bitmap.to_numpy().astype(np.float32).reshape(bottom - top, right - left), left, top
    finally:
        bitmap.close()


def _size(page: pdfium.PdfPage) -> tuple[int, int]:
    across, down = page.get_size()
    return _PAGE_WIDTH, max(1, min(4 * _PAGE_WIDTH, round(_PAGE_WIDTH * down / across)))


def _columns(page: pdfium.PdfPage, strip: _Strip, box: Box) -> tuple[int, int]:
    width, _ = _size(page)
    return max(0, round(box[0] * width) - strip.left), max(0, round(box[2] * width) - strip.left)


def _shape(ink: Grey) -> Grey | None:
    """The ink brought to one height, its breadth with it, in the middle of a frame; a vector of length one."""
    if ink.size == 0:
        return None
    rows, columns = np.flatnonzero(ink.max(axis=1) > _INKED), np.flatnonzero(ink.max(axis=0) > _INKED)
    if rows.size == 0 or columns.size == 0 or rows[-1] - rows[0] + 1 < _SMALLEST:
        return None
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    aside = round(_NARROWEST * part.shape[0]) - part.shape[1]
    if aside > 0:  # a stroke alone keeps its place in the middle
        part = np.pad(part, ((0, 0), (aside // 2, aside - aside // 2)))
    small = np.asarray(Image.fromarray(part).resize((_BROAD, _TALL), Image.Resampling.BOX), dtype=np.float32)
    soft = blurred(small, 1).ravel()
    soft = soft - soft.mean()
    found: Grey = (soft / max(float(np.linalg.norm(soft)), 1e-6)).astype(np.float32)
    return found


def _within(small: Box, large: Box) -> bool:
    x, y = (small[0] + small[2]) / 2, (small[1] + small[3]) / 2
    return large[0] <= x <= large[2] and large[1] <= y <= large[3]
