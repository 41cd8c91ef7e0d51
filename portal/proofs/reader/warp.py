"""Moving between the upright picture people see and the straightened picture the engine reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Point = tuple[float, float]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Straightened:
    """A picture made for reading, and the way back from its pixels to the upright picture's pixels."""

    picture: Image.Image
    back: Matrix

    def on_the_upright(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The smallest upright box around a box of the straightened picture, in upright pixels."""
        return _around(box, self.back)

    def from_the_upright(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The smallest box of the straightened picture around a box of the upright one, both in pixels."""
        return _around(box, np.linalg.inv(self.back).astype(np.float64))


def from_sheet(upright: Image.Image, corners: Sequence[Point], width: int) -> Straightened:
    """The sheet between four corners (upright pixels, clockwise from top left) as a rectangle of this width."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    across = (math.dist((ax, ay), (bx, by)) + math.dist((dx, dy), (cx, cy))) / 2
    down = (math.dist((ax, ay), (dx, dy)) + math.dist((bx, by), (cx, cy))) / 2
    height = max(1, round(width * down / max(across, 1.0)))
    target = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    return _transformed(upright, _homography(target, list(corners)), (width, height))


def levelled(upright: Image.Image, degrees: float, width: int) -> Straightened:
    """The whole picture turned counter-clockwise by some degrees about its middle and scaled to this width."""
    factor = width / upright.width
    size = (width, max(1, round(upright.height * factor)))
    if degrees == 0.0:
        back = np.diag([1 / factor, 1 / factor, 1.0])
        return Straightened(upright.resize(size, Image.Resampling.LANCZOS), back)
    turn = math.radians(degrees)
    cos, sin = math.cos(turn), math.sin(turn)
    middle_x, middle_y = upright.width / 2, upright.height / 2
    there = np.array(
        [
            [cos / factor, -sin / factor, middle_x - cos * middle_x + sin * middle_y],
            [sin / factor, cos / factor, middle_y - sin * middle_x - cos * middle_y],
            [0.0, 0.0, 1.0],
        ]
    )
    return _transformed(upright, there, size)


def _around(box: tuple[float, float, float, float], move: Matrix) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    found = move @ np.array([[x0, x1, x1, x0], [y0, y0, y1, y1], [1.0, 1.0, 1.0, 1.0]])
    xs, ys = found[0] / found[2], found[1] / found[2]
    return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())


def _transformed(upright: Image.Image, back: Matrix, size: tuple[int, int]) -> Straightened:
    numbers = (back / back[2, 2]).flatten()[:8]
    picture = upright.transform(
        size, Image.Transform.PERSPECTIVE, [float(number) for number in numbers], Image.Resampling.BICUBIC,
        fillcolor=255,
    )  # fmt: skip
    return Straightened(picture, back / back[2, 2])


def _homography(source: list[Point], target: list[Point]) -> Matrix:
    """The projective map that takes four points to four others."""
    rows: list[list[float]] = []
    right: list[float] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right.extend((u, v))
    solved = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64))
    return np.append(solved, 1.0).reshape(3, 3)
