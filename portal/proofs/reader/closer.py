"""A closer look at single places of a page: each alone, larger, and away from its surroundings.

Source: docs/rules/reading.md, D9.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from portal.proofs.reader import ocr, tesseract
from portal.proofs.reader.ocr import Sheet
from portal.proofs.reader.tesseract import Seen
from portal.proofs.types import Box

#: how tall a line is made, in pixels: tesseract reads capitals of 30 to 40 pixels best. A text layer's boxes hold the
#: whole line, an engine's only the letters. Looks at other heights err in other ways.
_TEXT_HEIGHTS, _LETTER_HEIGHTS = (56, 44, 72), (40, 32, 52)
LOOKS = len(_TEXT_HEIGHTS)
_GAP = 36
_PAPER = 245


def look_again(sheet: Sheet, box: Box, look: int = 0) -> list[Seen]:
    """Read one line of the page once more, alone and larger.

    box: in fractions of the page. look: the how-manieth, from 0; each is made at another size.
    Returns its words as the engine sees them now.
    """
    return tesseract.read_words(_framed([_cut(sheet, box, _height(sheet, look))]), tesseract.LINE)


def look_at(sheet: Sheet, boxes: Sequence[Box], look: int = 0) -> list[list[Seen]]:
    """Read several places of the page in one go; an answer for each, empty where nothing is visible."""
    strips = [_cut(sheet, box, _height(sheet, look)) for box in boxes]
    if not strips:
        return []
    seen = tesseract.read_words(_framed(strips), tesseract.BLOCK)
    found: list[list[Seen]] = []
    top = _GAP // 2
    for strip in strips:
        bottom = top + strip.height + _GAP
        found.append([word for word in seen if top <= (word.box[1] + word.box[3]) / 2 < bottom])
        top = bottom
    return found


def _height(sheet: Sheet, look: int) -> int:
    heights = _LETTER_HEIGHTS if sheet.page.engine == tesseract.NAME else _TEXT_HEIGHTS
    return heights[look % LOOKS]


def _cut(sheet: Sheet, box: Box, height: int) -> Image.Image:
    """The place with a little margin, evenly lit, scaled so that its line is `height` pixels tall."""
    across, down = sheet.picture.size
    tall = max((box[3] - box[1]) * down, 4.0)
    side, edge = tall * 0.6, tall * 0.22
    place = (
        max(0, int(box[0] * across - side)), max(0, int(box[1] * down - edge)),
        min(across, int(box[2] * across + side) + 1), min(down, int(box[3] * down + edge) + 1),
    )  # fmt: skip
    line = sheet.picture.crop(place).convert("L")
    factor = min(4.0, height / max(tall, 1.0))
    size = (max(8, round(line.width * factor)), max(8, round(line.height * factor)))
    return ocr.evened(line.resize(size, Image.Resampling.BICUBIC))


def _framed(strips: Sequence[Image.Image]) -> Image.Image:
    """The strips one below the other on a white sheet."""
    width = max(strip.width for strip in strips) + 2 * _GAP
    frame = Image.new("L", (width, sum(strip.height + _GAP for strip in strips) + _GAP), _PAPER)
    top = _GAP
    for strip in strips:
        frame.paste(strip, (_GAP, top))
        top += strip.height + _GAP
    return frame
