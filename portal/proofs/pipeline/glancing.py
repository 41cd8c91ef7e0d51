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
Read = tuple[str, float]


def glance(document: Callable[[], bytes], page: Page, field: str, box: Box) -> Read | None:
    """The field's value at a place and its confidence; None when nothing of its kind is legible there.

    document: gives the bytes, asked only when an engine has to look. box: in fractions of the upright page.
    """
    if page.engine == "text":
        return parse_line(field, [(word.text, word.confidence) for word in _inside(page.words, box)], None)
    try:
        looks = look(document(), page.number, page.rotation, box)
    except TooSlow:
        return None
    reads = [read for seen in looks if (read := parse_line(field, seen, None)) is not None]
    for first, second in combinations(reads, 2):
        if same(field, first[0], second[0]):
            return first[0], max(_AGREED, first[1], second[1])
    return max(reads, key=lambda read: read[1], default=None)


def _inside(words: Sequence[Word], box: Box) -> list[Word]:
    """The words whose middle lies in the box, in the order of reading."""
    x0, y0, x1, y1 = box
    return [
        word
        for word in words
        if x0 <= (word.box[0] + word.box[2]) / 2 <= x1 and y0 <= (word.box[1] + word.box[3]) / 2 <= y1
    ]
