"""A region pasted into a picture: its background has another noise than that of the words around it.

A screenshot has no noise at all, a scan or a compressed picture has much the same everywhere; a patch from elsewhere
brings its own, or is too clean. Photos, where light and focus change across the page, are judged for that last trace only.
Source: docs/rules/reading.md, signal pasted_region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from portal.proofs.types import Box, FieldValue, Page, Signal

Grey = NDArray[np.float32]
#: grey levels: how near to the paper's a pixel is paper, how far from it is ink
_PAPER_WITHIN, _INK_BEYOND = 14, 40
_FEWEST_PIXELS, _FEWEST_WORDS = 30, 20
#: what counts as a picture without noise, and as noise in one
_CLEAN, _CLEAN_ACTIVE = 0.3, 0.03
_FOREIGN, _FOREIGN_ACTIVE = 1.0, 0.08
#: in pictures with even noise: how many times the usual, and how far out of its spread
_TIMES, _SPREADS = 1.4, 2.5
_TOO_CLEAN = 0.2
_WORDS = {
    "amount": "the amount", "reference": "the reference", "beneficiary_account": "the account", "date": "the date",
    "beneficiary_name": "the beneficiary", "trace_id": "the bank's number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Noise:
    """The background of a word: spread of its grey levels, share of pixels that differ from their neighbours, its level."""

    spread: float
    active: float
    level: float
    pixels: int


@dataclass(frozen=True, slots=True)
class _Usual:
    """The page's backgrounds taken together."""

    spread: float
    deviation: float
    active: float
    is_flat: bool


def signals(picture: Image.Image, page: Page, values: Sequence[tuple[str, FieldValue]]) -> list[Signal]:
    """A signal for each value whose background is unlike that of the page's other words.

    picture: the upright page; page: its words; values: field names and what was read for them.
    """
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    rough = _roughness(grey)
    measured = [noise for word in page.words if (noise := _noise(grey, rough, word.box)) is not None]
    if len(measured) < _FEWEST_WORDS:
        return []
    usual = _usual(measured)
    found = [
        (name, value, noise) for name, value in values if (noise := _of_value(grey, rough, page, value)) is not None
    ]
    suspects = [(name, value) for name, value, noise in found if _is_foreign(noise, usual)]
    if len(suspects) > len(found) / 2:
        return []  # most values differ from the small print: that is how this page is
    return [
        Signal(
            "pasted_region", "bad" if name in ("amount", "beneficiary_account") else "warn",
            f"The background of {_WORDS[name]} has another grain than the rest of the picture.", value.page, value.box,
        )
        for name, value in suspects
    ]  # fmt: skip


def _is_foreign(noise: _Noise, usual: _Usual) -> bool:
    if usual.spread < _CLEAN and usual.active < _CLEAN_ACTIVE:
        return noise.spread > _FOREIGN and noise.active > _FOREIGN_ACTIVE
    if noise.spread < _TOO_CLEAN * usual.spread and noise.active < _TOO_CLEAN * usual.active and usual.spread > 1.5:
        return True
    far = (noise.spread - usual.spread) / usual.deviation
    return usual.is_flat and usual.spread > 0.5 and noise.spread > _TIMES * usual.spread and far > _SPREADS


def _usual(measured: Sequence[_Noise]) -> _Usual:
    spreads = np.array([noise.spread for noise in measured])
    middle = float(np.median(spreads))
    deviation = float(np.median(np.abs(spreads - middle))) * 1.48 + 0.05
    levels = np.array([noise.level for noise in measured])
    active = float(np.median([noise.active for noise in measured]))
    return _Usual(middle, deviation, active, float(np.percentile(levels, 90) - np.percentile(levels, 10)) < 3)


def _of_value(grey: Grey, rough: Grey, page: Page, value: FieldValue) -> _Noise | None:
    """The backgrounds of a value's words, weighted by their pixels."""
    parts = [
        noise
        for word in page.words
        if _inside(word.box, value.box) and (noise := _noise(grey, rough, word.box)) is not None
    ]
    pixels = sum(part.pixels for part in parts)
    if pixels < 2 * _FEWEST_PIXELS:
        return None
    return _Noise(
        sum(part.spread * part.pixels for part in parts) / pixels,
        sum(part.active * part.pixels for part in parts) / pixels,
        sum(part.level * part.pixels for part in parts) / pixels,
        pixels,
    )


def _noise(grey: Grey, rough: Grey, box: Box) -> _Noise | None:
    """The background around a word, its letters and what lies within two pixels of them left out."""
    height, width = grey.shape
    tall = (box[3] - box[1]) * height
    if tall < 6:
        return None
    left, right = max(0, int(box[0] * width - tall * 0.35)), int(box[2] * width + tall * 0.35) + 1
    top, bottom = max(0, int(box[1] * height - tall * 0.3)), int(box[3] * height + tall * 0.3) + 1
    part = grey[top:bottom, left:right]
    if part.size < 2 * _FEWEST_PIXELS:
        return None
    level = float(np.percentile(part, 80))
    away = np.abs(part - level)
    background = (away < _PAPER_WITHIN) & ~_widened(away > _INK_BEYOND)
    pixels = int(background.sum())
    if pixels < _FEWEST_PIXELS:
        return None
    active = float((np.abs(rough[top:bottom, left:right][background]) > 0.5).mean())
    return _Noise(float(part[background].std()), active, level, pixels)


def _roughness(grey: Grey) -> Grey:
    """How far each pixel is from the mean of its four neighbours."""
    rough = np.zeros_like(grey)
    rough[1:-1, 1:-1] = grey[1:-1, 1:-1] - (grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]) / 4
    return rough


def _widened(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    for _ in range(2):
        wider = ink.copy()
        wider[1:] |= ink[:-1]
        wider[:-1] |= ink[1:]
        wider[:, 1:] |= ink[:, :-1]
        wider[:, :-1] |= ink[:, 1:]
        ink = wider
    return ink


def _inside(word: Box, value: Box) -> bool:
    return (
        word[0] >= value[0] - 1e-6
        and word[1] >= value[1] - 1e-6
        and word[2] <= value[2] + 1e-6
        and word[3] <= value[3] + 1e-6
    )
