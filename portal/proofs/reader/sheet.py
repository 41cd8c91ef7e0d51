"""Where the sheet of paper lies in a photo: its four corners, so that it can be drawn straight.

A sheet is brighter than what it lies on, or less coloured; its sides are straight. Light that falls off across the
photo is met by trying several thresholds and taking the region with the straightest sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from portal.proofs.reader.upright import Grey, blurred

Point = tuple[float, float]
Mask = NDArray[np.bool_]
Line = tuple[float, float]
_SMALL = 260
#: how far from a straight side its points may lie, as a share of the picture's width
_STRAIGHT = 0.012
_LEVEL = 0.006
_SMALLEST, _LARGEST = 0.2, 0.94


@dataclass(frozen=True, slots=True)
class Corners:
    """The corners of a sheet in fractions of the picture, clockwise from the top left, and how straight it is (0 to 1)."""

    points: tuple[Point, Point, Point, Point]
    straightness: float

    @property
    def is_upright(self) -> bool:
        """Whether its sides run along the picture's: a page or a card on a screen, not a sheet in a photo."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.points
        return max(abs(ay - by), abs(dy - cy), abs(ax - dx), abs(bx - cx)) < _LEVEL


def find_sheet(picture: Image.Image) -> Corners | None:
    """The sheet of paper in a photo; None when the picture is all paper, or a screen, or no sheet stands out."""
    small = picture.convert("RGB")
    small.thumbnail((_SMALL, _SMALL), Image.Resampling.BOX)
    best: Corners | None = None
    for mask in _masks(np.asarray(small, dtype=np.float32)):
        found = _quadrangle(_grown(mask))
        if found is not None and (best is None or found.straightness > best.straightness + 0.02):
            best = found
        if best is not None and best.straightness > 0.95:
            break
    return best


def _masks(pixels: NDArray[np.float32]) -> Iterator[Mask]:
    """Pixels that may be paper: bright, or pale, or pale for the light that falls there, or without colour."""
    grey = blurred(pixels.mean(axis=2), 1)
    palest = blurred(pixels.min(axis=2), 1)
    for channel in (grey, palest, _colourless(pixels), _lit_evenly(palest)):
        middle = _threshold(channel)
        above = channel[channel > middle]
        typical = float(np.median(above)) if above.size else middle
        for share in (0.0, 0.35, 0.6):
            yield channel > middle + share * (typical - middle)


def _colourless(pixels: NDArray[np.float32]) -> Grey:
    """How little colour each place has, whatever light falls on it: paper is grey where wood and cloth are not."""
    smooth = np.stack([blurred(pixels[:, :, at], 2) for at in range(3)], axis=2)
    most = np.maximum(smooth.max(axis=2), 8)
    saturation = (most - smooth.min(axis=2)) / most
    return np.asarray(np.clip(1 - saturation * 3, 0, 1) * 255, dtype=np.float32)


def _lit_evenly(channel: Grey) -> Grey:
    """The channel with a slope of light across the picture taken out: the plane through its bright pixels is levelled."""
    height, width = channel.shape
    bright = channel > np.percentile(channel, 55)
    ys, xs = np.nonzero(bright)
    if ys.size < 50:
        return channel
    terms = np.stack([np.ones_like(xs), xs / width, ys / height], axis=1).astype(np.float64)
    plane, *_ = np.linalg.lstsq(terms, channel[bright].astype(np.float64), rcond=None)
    across, down = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    level = np.maximum(plane[0] + plane[1] * across + plane[2] * down, 20)
    return np.asarray(np.clip(channel / level * 200, 0, 255), dtype=np.float32)


