"""The digits of a word as they stand in the picture: their places, their height, their shapes.

A typeface sets its figures on one pitch; divided by their height it is the same in every size and weight.
Heights and places are in pixels with fractions, shapes are ink from 0 (paper) to 1.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from portal.proofs.types import Word

Grey = NDArray[np.float32]
#: what a column must hold of ink to belong to a letter, tried in this order until letters and columns agree
_LEAST_INK = (0.12, 0.2, 0.3, 0.42)
_SMALLEST, _CONTRAST = 7, 45
#: how broad letters are beside a figure, and what it costs to make one half as broad again (in units of full ink)
_BREADTHS = dict.fromkeys(".,:;'|Iil!()[]", 0.5) | dict.fromkeys("/-jtfr*", 0.65) | dict.fromkeys("MWmw", 1.5)
_STRETCH = 16.0
#: the shape every digit is brought to
TALL, BROAD = 24, 24


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit: which, its place in its word, its middle and its height in pixels."""

    char: str
    place: int
    middle: float
    height: float
    #: 9 x pixels: its ink within a frame of one pixel, and the same a pixel off in each direction; each of length one
    views: Grey

    def apart(self, other: Digit) -> float:
        """0 for the same shape in any strength of ink, 1 for nothing in common, tried a pixel off each way."""
        return float(1 - (other.views @ self.views[4]).max())


@dataclass(frozen=True, slots=True)
class Figures:
    """The digits of one word or value, with the distances between neighbours among them."""

    digits: tuple[Digit, ...]
    #: pixels from each digit to the next
    steps: tuple[float, ...]

    @property
    def height(self) -> float:
        """The median height in pixels."""
        return float(np.median([digit.height for digit in self.digits]))

    @property
    def pitch(self) -> float | None:
        """Steps over height; None when no two digits are neighbours."""
        return float(np.median(self.steps)) / self.height if self.steps else None


def figures(grey: Grey, word: Word) -> Figures | None:
    """What the picture shows of a word's digits; None when they do not stand apart or are too small or faint."""
    if not any(char.isdigit() for char in word.text):
        return None
    ink = _ink(grey, word)
    if ink is None:
        return None
    runs = _runs(ink, word.text)
    if runs is None:
        return None
    places = zip(enumerate(word.text), runs, strict=True)
    digits = tuple(
        digit
        for (place, char), run in places
        if char in "0123456789" and (digit := _digit(ink, char, place, run)) is not None
    )
    if not digits:
        return None
    return Figures(digits, _steps(digits))


def together(parts: list[Figures]) -> Figures | None:
    """The digits of a value's words as one."""
    if not parts:
        return None
    return Figures(
        tuple(digit for part in parts for digit in part.digits), tuple(step for part in parts for step in part.steps)
    )


def _steps(digits: tuple[Digit, ...]) -> tuple[float, ...]:
    """The pitch of neighbouring digits. A one stands off the middle of its place, and is passed over."""
    even = [digit for digit in digits if digit.char != "1"]
    pairs = itertools.pairwise(even)
    known = {digit.place for digit in digits}
    return tuple(
        (right.middle - left.middle) / (right.place - left.place)
        for left, right in pairs
        if all(place in known for place in range(left.place, right.place))
    )


def _ink(grey: Grey, word: Word) -> Grey | None:
    """The word's part of the picture, paper 0 and ink 1, on dark paper too."""
    height, width = grey.shape
    x0, y0, x1, y1 = word.box
    if (y1 - y0) * height < _SMALLEST:
        return None
    margin = 2
    part = grey[
        max(0, round(y0 * height) - margin) : round(y1 * height) + margin,
        max(0, round(x0 * width) - margin) : round(x1 * width) + margin,
    ]
    if part.size == 0:
        return None
    paper = float(np.median(np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])))
    dark, light = float(np.percentile(part, 3)), float(np.percentile(part, 97))
    full = dark if paper - dark > light - paper else light
    if abs(full - paper) < _CONTRAST:
        return None
    ink: Grey = np.clip((part - paper) / (full - paper), 0, 1)
    return ink


