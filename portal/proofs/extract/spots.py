"""Labels on a page and the words that stand where their values stand: beside, behind a colon, or below.

Source: docs/rules/reading.md, D16 (rows, columns, colon lists and cards).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.proofs.extract.banks import known_bank_exactly
from portal.proofs.extract.composed import composed
from portal.proofs.extract.labels import LONGEST, Found, Lexicon, squeezed
from portal.proofs.extract.lines import Cell, Line, Token

BESIDE, BELOW, BEHIND, IN_TABLE = "beside", "below", "behind", "in table"
#: a value in a card stands at most so many letter heights below its label
_CARD_REACH = 3.2
#: cells of a line that stand no further apart, in letter heights, are one value
_SAME_VALUE = 2.0
_LEADERS = ":;.-–—=_|>"
#: ``Amount (R)``, ``Amount (ZAR):``
_UNIT = re.compile(r"\((?:R|ZAR|rands?)\):?", re.I)
#: a cell of more words than this is a sentence, not a label with a value
_PROSE = 14
#: a line of a letter that is full holds so many words
_FULL_LINE = 8
#: the beginning of an amount that a narrow column broke, and what may follow
_BEGUN_FIGURE, _MORE_FIGURE = re.compile(r"(?:R|ZAR)? ?[0-9]{1,3}(?:[ ,][0-9]{3})*[,.]?"), re.compile(r"[0-9]{2,3}\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Words that may be a label's value, and where they stand seen from the label."""

    how: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A label on the page with the places where its value may stand, the likeliest first."""

    label: Found
    tokens: tuple[Token, ...]
    line: int
    page: int
    #: nothing but this label stands in its cell, or a colon follows it
    is_set_off: bool
    places: tuple[Place, ...]

    @property
    def x0(self) -> float:
        return self.tokens[0].x0

    @property
    def y0(self) -> float:
        return min(token.y0 for token in self.tokens)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label found in a cell: words first to last (exclusive)."""

    found: Found
    first: int
    last: int
    colon: bool


def spots_in(lines: Sequence[Line], lexicon: Lexicon) -> list[Spot]:
    """Every label on the pages, in reading order."""
    marks = {id(cell): _marks(cell, lexicon) for line in lines for cell in line.cells}
    for line in lines:
        for label, value in pairwise(line.cells):
            if marks[id(label)] and _is_label_cell(label, marks[id(label)][-1]):
                # beside a label stands its value, even where that begins like one: Reference | Account 4471
                marks[id(value)] = [mark for mark in marks[id(value)] if _is_label_cell(value, mark)]
    found: list[Spot] = []
    for line in lines:
        for at, cell in enumerate(line.cells):
            for number, mark in enumerate(marks[id(cell)]):
                following = marks[id(cell)][number + 1 :]
                behind = cell.tokens[mark.last : following[0].first if following else None]
                is_last = not following
                if is_last and mark.colon:
                    behind += _over_the_end(lines, line, cell, behind, marks)
                beside = _beside(line, at, mark, marks) if is_last else ()
                below = _below(lines, line.at, cell, mark, marks) if is_last else ()
                places = tuple(
                    Place(how, stripped)
                    for how, tokens in ((BEHIND, behind), (BESIDE, beside), (BELOW, below))
                    if (stripped := _without_leaders(tokens))
                )
                tokens = cell.tokens[mark.first : mark.last]
                alone = mark.first == 0 and mark.last == len(cell.tokens)
                found.append(Spot(mark.found, tokens, line.at, line.page, alone or mark.colon, places))
    return found


def _marks(cell: Cell, lexicon: Lexicon) -> list[_Mark]:
    """Labels in a cell: one at its start, more inside it only where a colon follows them."""
    found: list[_Mark] = []
    at = 0
    if known_bank_exactly(cell.text):
        return found  # Bank Zero is a bank, not a label with a value
    while at < len(cell.tokens) and _may_begin(cell, at):
        mark = _mark_at(cell, at, lexicon)
        parts = _composed_at(cell, at)
        if parts is not None and (
            mark is None or mark.last < parts.last or mark.found.closeness < parts.found.closeness
        ):
            mark = parts
        while mark is not None and mark.last < len(cell.tokens) and _UNIT.fullmatch(cell.tokens[mark.last].text):
            mark = _Mark(mark.found, mark.first, mark.last + 1, _colon_after(cell, mark.last + 1))
        if mark is not None and (mark.colon or (at == 0 and _starts_big(cell))) and not _is_sentence(cell, mark):
            found.append(mark)
            at = mark.last
        else:
            at += 1
    return found


def _may_begin(cell: Cell, at: int) -> bool:
    """Whether a label may begin here or further on: most words are prose, where looking for one would be in vain."""
    if any(":" in token.text for token in cell.tokens[at:]):
        return True
    return at == 0 and _starts_big(cell) and len(cell.tokens) <= _PROSE


def _starts_big(cell: Cell) -> bool:
    """Labels begin with a capital; the second line of a sentence does not."""
    return not cell.text[:1].islower()


def _is_sentence(cell: Cell, mark: _Mark) -> bool:
    return len(cell.tokens) > _PROSE and not mark.colon


def _mark_at(cell: Cell, first: int, lexicon: Lexicon) -> _Mark | None:
    best: _Mark | None = None
    for last in range(first + 1, min(first + LONGEST, len(cell.tokens)) + 1):
        token = cell.tokens[last - 1]
        if not squeezed(token.text):
            continue
        letters = squeezed("".join(part.text for part in cell.tokens[first:last]))
        found = lexicon.find(letters)
        if found is not None and _is_better(found, best.found if best else None):
            best = _Mark(found, first, last, _colon_after(cell, last))
        if token.text.endswith(":"):
            break
    return best


