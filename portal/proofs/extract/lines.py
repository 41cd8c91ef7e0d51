"""Words become lines and cells by where they stand, never by the order in which they came.

Places are in widths of the page, so that across and down have one scale.
Source: docs/rules/reading.md, D8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from portal.proofs.types import Box, Page, Word

#: a gap wider than this many letter heights parts two cells of a line
CELL_GAP = 1.15
#: how far, in letter heights, a word may stand above or below its row: near its neighbour, and across a gap
_SAME_LINE, _SAME_LINE_FAR = 0.45, 0.62

_PROSE_WORDS = 8
#: no page that was set upright leans more: a slope of 6 in 100
_STEEPEST = 0.08


@dataclass(frozen=True, slots=True)
class Token:
    """A word and its place in page widths."""

    word: Word
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def text(self) -> str:
        return self.word.text

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together on a line."""

    tokens: tuple[Token, ...]
    line: int
    page: int

    @property
    def x0(self) -> float:
        return self.tokens[0].x0

    @property
    def x1(self) -> float:
        return max(token.x1 for token in self.tokens)

    @property
    def y0(self) -> float:
        return min(token.y0 for token in self.tokens)

    @property
    def y1(self) -> float:
        return max(token.y1 for token in self.tokens)

    @property
    def height(self) -> float:
        return median(token.height for token in self.tokens)

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one line, left to right; ``at`` counts lines of the document from its top."""

    cells: tuple[Cell, ...]
    at: int
    page: int

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def y(self) -> float:
        return self.cells[0].y0


def lines_of(pages: Sequence[Page]) -> tuple[Line, ...]:
    """All lines of a document, page by page, top to bottom."""
    found: list[Line] = []
    for page in pages:
        for row in _rows_of(page):
            at = len(found)
            found.append(Line(tuple(_cells(row, at, page.number)), at, page.number))
    return tuple(found)


def paragraphs_of(lines: Sequence[Line], page: int) -> Iterable[tuple[Token, ...]]:
    """Each cell's words, and those of the lines that continue a long one: sentences run over line ends."""
    on_page = [line for line in lines if line.page == page and line.cells]
    for at, line in enumerate(on_page):
        for cell in line.cells:
            tokens = list(cell.tokens)
            for below in on_page[at + 1 : at + 4] if _is_prose(line) else ():
                first = below.cells[0]
                if abs(first.x0 - cell.x0) > cell.height or first.y0 - tokens[-1].y1 > cell.height:
                    break
                tokens.extend(token for part in below.cells for token in part.tokens)
                if not _is_prose(below):
                    break
            yield tuple(tokens)


def _is_prose(line: Line) -> bool:
    """A line that fills the width with many words in one cell."""
    return len(line.cells) == 1 and len(line.cells[0].tokens) >= _PROSE_WORDS


def box_around(tokens: Iterable[Token]) -> Box:
    """The smallest box around some words, in fractions of their page."""
    boxes = [token.word.box for token in tokens]
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def in_reading_order(page: Page) -> tuple[Word, ...]:
    """The words of a page line by line, left to right."""
    return tuple(token.word for row in _rows_of(page) for token in row)


@lru_cache(maxsize=16)
def _rows_of(page: Page) -> list[list[Token]]:
    """The rows of a page, asked for by whoever reads it and by whoever keeps it."""
    return _rows([_token(word, page) for word in page.words if word.text.strip()])


def _token(word: Word, page: Page) -> Token:
    tall = page.height / max(page.width, 1)
    x0, y0, x1, y1 = word.box
    return Token(word, x0, y0 * tall, x1, y1 * tall)


def _rows(tokens: list[Token]) -> list[list[Token]]:
    """Rows of words. A page that leans, or leans more below than above, is read twice: rough rows tell its slopes."""
    if not tokens:
        return []
    usual = median(token.height for token in tokens)
    level = _Slopes(_slope_of_neighbours(tokens, usual), 0.0)
    rough = _chained(tokens, usual, level)
    slopes = _slopes_of(rough) or level
    rows = _chained(tokens, usual, slopes)
    return sorted(rows, key=lambda row: row[0].middle - slopes.at(row[0].middle) * row[0].x0)


