"""Under which heading a label stands: the beneficiary's details, the payer's, or the payment's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.proofs.extract.general import headings
from portal.proofs.extract.labels import Lexicon, squeezed
from portal.proofs.extract.lines import Cell, Line
from portal.proofs.extract.spots import Spot

#: a heading to the right of a label is none of its; one far to the left is only when nothing is nearer
_RIGHT_OF, _ASIDE = 0.03, 1.6


@dataclass(frozen=True, slots=True)
class _Heading:
    party: str
    x0: float
    y0: float
    line: int
    page: int


class Sections:
    """The headings of a document."""

    def __init__(self, lines: Sequence[Line], spots: Sequence[Spot]) -> None:
        lexicon = Lexicon(headings())
        own = [spot for spot in spots if not spot.label.kind.startswith("heading_")]
        valued = {(spot.line, round(spot.x0, 4)) for spot in own if _has_value_beside(spot)}
        labelled = {(spot.line, round(spot.x0, 4)) for spot in own}
        self._headings = [
            _Heading(found.kind, cell.x0, cell.y0, line.at, line.page)
            for line in lines
            for cell in line.cells
            if len(cell.tokens) <= 5
            and (found := lexicon.find(_letters(cell))) is not None
            and (line.at, round(cell.x0, 4)) not in valued
            and _has_label_below(lines, line, cell, labelled)
        ]

    def party_of(self, spot: Spot) -> str | None:
        """ "beneficiary", "payer" or "payment": the nearest heading above the label in its column."""
        above = [
            heading
            for heading in self._headings
            if heading.page == spot.page and heading.line < spot.line and heading.x0 <= spot.x0 + _RIGHT_OF
        ]
        if not above:
            return None
        return min(above, key=lambda heading: (spot.y0 - heading.y0) + _ASIDE * abs(spot.x0 - heading.x0)).party


def _letters(cell: Cell) -> str:
    return squeezed(cell.text)


def _has_value_beside(spot: Spot) -> bool:
    return bool(spot.places) and spot.places[0].how != "below"


def _has_label_below(lines: Sequence[Line], line: Line, cell: Cell, labelled: set[tuple[int, float]]) -> bool:
    """A heading is followed, in its column, by labels; a card's label is followed by its value."""
    for below in lines[line.at + 1 : line.at + 3]:
        under = [other for other in below.cells if abs(other.x0 - cell.x0) < 0.08]
        if under:
            return any((below.at, round(other.x0, 4)) in labelled for other in under)
    return False
