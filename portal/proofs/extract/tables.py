"""Tables: a line of labels, and below it the values in the columns they head.

Source: docs/rules/reading.md, D16; business banking prints one payment as the only row of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.proofs.extract.composed import composed
from portal.proofs.extract.labels import LONGEST, Found, Lexicon, squeezed
from portal.proofs.extract.lines import Cell, Line, Token
from portal.proofs.extract.spots import IN_TABLE, Place, Spot

_FEWEST_COLUMNS = 3
_ROWS_BELOW = 3
#: in letter heights: words of one heading stand closer than this
_SPACE = 0.7
#: a line of so many words in one piece is the sentence below a table
_PROSE = 9


@dataclass(frozen=True, slots=True)
class _Column:
    found: Found
    tokens: tuple[Token, ...]

    @property
    def x0(self) -> float:
        return self.tokens[0].x0

    @property
    def x1(self) -> float:
        return self.tokens[-1].x1


def tables_in(lines: Sequence[Line], lexicon: Lexicon) -> tuple[list[Spot], set[int]]:
    """The labels of every table with one row of values, and the numbers of the lines the tables take.

    A table with several rows tells of several payments; its labels have no value.
    """
    found: list[Spot] = []
    taken: set[int] = set()
    for line in lines:
        columns = _columns(line, lexicon)
        if columns is None:
            continue
        rows = _rows(lines, line, columns, lexicon)
        if not rows:
            continue
        taken |= {line.at, *(row.at for row in rows)}
        several = sum(any(letter.isdigit() for letter in row.text) for row in rows) > 1 and not _one_row(rows)
        values = (
            [[] for _ in columns] if several else _spread([token for row in rows for token in _tokens(row)], columns)
        )
        for column, tokens in zip(columns, values, strict=True):
            places = (Place(IN_TABLE, tuple(tokens)),) if tokens else ()
            found.append(Spot(column.found, column.tokens, line.at, line.page, True, places))
    return found, taken


def _columns(line: Line, lexicon: Lexicon) -> list[_Column] | None:
    """The labels a line consists of, all of it; None when it is no heading of a table."""
    tokens = _tokens(line)
    if len(tokens) < _FEWEST_COLUMNS or any(token.text.endswith(":") for token in tokens):
        return None
    columns: list[_Column] = []
    at = 0
    while at < len(tokens):
        column = _label_at(tokens, at, lexicon)
        if column is None or column.found.kind.startswith("heading_"):
            return None
        columns.append(column)
        at += len(column.tokens)
    kinds = {column.found.kind for column in columns}
    return columns if len(columns) >= _FEWEST_COLUMNS and len(kinds) >= _FEWEST_COLUMNS else None


def _label_at(tokens: Sequence[Token], first: int, lexicon: Lexicon) -> _Column | None:
    """The longest label that begins with a word: a listed one, or one understood by its parts.

    Nobody listed the latter, so it is told from its neighbours by its even spaces.
    """
    space = min((right.x0 - left.x1 for left, right in pairwise(tokens)), default=0.0)
    for last in range(min(first + LONGEST, len(tokens)), first, -1):
        part = tokens[first:last]
        widest = max((right.x0 - left.x1 for left, right in pairwise(part)), default=0.0)
        height = part[0].height
        if widest > 2 * height:
            continue
        found = lexicon.find(squeezed("".join(token.text for token in part)))
        if found is not None and found.closeness > 0.9:
            return _Column(found, tuple(part))
        if widest < min(_SPACE * height, 1.6 * space):
            found = composed([token.text for token in part])
            if found is not None:
                return _Column(found, tuple(part))
    return None


def _rows(lines: Sequence[Line], head: Line, columns: Sequence[_Column], lexicon: Lexicon) -> list[Line]:
    """The lines of values right below a heading, up to a gap, the next label or a line across the columns."""
    rows: list[Line] = []
    bottom = max(cell.y1 for cell in head.cells)
    height = head.cells[0].height
    for line in lines[head.at + 1 : head.at + 1 + _ROWS_BELOW]:
        if not line.cells:
            continue
        first = line.cells[0]
        far = min(cell.y0 for cell in line.cells) - bottom > 3 * height
        if line.page != head.page or far or ":" in first.text or _is_prose(line) or _is_heading(line, lexicon):
            break
        if rows and len(line.cells) == 1 and _is_beneath(rows[-1], first, columns):
            break
        rows.append(line)
        bottom = max(cell.y1 for cell in line.cells)
    return rows


def _is_beneath(row: Line, cell: Cell, columns: Sequence[_Column]) -> bool:
    """Whether a cell is what follows a table: it runs across the columns, or stands off in smaller print."""
    across = cell.x0 < columns[1].x0 < cell.x1 - cell.height
    usual, bottom = row.cells[0].height, max(each.y1 for each in row.cells)
    return across or (cell.height < 0.8 * usual and cell.y0 - bottom > 0.6 * usual)


def _is_prose(line: Line) -> bool:
    cell = line.cells[0]
    ended = any(token.text.endswith(".") for token in cell.tokens)
    return len(line.cells) == 1 and len(cell.tokens) >= _PROSE and ended


def _is_heading(line: Line, lexicon: Lexicon) -> bool:
    """Whether a line begins with a label rather than with a value that is called like one (``Immediate payment``)."""
    found = lexicon.find(squeezed(line.cells[0].text.split(":")[0]))
    if found is None:
        return False
    return found.kind != "payment_type" or not any(letter.isdigit() for letter in line.text)


def _one_row(rows: Sequence[Line]) -> bool:
    """Whether the lines are one row whose long values run over: later lines fill fewer columns, tightly."""
    if len(rows[0].cells) <= max(len(row.cells) for row in rows[1:]):
        return False
    return all(
        below.cells[0].y0 - max(cell.y1 for cell in above.cells) < 0.75 * above.cells[0].height
        for above, below in pairwise(rows)
    )


def _spread(tokens: Sequence[Token], columns: Sequence[_Column]) -> list[list[Token]]:
    """Each value word in the column it stands under: the one it overlaps, else the last that begins before it."""
    values: list[list[Token]] = [[] for _ in columns]
    previous: tuple[Token, int] | None = None
    for token in tokens:
        overlaps = [min(token.x1, column.x1) - max(token.x0, column.x0) for column in columns]
        at = max(range(len(columns)), key=lambda index: overlaps[index])
        if overlaps[at] <= 0:
            begun = [index for index, column in enumerate(columns) if column.x0 <= token.x0 + token.height]
            at = begun[-1] if begun else 0
        if previous is not None and abs(previous[0].middle - token.middle) < token.height / 2:
            gap = token.x0 - previous[0].x1
            if gap < 0.6 * token.height:  # words of one value are not parted by a column's edge
                at = previous[1]
        values[at].append(token)
        previous = (token, at)
    return values


def _tokens(line: Line) -> list[Token]:
    return [token for cell in line.cells for token in cell.tokens]