@dataclass(frozen=True, slots=True)
class _Slopes:
    """How much a line falls per page width, by how far down it is."""

    start: float
    change: float

    def at(self, y: float) -> float:
        return self.start + self.change * y


def _chained(tokens: list[Token], usual: float, slopes: _Slopes) -> list[list[Token]]:
    """Each word joins the row whose last word it continues best."""
    rows: list[list[Token]] = []
    levels: list[float] = []  # where each row's last word stands; kept beside, since most rows are far away
    for token in sorted(tokens, key=lambda token: token.x0):
        middle, reach = token.middle, token.height + usual
        best, distance = -1, 1.0
        for at, level in enumerate(levels):
            if abs(level - middle) < reach + _STEEPEST * token.x1:
                off = _off(token, rows[at][-1], usual, slopes)
                if off < distance:
                    best, distance = at, off
        if best < 0:
            rows.append([token])
            levels.append(middle)
        else:
            rows[best].append(token)
            levels[best] = middle
    return rows


def _off(token: Token, last: Token, usual: float, slopes: _Slopes) -> float:
    """How far a word is from where the row's next word must stand; 1 is too far."""
    gap = token.x0 - last.x1
    if gap < -0.5 * max(last.height, usual):
        return 1.0
    expected = last.middle + slopes.at(last.middle) * (token.x0 + token.x1 - last.x0 - last.x1) / 2
    allowed = _SAME_LINE if gap < 2 * usual else _SAME_LINE_FAR
    return abs(token.middle - expected) / max(min(token.height, last.height), 0.6 * usual) / allowed


def _slope_of_neighbours(tokens: list[Token], usual: float) -> float:
    """The median slope from each word to its nearest neighbour on the right; 0 when there are too few."""
    found: list[float] = []
    ordered = sorted(tokens, key=lambda token: token.x0)
    for at, left in enumerate(ordered):
        nearest: Token | None = None
        for right in ordered[at + 1 :]:
            gap = right.x0 - left.x1
            if gap > 1.2 * usual:
                break
            if gap > -0.2 * usual and abs(right.middle - left.middle) < 0.45 * usual and nearest is None:
                nearest = right
        if nearest is not None:
            found.append((nearest.middle - left.middle) / max((nearest.x0 + nearest.x1 - left.x0 - left.x1) / 2, usual))
    slope = median(found) if len(found) >= 12 else 0.0
    return slope if abs(slope) < _STEEPEST else 0.0


def _slopes_of(rows: list[list[Token]]) -> _Slopes | None:
    """Slopes from the long rows: the median of the upper and of the lower half, and the line between them."""
    found: list[tuple[float, float]] = []
    for row in rows:
        reach = row[-1].x0 - row[0].x0
        if len(row) >= 5 and reach > 0.25:
            third = max(1, len(row) // 3)
            left, right = row[:third], row[-third:]
            rise = median(token.middle for token in right) - median(token.middle for token in left)
            apart = median(token.x0 + token.x1 for token in right) - median(token.x0 + token.x1 for token in left)
            found.append((row[0].middle, 2 * rise / apart))
    if len(found) < 6:
        return None
    found.sort()
    upper, lower = found[: len(found) // 2], found[len(found) // 2 :]
    y0, y1 = median(y for y, _ in upper), median(y for y, _ in lower)
    s0, s1 = median(slope for _, slope in upper), median(slope for _, slope in lower)
    if max(abs(s0), abs(s1)) > _STEEPEST or y1 - y0 < 0.05:
        return None
    change = (s1 - s0) / (y1 - y0)
    return _Slopes(s0 - change * y0, change)


def _cells(row: list[Token], at: int, page: int) -> Iterable[Cell]:
    height = median(token.height for token in row)
    cell = [row[0]]
    for token in row[1:]:
        if token.x0 - cell[-1].x1 > CELL_GAP * min(height, 1.4 * max(cell[-1].height, token.height)):
            yield Cell(tuple(cell), at, page)
            cell = []
        cell.append(token)
    yield Cell(tuple(cell), at, page)
