"""Charts drawn by the server as SVG: no script, print well, follow the theme, read aloud as one sentence.

Positions are per cent of the width, heights and text are CSS pixels, so a chart stretches without stretching its text.
Geometry is whole tenths: amounts stay whole cents to the end.
Source: docs/rules/pages.md, W4 and W11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

_TALL = 1760  # tenths of a pixel: the plot of a bar chart, without its labels
_FLOOR = 190


@dataclass(frozen=True, slots=True)
class Bar:
    """One day. solid and hatched in any whole unit; words are its tooltip."""

    label: str
    solid: int
    hatched: int
    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a row chart; tone is a class of the style sheet."""

    words: str
    count: int
    tone: str


def tenths(value: int) -> str:
    """``1234`` tenths as ``123.4``."""
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 10}.{abs(value) % 10}"


def nice_top(highest: int) -> int:
    """The first of 1, 2, 3, 4, 5, 6, 8 times a power of ten that is not below; the axis ends there."""
    power = 1
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if step * power >= highest:
                return step * power
        power *= 10


def stacked_bars(bars: Sequence[Bar], label: str, *, unit: int = 1) -> Markup:
    """Confirmed below, verified hatched on top. label says the finding in a sentence; unit divides the axis' numbers."""
    top = nice_top(max((bar.solid + bar.hatched for bar in bars), default=1) or 1)
    out = [_HATCH]
    for quarter in range(0, 5, 2):
        mark = top * quarter // 4
        y = _FLOOR * 10 - mark * _TALL // top
        out.append(_AXIS.format(tenths(y), tenths(y), tenths(y - 50), mark // unit if mark else ""))
    width = 900 // max(len(bars), 1)
    for number, bar in enumerate(bars):
        out.append(_bar(bar, 90 + number * width, width, top))
    return _svg(_FLOOR + 26, label, out)


def _bar(bar: Bar, x: int, width: int, top: int) -> Markup:
    low, tall = bar.solid * _TALL // top, bar.hatched * _TALL // top
    wide = width * 74 // 100
    parts = []
    if bar.solid:
        parts.append(_RECT.format("bar-1", tenths(x), tenths(wide), tenths(_FLOOR * 10 - low), tenths(low), bar.words))
    if bar.hatched:
        y = _FLOOR * 10 - low - tall - (10 if bar.solid else 0)
        parts.append(_RECT.format("bar-2", tenths(x), tenths(wide), tenths(y), tenths(tall), bar.words))
    if bar.label:
        middle = tenths(x + wide // 2)
        parts.append(_LABEL.format("strong" if bar.strong else "", middle, _FLOOR + 18, bar.label))
    return Markup("").join(parts)


def shares(amounts: Sequence[int], label: str) -> Markup:
    """One bar cut into parts in their order; the table beside it has the numbers."""
    total, x, out = sum(amounts) or 1, 0, []
    for number, amount in enumerate(amounts):
        wide = amount * 1000 // total
        if wide:
            out.append(_SHARE.format(number, tenths(x), tenths(max(2, wide - 6))))
        x += wide
    return _svg(22, label, out)


def rate_line(per_mille: Sequence[int | None], label: str, *, goal: int, first: str, last: str) -> Markup:
    """A line of rates in per mille, oldest first; weeks without a rate are gaps. first and last name the ends."""
    known = [rate for rate in per_mille if rate is not None]
    low, high = max(0, min([*known, goal]) - 50), min(1000, max([*known, goal]) + 20)
    step = 920 // max(len(per_mille) - 1, 1)

    def y(rate: int) -> int:
        return (high - rate) * 840 // max(high - low, 1) + 60

    points = [None if rate is None else (number * step, y(rate)) for number, rate in enumerate(per_mille)]
    out = [_GOAL.format(tenths(y(goal)), tenths(y(goal)), tenths(y(goal) - 60), tenths(goal))]
    for before, after in pairwise(points):
        if before and after:
            out.append(_PIECE.format(*(tenths(each) for each in (*before, *after))))
    out.extend(_SPOT.format(tenths(x), tenths(at)) for x, at in _lonely(points))
    ends = [(point, rate) for point, rate in zip(points, per_mille, strict=True) if point is not None]
    if ends:
        (x, at), rate = ends[-1]
        out.append(_DOT.format(tenths(x), tenths(at), tenths(max(at - 120, 100)), tenths(rate or 0)))
    out.append(_ENDS.format(first, last))
    return _svg(114, label, out)


def _lonely(points: Sequence[tuple[int, int] | None]) -> list[tuple[int, int]]:
    """Points without a neighbour: no line reaches them, so each is a spot."""
    around = [None, *points, None]
    return [
        at for before, at, after in zip(around, points, around[2:], strict=False) if at and not before and not after
    ]


def row_bars(rows: Sequence[Line], label: str) -> Markup:
    """Rows of words, a bar and its count."""
    most = max((row.count for row in rows), default=1) or 1
    out = []
    for number, row in enumerate(rows):
        wide = row.count * 560 // most
        y = number * 28
        out.append(_ROW.format(y + 15, row.words, row.tone, y + 3, tenths(wide), tenths(340 + wide), y + 15, row.count))
    return _svg(28 * len(rows), label, out)


def _svg(height: int, label: str, parts: Sequence[Markup]) -> Markup:
    frame = Markup('<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}</svg>')
    return frame.format(height, label, Markup("").join(parts))


_HATCH = Markup(
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>'
)
_AXIS = Markup('<line class="axis" x1="0" x2="100%" y1="{}" y2="{}"/><text x="0" y="{}">{}</text>')
_RECT = Markup('<rect class="{}" x="{}%" width="{}%" y="{}" height="{}" rx="2"><title>{}</title></rect>')
_LABEL = Markup('<text class="{}" x="{}%" y="{}" text-anchor="middle">{}</text>')
_SHARE = Markup('<rect class="age-{}" x="{}%" width="{}%" height="22" rx="3"/>')
_GOAL = Markup('<line class="goal" x1="0" x2="100%" y1="{}" y2="{}"/><text x="0" y="{}">goal {} %</text>')
_PIECE = Markup('<line class="line" x1="{}%" y1="{}" x2="{}%" y2="{}"/>')
_DOT = Markup(
    '<circle class="dot" cx="{}%" cy="{}" r="4"/><text class="strong" x="100%" y="{}" text-anchor="end">{} %</text>'
)
_SPOT = Markup('<circle class="dot" cx="{}%" cy="{}" r="3"/>')
_ENDS = Markup('<text x="0" y="110">{}</text><text x="92%" y="110" text-anchor="end">{}</text>')
_ROW = Markup(
    '<text x="0" y="{}">{}</text><rect class="{}" x="32%" y="{}" width="{}%" height="16" rx="3"/>'
    '<text class="strong" x="{}%" y="{}">{}</text>'
)
