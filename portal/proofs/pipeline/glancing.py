"""One place of a document read once more, because a person pointed at it: the text layer there, or an engine's look.

Source: docs/rules/reading.md, D9; docs/rules/review.md, Q5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from portal.proofs.extract.reread import parse_line
from portal.proofs.pipeline.second_look import same
from portal.proofs.reader.glimpse import TooSlow, look
from portal.proofs.types import Box, Page, Word

#: two looks at a place that a person chose agree at least so well
_AGREED = 0.6
#: how much of a word has to lie in a box that a hand drew
_MOSTLY = 0.6
Read = tuple[str, float]


def glance(document: Callable[[], bytes], page: Page, field: str, box: Box) -> Read | None:
    """The field's value at a place and its confidence; None when nothing of its kind is legible there.

    document: gives the bytes, asked only when an engine has to look. box: in fractions of the upright page.
    """
    inside = _inside(page.words, box)
    if page.engine == "text":
        return _parsed(field, _meant(inside, box))
    try:
        looks = look(document(), page.number, page.rotation, _snapped(_meant(inside, box), box))
    except TooSlow:
        return None
    reads = [read for seen in looks if (read := parse_line(field, seen, None)) is not None]
    for first, second in combinations(reads, 2):
        if same(field, first[0], second[0]):
            return first[0], max(_AGREED, first[1], second[1])
    return max(reads, key=lambda read: read[1], default=None)


def _parsed(field: str, words: Sequence[Word]) -> Read | None:
    return parse_line(field, [(word.text, word.confidence) for word in words], None)


def _inside(words: Sequence[Word], box: Box) -> list[Word]:
    """The words that lie mostly in the box, in the order of reading."""
    return [word for word in words if _part_inside(word.box, box) >= _MOSTLY]


def _meant(inside: Sequence[Word], box: Box) -> Sequence[Word]:
    """Those on the line that the box's middle runs through: where lines stand close, a hand takes in their neighbours.

    All of them where it runs between two lines: then nobody can tell which one was meant.
    """
    middle = (box[1] + box[3]) / 2
    return [word for word in inside if word.box[1] <= middle <= word.box[3]] or inside


def _snapped(words: Sequence[Word], box: Box) -> Box:
    """The box drawn tight around what was seen there, so that an engine is given one line; as drawn where nothing was."""
    if not words:
        return box
    boxes = [word.box for word in words]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _part_inside(word: Box, box: Box) -> float:
    """How much of a word's area lies in a box."""
    across = min(word[2], box[2]) - max(word[0], box[0])
    down = min(word[3], box[3]) - max(word[1], box[1])
    area = (word[2] - word[0]) * (word[3] - word[1])
    return max(0.0, across) * max(0.0, down) / area if area > 0 else 0.0
