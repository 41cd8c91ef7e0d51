"""Where lines of text stand on a picture: a network's map of text becomes quadrilaterals, and those become strips.

Source: docs/rules/reading.md, D18.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
#: a place is text from this probability on; a whole line must reach the second on average
_TEXT, _LINE = 0.3, 0.5
#: the map shows the core of a line; its letters reach so many times (area by girth) further
_GROWN = 1.6
#: smaller regions of the map are specks
_LEAST_SIDE = 3.0
#: letters fill so much of the height of a grown line
_LETTERS = 0.76


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line: its corners in pixels, clockwise from the start of its text."""

    corners: Floats

    @property
    def width(self) -> float:
        """Length of the line in pixels."""
        return float(np.linalg.norm(self.corners[1] - self.corners[0]))

    @property
    def height(self) -> float:
        """Height of the line in pixels."""
        return float(np.linalg.norm(self.corners[3] - self.corners[0]))

    @property
    def ratio(self) -> float:
        """How many times longer than high: what reading it costs."""
        return self.width / max(self.height, 1.0)

    @property
    def top(self) -> float:
        """The highest corner."""
        return float(self.corners[:, 1].min())

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the line."""
        return cv2.pointPolygonTest(self.corners, (x, y), measureDist=False) >= 0

    def part(self, start: float, end: float) -> tuple[float, float, float, float]:
        """The upright box around the letters between two places of the line, given in shares of its length."""
        a, b, c, d = self.corners
        margin = (1 - _LETTERS) / 2
        above = [a + (d - a) * margin, b + (c - b) * margin]
        below = [a + (d - a) * (1 - margin), b + (c - b) * (1 - margin)]
        points = np.array([edge[0] + (edge[1] - edge[0]) * share for edge in (above, below) for share in (start, end)])
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)


def lines_on(probability: Floats, size: tuple[int, int]) -> list[TextLine]:
    """The lines that a map of probabilities shows, in pixels of a picture of this size (width, height), top first."""
    down, across = probability.shape
    mask = cv2.dilate((probability > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        middle, (wide, high), angle = cv2.minAreaRect(outline)
        if min(wide, high) < _LEAST_SIDE or _mean_inside(probability, outline) < _LINE:
            continue
        grown = 2 * wide * high * _GROWN / (2 * (wide + high))
        corners = cv2.boxPoints((middle, (wide + grown, high + grown), angle)).astype(np.float32)
        corners *= np.array([size[0] / across, size[1] / down], dtype=np.float32)
        found.append(TextLine(_from_the_start(np.clip(corners, 0, np.array(size, dtype=np.float32)))))
    return sorted(found, key=lambda line: line.top)


def line_around(box: tuple[float, float, float, float], size: tuple[int, int]) -> TextLine:
    """The line whose letters fill an upright box of a picture of this size, all in pixels."""
    x0, y0, x1, y1 = box
    margin = (y1 - y0) * (1 - _LETTERS) / _LETTERS / 2
    corners = [(x0 - 2 * margin, y0 - margin), (x1 + 2 * margin, y0 - margin),
               (x1 + 2 * margin, y1 + margin), (x0 - 2 * margin, y1 + margin)]  # fmt: skip
    return TextLine(np.clip(np.array(corners, dtype=np.float32), 0, np.array(size, dtype=np.float32)))


def strip_of(picture: Image.Image, line: TextLine, height: int) -> NDArray[np.uint8]:
    """The line cut out, level, at this height: height × width × 3."""
    x0, y0 = np.floor(line.corners.min(axis=0)).astype(int)
    x1, y1 = np.ceil(line.corners.max(axis=0)).astype(int)
    piece = np.asarray(picture.crop((int(x0), int(y0), int(x1), int(y1))).convert("RGB"))
    wide, high = max(1, round(line.width)), max(1, round(line.height))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    there = cv2.getPerspectiveTransform((line.corners - (x0, y0)).astype(np.float32), target)
    cut = cv2.warpPerspective(piece, there, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    shape = (max(8, round(wide * height / high)), height)
    shrinks = cv2.INTER_AREA if high > 1.5 * height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, shape, interpolation=shrinks), dtype=np.uint8)


def _mean_inside(probability: Floats, outline: cv2.typing.MatLike) -> float:
    x, y, wide, high = cv2.boundingRect(outline)
    mask = np.zeros((high, wide), dtype=np.uint8)
    cv2.drawContours(mask, [outline], -1, 1, cv2.FILLED, offset=(-x, -y))
    return float(cv2.mean(probability[y : y + high, x : x + wide], mask)[0])


def _from_the_start(corners: Floats) -> Floats:
    """The corners clockwise from the left end of the upper edge, for text that runs across."""
    ordered = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = ordered[:2], ordered[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], dtype=np.float32)
