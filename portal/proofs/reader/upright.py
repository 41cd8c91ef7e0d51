"""Which way up a picture is, and how far it leans.

All measured on small grey copies with numpy: a few milliseconds each.
Source: docs/rules/reading.md, D6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]
_SMALL = 700


def ink(picture: Image.Image, size: int = _SMALL) -> Grey:
    """How much each pixel differs from its surroundings, 0 to 1: text on paper of any colour and light."""
    small = picture.convert("L")
    small.thumbnail((size, size), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.float32)
    difference = np.abs(grey - blurred(grey, 12))
    return np.asarray(np.clip((difference - 12) / 60, 0, 1), dtype=np.float32)


def text_runs_across(picture: Image.Image) -> bool:
    """Whether lines of text run left to right (or right to left) rather than up or down.

    Rows of text alternate with gaps, so the ink per row varies far more than the ink per column. Most pictures come
    upright, so a near tie (a square code on the page) is taken for upright.
    """
    marks = ink(picture)
    return bool(_raggedness(marks.sum(axis=1)) >= 0.5 * _raggedness(marks.sum(axis=0)))


def is_blank(picture: Image.Image) -> bool:
    """Whether there is nothing on the picture that could be a line of text."""
    return float((ink(picture) > 0.25).mean()) < 0.0003


def lean(picture: Image.Image, limit: float = 12.0) -> float:
    """Degrees by which the picture must be turned counter-clockwise for its lines to be level.

    Searched coarse on a half of the size, then fine; 0.0 when turning gains nothing worth it.
    """
    marks = Image.fromarray((ink(picture, 600) * 255).astype(np.uint8))
    half = marks.resize((max(1, marks.width // 2), max(1, marks.height // 2)), Image.Resampling.BOX)
    coarse = range(int(-limit), int(limit) + 1)
    best = float(max(coarse, key=lambda angle: _row_score(half, angle)))
    fine = {best + step * 0.25: _row_score(marks, best + step * 0.25) for step in range(-3, 4)}
    angle = max(fine, key=lambda candidate: fine[candidate])
    return angle if fine[angle] > _row_score(marks, 0.0) * 1.04 else 0.0


def _raggedness(profile: NDArray[np.float32]) -> float:
    if profile.size < 3 or profile.mean() < 1e-6:
        return 0.0
    return float(np.square(np.diff(profile)).mean() / np.square(profile).mean())


def _row_score(marks: Image.Image, angle: float) -> float:
    turned = np.asarray(marks.rotate(angle, Image.Resampling.BILINEAR), dtype=np.float32)
    return float(np.square(np.diff(turned.sum(axis=1))).sum())


def blurred(grey: Grey, radius: int) -> Grey:
    """Box blur by running sums; edges repeat."""
    size = 2 * radius + 1
    padded = np.pad(grey, radius, mode="edge")
    rows = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    rows = rows[size:] - rows[:-size]
    columns = np.cumsum(np.pad(rows, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    return np.asarray((columns[:, size:] - columns[:, :-size]) / size**2, dtype=np.float32)
