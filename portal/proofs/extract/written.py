"""The amount in words beside the amount in figures: read, and compared.

Source: docs/rules/reading.md, signal words_differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.proofs.extract.lines import Cell, Line, Token
from portal.proofs.extract.spelled import cents_of
from portal.proofs.extract.spots import Spot

_LINES_BELOW = 3


def written_cents(lines: Sequence[Line], spots: Sequence[Spot], page: int) -> tuple[int, tuple[Token, ...]] | None:
    """Whole cents of the amount in words on this page and its words; None when there is none or it is unclear."""
    starts = {id(spot.tokens[0]) for spot in spots}
    for spot in spots:
        if spot.label.kind != "amount_words" or spot.page != page or not spot.places:
            continue
        tokens = spot.places[0].tokens
        for more in _longer(lines, spot.line, tokens, starts):
            cents = cents_of(" ".join(token.text for token in more))
            if cents is not None:
                return cents, more
    return None


def _longer(lines: Sequence[Line], at: int, tokens: tuple[Token, ...], starts: set[int]) -> list[tuple[Token, ...]]:
    """The words with each line that continues them below, the longest first."""
    found = [tokens]
    reach = 1.5 * tokens[0].height
    for line in lines[at + 1 : at + 1 + _LINES_BELOW]:
        continuing = [cell for cell in line.cells if _continues(cell, tokens, reach, starts)]
        if not continuing:
            break
        found.append(found[-1] + continuing[0].tokens)
    return found[::-1]


def _continues(cell: Cell, tokens: tuple[Token, ...], reach: float, starts: set[int]) -> bool:
    if id(cell.tokens[0]) in starts or cell.page != tokens[0].word.page:
        return False
    same_left = abs(cell.x0 - tokens[0].x0) < reach
    same_right = abs(cell.x1 - tokens[-1].x1) < reach
    return same_left or same_right