def _threshold(grey: Grey) -> float:
    """Otsu's: the grey that separates dark from bright best."""
    counts, edges = np.histogram(grey, bins=64, range=(0, 256))
    weights = counts / counts.sum()
    below = np.cumsum(weights)
    mean = np.cumsum(weights * edges[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (mean[-1] * below - mean) ** 2 / (below * (1 - below))
    between = np.nan_to_num(between, nan=0.0, posinf=0.0)
    return float(edges[int(np.argmax(between)) + 1])


def _grown(bright: Mask) -> Mask:
    """The part of the bright pixels that hangs together with the middle, holes (text) filled along rows."""
    height, width = bright.shape
    region = np.zeros_like(bright)
    region[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = True
    region &= bright
    count = int(region.sum())
    for turn in range(height + width):
        grown = region.copy()
        grown[1:] |= region[:-1]
        grown[:-1] |= region[1:]
        grown[:, 1:] |= region[:, :-1]
        grown[:, :-1] |= region[:, 1:]
        region = grown & bright
        if turn % 8 == 7:
            now = int(region.sum())
            if now == count:
                break
            count = now
    forth = np.logical_or.accumulate(region, axis=1)
    back = np.logical_or.accumulate(region[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(forth & back)


def _quadrangle(region: Mask) -> Corners | None:
    """The four straight sides of a region; None when it has no such sides."""
    share = float(region.mean())
    if not _SMALLEST < share < _LARGEST:
        return None
    height, width = region.shape
    sides = [_fitted(points, width * _STRAIGHT) for points in (*_ends(region), *_ends(region.T))]
    if any(side is None for side in sides):
        return None
    lines = [side[0] for side in sides if side is not None]
    trust = [side[1] for side in sides if side is not None]
    if min(trust) < 0.5 or sorted(trust)[1] < 0.65:
        return None
    corners = [_crossing(lines[side], lines[edge]) for side, edge in ((0, 2), (1, 2), (1, 3), (0, 3))]
    points = [(x / width, y / height) for x, y in corners]
    if any(not -0.06 <= place <= 1.06 for point in points for place in point):
        return None
    area = _area(points)
    if area < _SMALLEST or not 0.88 < share / area < 1.1:
        return None
    inset = [_inwards(point, points) for point in points]
    return Corners((inset[0], inset[1], inset[2], inset[3]), sum(trust) / 4)


def _ends(region: Mask) -> NDArray[np.float64]:
    """Where the region begins and ends in each row that it crosses well: (2, n, 2) of row and place."""
    widths = region.sum(axis=1)
    rows = np.nonzero(widths > 0.6 * widths.max())[0]
    rows = rows[int(len(rows) * 0.06) : max(1, int(len(rows) * 0.94))]
    first = region[rows].argmax(axis=1)
    last = region.shape[1] - region[rows][:, ::-1].argmax(axis=1)
    return np.stack([np.stack([rows, first], axis=1), np.stack([rows, last], axis=1)]).astype(np.float64)


def _fitted(points: NDArray[np.float64], near: float) -> tuple[Line, float] | None:
    """place = a + b · row through most points, and the share of points near it."""
    if len(points) < 12:
        return None
    chosen = points[:: max(1, len(points) // 48)]
    rows, places = chosen[:, 0], chosen[:, 1]
    gaps = rows[:, None] - rows[None, :]
    apart = gaps > len(points) / 4
    if not apart.any():
        return None
    slopes = ((places[:, None] - places[None, :])[apart]) / gaps[apart]
    slope = float(np.median(slopes))
    start = float(np.median(places - slope * rows))
    off = np.abs(points[:, 1] - start - slope * points[:, 0])
    return (start, slope), float((off < max(near, 2.0)).mean())


def _crossing(side: Line, edge: Line) -> Point:
    """Where x = a + b · y meets y = c + d · x."""
    (a, b), (c, d) = side, edge
    y = (c + d * a) / (1 - b * d)
    return a + b * y, y


def _area(points: list[Point]) -> float:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _inwards(point: Point, points: list[Point]) -> Point:
    """A hair towards the middle, so that the edge of the sheet is left out."""
    middle = (sum(x for x, _ in points) / 4, sum(y for _, y in points) / 4)
    return point[0] + (middle[0] - point[0]) * 0.006, point[1] + (middle[1] - point[1]) * 0.006
