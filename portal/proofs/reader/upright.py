"""Which way up a picture is, how far it leans, and where its sheet of paper lies.

All measured on small grey copies with numpy: a few milliseconds each.
Source: proofs.md 3.3 (skew-corrected lines), design.md 6 (orient, deskew, scale, contrast).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]
Point = tuple[float, float]
_SMALL = 700
_SHEET_SMALL = 240


@dataclass(frozen=True, slots=True)
class Sheet:
    """The corners of a sheet of paper in fractions of the picture: top left, top right, bottom right, bottom left."""

    corners: tuple[Point, Point, Point, Point]


def ink(picture: Image.Image, size: int = _SMALL) -> Grey:
    """How much each pixel differs from its surroundings, 0 to 1: text on paper of any colour and light."""
    small = picture.convert("L")
    small.thumbnail((size, size), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.float32)
    difference = np.abs(grey - _blurred(grey, 12))
    return np.asarray(np.clip((difference - 12) / 60, 0, 1), dtype=np.float32)


def text_runs_across(picture: Image.Image) -> bool:
    """Whether lines of text run left to right (or right to left) rather than up or down.

    Rows of text alternate with gaps, so the ink per row varies far more than the ink per column.
    """
    marks = ink(picture)
    return bool(_raggedness(marks.sum(axis=1)) >= _raggedness(marks.sum(axis=0)))


def lean(picture: Image.Image, limit: float = 12.0) -> float:
    """Degrees by which the picture must be turned counter-clockwise for its lines to be level.

    Searched coarse, then fine; 0.0 when turning gains nothing worth it.
    """
    marks = Image.fromarray((ink(picture, 600) * 255).astype(np.uint8))
    coarse = [step * 1.0 for step in range(int(-limit), int(limit) + 1)]
    scores = {angle: _row_score(marks, angle) for angle in coarse}
    best = max(scores, key=lambda angle: scores[angle])
    fine = {best + step * 0.25: _row_score(marks, best + step * 0.25) for step in range(-3, 4)}
    angle = max(fine, key=lambda candidate: fine[candidate])
    return angle if fine[angle] > scores[0.0] * 1.04 else 0.0


def find_sheet(picture: Image.Image) -> Sheet | None:
    """The bright sheet of paper in a photo on something darker; None when the picture is all paper or screen.

    The bright region around the middle is grown, and taken for a sheet when its four extreme corners span
    (nearly) the same area as the region.
    """
    small = picture.convert("L")
    small.thumbnail((_SHEET_SMALL, _SHEET_SMALL), Image.Resampling.BOX)
    grey = _blurred(np.asarray(small, dtype=np.float32), 1)
    bright = grey > _threshold(grey)
    region = _grown(bright)
    share = float(region.mean())
    if not 0.2 < share < 0.93:
        return None
    corners = _corners(region)
    area = _area(corners) / region.size
    if area < 0.2 or not 0.9 < share / area < 1.08:
        return None
    height, width = region.shape
    inset = 0.004
    middle = (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
    found = [((x + (middle[0] - x) * inset) / width, (y + (middle[1] - y) * inset) / height) for x, y in corners]
    return Sheet((found[0], found[1], found[2], found[3]))


def _raggedness(profile: NDArray[np.float32]) -> float:
    if profile.size < 3 or profile.mean() < 1e-6:
        return 0.0
    return float(np.square(np.diff(profile)).mean() / np.square(profile).mean())


def _row_score(marks: Image.Image, angle: float) -> float:
    turned = np.asarray(marks.rotate(angle, Image.Resampling.BILINEAR), dtype=np.float32)
    return float(np.square(np.diff(turned.sum(axis=1))).sum())


def _blurred(grey: Grey, radius: int) -> Grey:
    """Box blur by running sums; edges repeat."""
    size = 2 * radius + 1
    padded = np.pad(grey, radius, mode="edge")
    rows = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    rows = rows[size:] - rows[:-size]
    columns = np.cumsum(np.pad(rows, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    return np.asarray((columns[:, size:] - columns[:, :-size]) / size**2, dtype=np.float32)


def _threshold(grey: Grey) -> float:
    """Otsu's: the grey that separates dark from bright best."""
    counts, edges = np.histogram(grey, bins=64, range=(0, 255))
    weights = counts / counts.sum()
    below = np.cumsum(weights)
    mean = np.cumsum(weights * edges[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mean[-1] * below - mean) ** 2 / (below * (1 - below))
    between = np.nan_to_num(between, nan=0.0, posinf=0.0)
    return float(edges[int(np.argmax(between)) + 1])


def _grown(bright: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of the bright pixels that hangs together with the middle, holes (text) filled along rows."""
    height, width = bright.shape
    region = np.zeros_like(bright)
    region[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = True
    region &= bright
    for _ in range(height + width):
        grown = region.copy()
        grown[1:] |= region[:-1]
        grown[:-1] |= region[1:]
        grown[:, 1:] |= region[:, :-1]
        grown[:, :-1] |= region[:, 1:]
        grown &= bright
        if grown.sum() == region.sum():
            break
        region = grown
    forth = np.logical_or.accumulate(region, axis=1)
    back = np.logical_or.accumulate(region[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(forth & back)


def _corners(region: NDArray[np.bool_]) -> list[Point]:
    ys, xs = np.nonzero(region)
    if xs.size == 0:
        return [(0.0, 0.0)] * 4
    rising, falling = xs + ys, xs - ys
    places = (rising.argmin(), falling.argmax(), rising.argmax(), falling.argmin())
    found = [(float(xs[at]), float(ys[at])) for at in places]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = found
    return [(ax, ay), (bx + 1, by), (cx + 1, cy + 1), (dx, dy + 1)]


def _area(corners: list[Point]) -> float:
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2
