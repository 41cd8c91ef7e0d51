"""Labels and values that run over two lines of a narrow column are put together again.

``Beneficiary`` above ``reference`` is one label; ``PO 4471 / INV-2026-`` above ``03350`` beside it is one value.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.proofs.extract.labels import Lexicon, squeezed
from portal.proofs.extract.lines import Cell, Line

#: lines of one cell follow each other closer than rows do
_TIGHT = 1.0


def unwrapped(lines: Sequence[Line], lexicon: Lexicon) -> tuple[Line, ...]:
    """The same lines with each wrapped label, and the value beside it, in one cell on the label's first line."""
    rows = [list(line.cells) for line in lines]
    for at, line in enumerate(lines):
        for cell in line.cells:
            if cell in rows[at] and (label := _whole_label(cell, rows, at, lexicon)) is not None:
                _join(rows, at, cell, *label, lexicon)
    return tuple(
        Line(tuple(sorted(cells, key=lambda cell: cell.x0)), line.at, line.page)
        for line, cells in zip(lines, rows, strict=True)
    )


def _whole_label(cell: Cell, rows: list[list[Cell]], at: int, lexicon: Lexicon) -> tuple[int, Cell] | None:
    """The cell below that completes this one to a label it is not by itself; and the row it is in."""
    if len(cell.tokens) > 5 or cell.text.endswith(":"):
        return None
    for row in (at + 1, at + 2):
        if row >= len(rows):
            break
        for below in rows[row]:
            if len(below.tokens) > 4 or not _follows(cell, below) or not _goes_on(below.text):
                continue
            found = lexicon.find(squeezed(cell.text + below.text))
            alone = lexicon.find(squeezed(below.text))
            if found is None or found.closeness < 0.93 or (alone is not None and not _is_weak(alone.kind)):
                continue
            return row, below
    return None


def _goes_on(text: str) -> bool:
    """The second half of a label begins small; a label of its own begins with a capital."""
    return text[0].islower() or text[0] in "(/&"


def _is_weak(kind: str) -> bool:
    """Kinds whose labels are single common words that also end longer labels."""
    return kind.endswith("_any") or kind in ("reference_number", "date_any", "payment_type", "branch")


def _join(rows: list[list[Cell]], at: int, label: Cell, row: int, rest: Cell, lexicon: Lexicon) -> None:
    rows[at][rows[at].index(label)] = Cell(label.tokens + rest.tokens, label.line, label.page)
    rows[row].remove(rest)
    value = _next_right(rows[at], label)
    more = _next_right(rows[row], rest)
    if more is None or lexicon.find(squeezed(more.text)) is not None:
        return
    if value is None:
        rows[row].remove(more)
        rows[at].append(Cell(more.tokens, at, more.page))
    elif _follows(value, more) and lexicon.find(squeezed(value.text)) is None:
        rows[row].remove(more)
        rows[at][rows[at].index(value)] = Cell(value.tokens + more.tokens, at, value.page)


def _next_right(cells: list[Cell], label: Cell) -> Cell | None:
    right = [cell for cell in cells if cell.x0 > label.x0 + 0.001]
    return min(right, key=lambda cell: cell.x0) if right else None


def _follows(above: Cell, below: Cell) -> bool:
    """Whether a cell stands tightly below another with a common edge, in print of the same size."""
    height = above.height
    gap = below.y0 - above.y1
    same_edge = abs(above.x0 - below.x0) < 0.8 * height or abs(above.x1 - below.x1) < 0.8 * height
    same_size = 0.38 < below.height / max(height, 1e-6) < 2.6  # "name" has no tall letters, "Beneficiary" has both
    return above.page == below.page and -0.5 * height <= gap <= _TIGHT * height and same_edge and same_size