def _runs(ink: Grey, text: str) -> list[tuple[int, int]] | None:
    """The columns of each letter, first and past the last: where paper parts them, else the likeliest cuts."""
    strongest = ink.max(axis=0)
    for least in _LEAST_INK:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (strongest > least).astype(np.int8), [0]])))
        runs = [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
        if len(runs) == len(text):
            return runs
    return _cut(ink, text)


def _cut(ink: Grey, text: str) -> list[tuple[int, int]] | None:
    """Cuts through the least ink that give every letter about its usual breadth."""
    inked = np.flatnonzero(ink.max(axis=0) > _LEAST_INK[2])
    if inked.size < 3 * len(text):
        return None
    start, end = int(inked[0]), int(inked[-1]) + 1
    through = np.append(ink.sum(axis=0)[start:end], 0.0)
    breadths = [_BREADTHS.get(char, 1.25 if char.isupper() else 1.0) for char in text]
    unit = (end - start) / sum(breadths)
    columns = end - start + 1
    best = np.full(columns, np.inf)
    best[0] = 0
    came = np.zeros((len(text), columns), dtype=np.int64)
    for place, breadth in enumerate(breadths):
        wanted = unit * breadth
        following = np.full(columns, np.inf)
        for wide in range(max(1, round(wanted * 0.5)), min(columns, round(wanted * 1.6) + 1)):
            cost = best[: columns - wide] + _STRETCH * (wide / wanted - 1) ** 2 + through[wide:]
            better = cost < following[wide:]
            following[wide:][better] = cost[better]
            came[place, wide:][better] = wide
        best = following
    if not np.isfinite(best[-1]):
        return None
    runs, at = [], columns - 1
    for place in range(len(text) - 1, -1, -1):
        wide = int(came[place, at])
        runs.append((start + at - wide, start + at))
        at -= wide
    return runs[::-1]


def _digit(ink: Grey, char: str, place: int, run: tuple[int, int]) -> Digit | None:
    part = ink[:, run[0] : run[1]]
    rows = _extent(part.max(axis=1))
    columns = _extent(part.max(axis=0))
    if rows is None or columns is None or rows[1] - rows[0] < _SMALLEST:
        return None
    tall = rows[1] - rows[0]
    middle = run[0] + (columns[0] + columns[1]) / 2
    return Digit(char, place, middle, tall, _views(ink, middle, rows))


def _views(ink: Grey, middle: float, rows: tuple[float, float]) -> Grey:
    """The digit's ink around its middle, a little narrower than tall, on TALL x BROAD and seen through nine frames."""
    half = (rows[1] - rows[0]) / 2
    box = (middle - half * 0.84 + TALL, rows[0], middle + half * 0.84 + TALL, rows[1])
    whole = Image.fromarray(np.pad(ink, ((0, 0), (TALL, TALL)))).transform(
        (BROAD, TALL), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR
    )
    shape = np.asarray(whole, dtype=np.float32)
    views = np.stack(
        [shape[down : TALL - 2 + down, over : BROAD - 2 + over].ravel() for down in range(3) for over in range(3)]
    )
    views = views - views.mean(axis=1, keepdims=True)
    found: Grey = views / (np.linalg.norm(views, axis=1, keepdims=True) + np.float32(1e-6))
    return found


def _extent(profile: Grey) -> tuple[float, float] | None:
    """Where a profile first rises over half its top and last falls below, between pixels by proportion."""
    level = float(profile.max()) / 2
    over = np.flatnonzero(profile >= level)
    if level <= 0 or over.size == 0:
        return None
    first, last = int(over[0]), int(over[-1])
    start, end = float(first), float(last + 1)
    if first > 0:
        low, high = float(profile[first - 1]), float(profile[first])
        start = first + 0.5 - (high - level) / max(high - low, 1e-3)
    if last + 1 < profile.size:
        high, low = float(profile[last]), float(profile[last + 1])
        end = last + 0.5 + (high - level) / max(high - low, 1e-3)
    return start, end
