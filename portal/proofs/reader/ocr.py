"""A picture becomes words: turned upright, straightened, evenly lit, scaled, and read by the engine.

Source: docs/rules/reading.md, D6 (no hard threshold, 1400 pixels at least).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from portal.proofs.reader import tesseract, upright, warp
from portal.proofs.reader.sheet import Corners, find_sheet
from portal.proofs.reader.tesseract import Seen
from portal.proofs.types import Page, Word

MIN_WIDTH, MAX_WIDTH = 1400, 2200
_READ_PIXELS = 6_000_000
_GOOD = 0.6
#: a sheet whose text leans more than this after it was drawn straight was no sheet
_STILL_LEVEL = 1.6
#: photos are soft: on ours this reads half as many words again (200 pixels of text per inch)
_SHARPER = ImageFilter.UnsharpMask(2, 150, 2)
#: a rule is darker than this, longer and thinner than so many pixels
_RULE_DARK, _RULE_LENGTH, _RULE_THICKNESS = 200, 90, 9
#: how much of a page's height a strip is (one in so many), how wide it is made at most, and what it is worth where it
#: reads like language
_STRIPS, _STRIP_WIDTH, _LANGUAGE = 4, 1500, 40
Quarter = int


@dataclass(frozen=True)
class Sheet:
    """One page as people see it: its words, and how its upright picture is drawn when somebody asks for it."""

    page: Page
    draw: Callable[[], Image.Image]
    #: what the engine was given, and its words in the pixels of that: another engine starts from there
    straight: warp.Straightened | None = None
    seen: tuple[Seen, ...] = ()

    @cached_property
    def picture(self) -> Image.Image:
        """The upright picture that the boxes of the words are fractions of."""
        return self.draw()


@dataclass(frozen=True, slots=True)
class _Attempt:
    quarter: Quarter
    upright: Image.Image
    seen: list[Seen]
    straight: warp.Straightened

    @property
    def worth(self) -> float:
        return worth(self.seen)


def read_picture(picture: Image.Image, number: int) -> Sheet:
    """Read a picture that may lie on its side or on its head.

    Returns the page with boxes in fractions of the upright picture; ``page.rotation`` says by how many degrees
    clockwise the picture was turned. Raises EngineMissing.
    """
    if upright.is_blank(picture):
        return Sheet(Page(number, picture.width, picture.height, (), tesseract.NAME), lambda: picture)
    sheet = find_sheet(picture)
    paper = _paper_of(picture, sheet)
    across = upright.text_runs_across(paper)
    quarter = 0 if across else _better(paper, (90, 270, 0, 180))
    best = _read_upright(picture, 0, sheet) if quarter == 0 else _attempt(picture, quarter)
    if across and best.worth < 40 and not _clear(best.seen):
        other = _better(paper, (180, 0, 90, 270))
        if other != quarter:
            best = max(best, _attempt(picture, other), key=lambda attempt: attempt.worth)
    words = words_on(best.straight, best.seen, best.upright.size, number)
    page = Page(number, *best.upright.size, words, tesseract.NAME, best.quarter)
    return Sheet(page, lambda: best.upright, best.straight, tuple(best.seen))


def words_on(straight: warp.Straightened, seen: Sequence[Seen], size: tuple[int, int], number: int) -> tuple[Word, ...]:
    """What an engine saw on a straightened picture, as words of the upright page of this size in pixels."""
    return tuple(_word(one, straight, *size, number) for one in seen)


def worth(seen: list[Seen]) -> float:
    """How much a reading looks like language: clear words of three letters or more count by their length."""
    return sum(
        len(word.text) * word.confidence
        for word in seen
        if word.confidence >= _GOOD and sum(letter.isalpha() for letter in word.text) >= 3
    )


def turned(picture: Image.Image, degrees: Quarter) -> Image.Image:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return picture if degrees == 0 else picture.transpose(turns[degrees])


def evened(grey: Image.Image) -> Image.Image:
    """Dark on bright, with the light of the room taken out: each place divided by the brightness of its paper."""
    pixels = np.asarray(grey, dtype=np.float32)
    if float(np.median(pixels)) < 110:
        pixels = 255 - pixels
    paper = _paper_brightness(pixels)
    flat = np.clip(pixels / np.maximum(paper, 60) * 245, 0, 255).astype(np.float32)
    return Image.fromarray(_without_rules(flat).astype(np.uint8))


def _without_rules(flat: NDArray[np.float32]) -> NDArray[np.float32]:
    """The page without the thin long lines of tables and boxes, which the engine takes for letters or for pictures."""
    dark = flat < _RULE_DARK
    for turned_dark, page in ((dark, flat), (dark.T, flat.T)):
        along = _runs(turned_dark, _RULE_LENGTH)
        thick = _runs(turned_dark.T, _RULE_THICKNESS).T
        page[along & ~thick] = 245
    return flat


def _runs(dark: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """The pixels that lie in a run of dark ones along a row at least so long; found and grown again by doubling."""
    if dark.shape[1] < length:
        return np.zeros_like(dark)
    starts, reach = dark, 1
    while reach < length:
        step = min(reach, length - reach)
        starts = starts[:, :-step] & starts[:, step:]
        reach += step
    runs, reach = starts, 1
    while reach < length:
        step = min(reach, length - reach)
        wider = np.zeros((dark.shape[0], runs.shape[1] + step), dtype=np.bool_)
        wider[:, : runs.shape[1]] = runs
        wider[:, step:] |= runs
        runs = wider
        reach += step
    return runs


def _clear(seen: list[Seen]) -> bool:
    letters = [word for word in seen if sum(letter.isalpha() for letter in word.text) >= 3]
    return len(letters) >= 3 and sum(word.confidence >= _GOOD for word in letters) / len(letters) > 0.5


def _paper_of(picture: Image.Image, sheet: Corners | None) -> Image.Image:
    """The picture without what lies around its paper: the edges of a page on a screen look like upright text."""
    if sheet is None:
        return picture
    xs = [x * picture.width for x, _ in sheet.points]
    ys = [y * picture.height for _, y in sheet.points]
    return picture.crop((int(min(xs)), int(min(ys)), int(max(xs)), int(max(ys))))


def _better(paper: Image.Image, quarters: tuple[Quarter, ...]) -> Quarter:
    """The turn in which a strip of the paper reads best; the first that reads like language ends the search."""
    worths: dict[Quarter, float] = {}
    for quarter in quarters:
        seen = tesseract.read_words(_inkiest_strip(turned(paper, quarter)))
        worths[quarter] = worth(seen)
        if worths[quarter] >= _LANGUAGE and _clear(seen):
            break
    return max(worths, key=lambda quarter: worths[quarter])


def _inkiest_strip(picture: Image.Image) -> Image.Image:
    width = min(_STRIP_WIDTH, max(1200, picture.width))
    factor = width / picture.width
    rows = upright.ink(picture, 400).sum(axis=1)
    size = max(1, len(rows) // _STRIPS)
    sums = np.convolve(rows, np.ones(size), mode="valid")
    top = int(np.argmax(sums)) / len(rows) * picture.height
    strip = picture.convert("L").crop(
        (0, int(top), picture.width, int(min(picture.height, top + picture.height / _STRIPS)))
    )
    return evened(strip.resize((width, max(1, round(strip.height * factor))), Image.Resampling.BICUBIC))


def _attempt(picture: Image.Image, quarter: Quarter) -> _Attempt:
    stood = turned(picture, quarter)
    return _read_upright(stood, quarter, find_sheet(stood))


def _read_upright(stood: Image.Image, quarter: Quarter, sheet: Corners | None) -> _Attempt:
    straight = _straightened(stood, sheet)
    return _Attempt(quarter, stood, tesseract.read_words(evened(straight.picture)), straight)


def _straightened(stood: Image.Image, sheet: Corners | None) -> warp.Straightened:
    """The sheet of paper drawn as a rectangle, or the whole picture turned level.

    What lies around a page on a screen may name the bank, so a screen is never cut.
    """
    grey = stood.convert("L")
    tallness = grey.height / grey.width
    if sheet is None:
        return warp.levelled(grey, upright.lean(grey), _read_width(grey.width, tallness))
    corners = [(x * grey.width, y * grey.height) for x, y in sheet.points]
    across = max(corners[1][0] - corners[0][0], corners[2][0] - corners[3][0])
    if sheet.is_upright:
        wanted = grey.width * max(1.0, MIN_WIDTH / max(across, 1))
        return warp.levelled(grey, 0.0, _read_width(wanted, tallness))
    straight = warp.from_sheet(grey, corners, _read_width(across, (corners[3][1] - corners[0][1]) / max(across, 1)))
    if abs(upright.lean(straight.picture, 3)) < _STILL_LEVEL:
        return warp.Straightened(straight.picture.filter(_SHARPER), straight.back)
    return warp.levelled(grey, upright.lean(grey), _read_width(grey.width, tallness))


def _read_width(width: float, tallness: float) -> int:
    wanted = min(max(width, MIN_WIDTH), MAX_WIDTH)
    return int(max(200.0, min(wanted, (_READ_PIXELS / max(tallness, 0.05)) ** 0.5)))


def _paper_brightness(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The brightness of the paper around each pixel: the bright side of blocks of 32, smoothed."""
    height, width = pixels.shape
    block = 32
    padded = np.pad(pixels, ((0, -height % block), (0, -width % block)), mode="edge")
    every_other = padded[::2, ::2]  # a quarter of the pixels tells the brightness of a block as well
    half = block // 2
    blocks = every_other.reshape(every_other.shape[0] // half, half, every_other.shape[1] // half, half)
    bright = np.percentile(blocks, 85, axis=(1, 3)).astype(np.float32)
    small = Image.fromarray(bright)
    grown = small.resize((padded.shape[1], padded.shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(grown, dtype=np.float32)[:height, :width]


def _word(seen: Seen, straight: warp.Straightened, width: int, height: int, number: int) -> Word:
    x0, y0, x1, y1 = straight.on_the_upright(seen.box)
    box = (_part(x0, width), _part(y0, height), _part(x1, width), _part(y1, height))
    return Word(seen.text, box, number, round(seen.confidence, 3))


def _part(place: float, whole: int) -> float:
    return round(min(max(place / whole, 0.0), 1.0), 5)
