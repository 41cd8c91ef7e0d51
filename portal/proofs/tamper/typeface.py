"""A value in a picture whose digits are shaped unlike the same digits elsewhere on the page.

Whoever changes an amount must write its figures himself, and seldom has the bank's typeface, its sharpness and the
compression it went through. Every page brings its own measure: how much its other digits differ among themselves.
Source: docs/rules/reading.md, signal digits_unlike_others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from portal.proofs.tamper.digits import Digit, Figures, figures, together
from portal.proofs.types import Box, FieldValue, Page, Signal

#: digits within this share of a value's height are of its size
_ALIKE_HIGH = 0.3
#: how many digits must be compared, and how many of the page among themselves
_FEWEST, _FEWEST_USUAL = 2, 8
#: times the page's own differences: unusual for the amount, for fields that are misread more often, and certain
_UNUSUAL, _UNUSUAL_ELSEWHERE, _CERTAIN = 1.45, 2.5, 6.0
_FEWEST_ELSEWHERE = 5
#: pixels; the shapes of lower digits say nothing
_LEGIBLE = 8.0
#: differences below this are those of rounding
_ROUNDING = 0.012
#: by how much an amount's steps from digit to digit must differ from all others on the page
_OTHER_PITCH = 0.06
#: accounts are left out: their masks of dots and crosses are misread too often
_WORDS = {"amount": "the amount", "date": "the date"}


#: a digit and how far it is from the likest of the same
_Distance = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a value's digits compare with the page's."""

    #: the digits' distances as multiples of the page's own, extremes left out
    times: float
    compared: int
    #: share by which the nearest pitch of the page differs; None when there is nothing to compare
    pitch: float | None
    #: of the value's digits, in pixels
    height: float


def signals(picture: Image.Image, page: Page, values: Sequence[tuple[str, FieldValue]]) -> list[Signal]:
    """A signal for each value whose digits are foreign to the page.

    picture: the upright page; page: its words; values: field names and what was read for them.
    """
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    written = [(word.box, digits) for word in page.words if (digits := figures(grey, word)) is not None]
    found: list[Signal] = []
    for name, value in values:
        if name not in _WORDS:
            continue
        how = likeness(written, value.box)
        grave = None if how is None else severity(name, how)
        if grave is not None:
            words = f"The digits of {_WORDS[name]} look unlike the same digits elsewhere in the picture."
            found.append(Signal("digits_unlike_others", grave, words, value.page, value.box))
        elif name == "amount" and not _is_comparable(how):
            words = "The digits of the amount are too small, or too few others stand beside them, to be compared."
            found.append(Signal("digits_not_compared", "warn", words, value.page, value.box))
    return found


def _is_comparable(how: Likeness | None) -> bool:
    """Whether a comparison that found nothing says that there is nothing."""
    return how is not None and how.height >= _LEGIBLE and (how.compared >= _FEWEST or how.pitch is not None)


def severity(name: str, how: Likeness) -> str | None:
    """What a comparison is worth as a signal: bad, warn or nothing."""
    if name != "amount":
        return "warn" if how.compared >= _FEWEST_ELSEWHERE and how.times > _UNUSUAL_ELSEWHERE else None
    if how.compared >= _FEWEST and how.times > _UNUSUAL:
        return "bad" if how.times > _CERTAIN and how.compared >= _FEWEST_ELSEWHERE else "warn"
    return "warn" if how.pitch is not None and how.pitch > _OTHER_PITCH else None


def likeness(written: Sequence[tuple[Box, Figures]], box: Box) -> Likeness | None:
    """Compares the digits inside a box with all others: shapes with those of about their height, pitch with any.

    A display size is set in another weight, so shapes say nothing there. None when there is too little to compare.
    """
    own = together([found for place, found in written if _inside(place, box)])
    if own is None:
        return None
    others = [found for place, found in written if not _inside(place, box)]
    alike = [found for found in others if abs(found.height / own.height - 1) < _ALIKE_HIGH]
    apart = _distances(own, alike)
    among = [far for at, one in enumerate(alike) for far in _distances(one, alike[:at] + alike[at + 1 :])]
    pitch = _pitch_apart(own, alike or others)
    if not apart or len(among) < _FEWEST_USUAL:
        return None if pitch is None else Likeness(0.0, 0, pitch, own.height)
    return Likeness(_times(apart, among), len(apart), pitch, own.height)


def _times(apart: Sequence[_Distance], among: Sequence[_Distance]) -> float:
    """The mean of each digit's distance over what is usual for it: half the page's median, half its own."""
    median = float(np.median([far for _, far in among]))
    shares = []
    for char, far in apart:
        same = [other for known, other in among if known == char]
        usual = (median + float(np.median(same or [median]))) / 2
        shares.append(far / max(usual, _ROUNDING))
    shares.sort()
    return float(np.mean(shares[1:-1] if len(shares) >= 5 else shares))  # one misread digit is no forgery


def _pitch_apart(own: Figures, others: Sequence[Figures]) -> float | None:
    pitches = [pitch for found in others if len(found.steps) > 1 and (pitch := found.pitch) is not None]
    if own.pitch is None or len(own.steps) < 2 or len(pitches) < 2:
        return None
    return min(abs(own.pitch / pitch - 1) for pitch in pitches)


def _distances(own: Figures, others: Sequence[Figures]) -> list[_Distance]:
    """For each digit that also stands elsewhere: how far it is from the likest of them."""
    known: dict[str, list[Digit]] = {}
    for found in others:
        for digit in found.digits:
            known.setdefault(digit.char, []).append(digit)
    return [
        (digit.char, min(digit.apart(other) for other in known[digit.char]))
        for digit in own.digits
        if digit.char in known
    ]


def _inside(word: Box, value: Box) -> bool:
    near = 1e-6
    return all(word[at] >= value[at] - near and word[at + 2] <= value[at + 2] + near for at in (0, 1))