def _composed_at(cell: Cell, first: int) -> _Mark | None:
    """A label understood by its parts: all words up to a colon, or the whole cell."""
    ends = (at for at in range(first, len(cell.tokens)) if cell.tokens[at].text.endswith(":"))
    last = next(ends, len(cell.tokens) - 1) + 1
    found = composed([token.text for token in cell.tokens[first:last]])
    return _Mark(found, first, last, _colon_after(cell, last)) if found is not None else None


def _is_better(found: Found, best: Found | None) -> bool:
    """Whether a longer run of words is a better label than a shorter one: not when it is the same label plus a word."""
    if best is None:
        return True
    if best.phrase == found.phrase:
        return found.closeness > best.closeness
    return found.closeness >= best.closeness or found.closeness > 0.9


def _colon_after(cell: Cell, last: int) -> bool:
    if cell.tokens[last - 1].text.endswith((":", ":-")):
        return True
    return last < len(cell.tokens) and cell.tokens[last].text.startswith(":")


def _beside(line: Line, at: int, mark: _Mark, marks: dict[int, list[_Mark]]) -> tuple[Token, ...]:
    """The next cell of the line that says something, unless it is a label itself.

    A cell that would be a label of the same kind is a value: ``Payment type | Immediate payment``.
    """
    found: tuple[Token, ...] = ()
    for place, cell in enumerate(line.cells[at + 1 :], start=at + 1):
        if not _without_leaders(cell.tokens) or _is_speck(line, place):
            continue
        if found and cell.x0 - found[-1].x1 > _SAME_VALUE * cell.height:
            break
        starts_with_label = any(
            other.first == 0 and _is_label_cell(cell, other) and other.found.kind != mark.found.kind
            for other in marks[id(cell)]
        )
        if starts_with_label:
            break
        found += cell.tokens
    return found


def _is_speck(line: Line, at: int) -> bool:
    """A colon or a speck that the engine took for a sign or two: alone, doubtful, with more to its right."""
    cell = line.cells[at]
    if len(cell.tokens) != 1 or len(cell.text) > 2 or at + 1 >= len(line.cells):
        return False
    confidence = cell.tokens[0].word.confidence
    return confidence < (1.0 if len(cell.text) == 1 else 0.5)


def _is_label_cell(cell: Cell, mark: _Mark) -> bool:
    """Whether a cell that begins with a label is one, rather than a value that happens to begin like one."""
    return mark.colon or mark.last == len(cell.tokens)


def _below(
    lines: Sequence[Line], at: int, label: Cell, mark: _Mark, marks: dict[int, list[_Mark]]
) -> tuple[Token, ...]:
    """The nearest cell below that shares an edge or the middle with the label, unless it is a label."""
    if mark.first != 0 or mark.last != len(label.tokens):
        return ()
    for cell in _under(lines, at, label):
        if any(other.first == 0 and _is_label_cell(cell, other) for other in marks[id(cell)]):
            return ()
        return cell.tokens + _continued(lines, cell)
    return ()


def _continued(lines: Sequence[Line], cell: Cell) -> tuple[Token, ...]:
    """What a narrow column broke off a number or a reference, right below it: ``R2`` ``363.90``, ``INV-`` ``2026-00417``."""
    is_begun = _BEGUN_FIGURE.fullmatch(cell.text) is not None
    if not is_begun and not cell.text.endswith("-"):
        return ()
    for line in lines[cell.line + 1 : cell.line + 3]:
        for below in line.cells:
            near = below.page == cell.page and below.y0 - cell.y1 < (_CARD_REACH / 2 if is_begun else 0.6) * cell.height
            if near and _shares_edge(cell, below, 0.5 * cell.height):
                is_more = not is_begun or _MORE_FIGURE.match(below.text) is not None
                return below.tokens + _continued(lines, below) if is_more else ()
    return ()


def _over_the_end(
    lines: Sequence[Line], line: Line, cell: Cell, behind: Sequence[Token], marks: dict[int, list[_Mark]]
) -> tuple[Token, ...]:
    """The first word of the next line, where a full line of a letter ends with a label or breaks its value at a dash."""
    is_open = not behind or (len(behind) == 1 and behind[0].text.endswith("-"))
    if not is_open or len(cell.tokens) < _FULL_LINE or cell is not line.cells[-1] or line.at + 1 >= len(lines):
        return ()
    below = lines[line.at + 1].cells[0]
    near = below.page == cell.page and below.y0 - cell.y1 < cell.height and abs(below.x0 - cell.x0) < cell.height
    return below.tokens[:1] if near and not marks[id(below)] else ()


def _under(lines: Sequence[Line], at: int, label: Cell) -> Iterator[Cell]:
    height = label.height
    for line in lines[at + 1 : at + 6]:
        if line.page != label.page:
            return
        for cell in line.cells:
            gap = cell.y0 - label.y1
            if -0.6 * height <= gap <= _CARD_REACH * height and _shares_edge(label, cell, height):
                yield cell


def _shares_edge(label: Cell, cell: Cell, height: float) -> bool:
    reach = 1.2 * height
    same_left = abs(label.x0 - cell.x0) < reach
    same_right = abs(label.x1 - cell.x1) < reach
    same_middle = abs(label.x0 + label.x1 - cell.x0 - cell.x1) / 2 < reach
    return same_left or same_right or same_middle


def _without_leaders(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The words without the colons, dots and units that lead to them; masks (``..790356``) stay."""
    first = 0
    while first < len(tokens) and (not tokens[first].text.strip(_LEADERS) or _UNIT.fullmatch(tokens[first].text)):
        first += 1
    return tuple(tokens[first:])
