"""Text reduced to its letters and digits, remembering where each stood and what was between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.core.text import fold

#: Between the parts of one number people put up to three of these; anything else ends it.
_SOFT = re.compile(r"[ \u00a0\-–—_/\\.:#]{1,3}")
BREAK = "\n"
_RUN = re.compile(r"[0-9A-Za-z$§]+")
#: Shorter names must not be glued to other letters: ``AC0704`` is not ``C0704``.
_LONG = 7


@dataclass(frozen=True, slots=True)
class Squeezed:
    """Capitals and digits of a text. ``at[i]`` is the place of ``text[i]`` in the original; ``gap[i]`` says
    whether something stood between ``text[i - 1]`` and ``text[i]``; a break is a character of its own.
    """

    original: str
    text: str
    folded: str
    at: tuple[int, ...]
    gap: tuple[bool, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of ``text[start:end]``."""
        return self.at[start], self.at[end - 1] + 1

    def seen(self, start: int, end: int) -> str:
        """What the original says there."""
        first, last = self.span(start, end)
        return self.original[first:last]

    def apart(self, index: int) -> bool:
        """Whether a word may begin at ``index`` or end before it: something stands between, or nothing at all."""
        if index in (0, len(self.text)):
            return True
        return self.gap[index] or BREAK in (self.text[index - 1], self.text[index])

    def may_stand(self, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` may be a whole name: no digits are cut out of a longer run of digits.

        ``INV-1`` may not stand in ``INV-10`` nor in ``INV-1O``; it may in ``INV-1ABC``.
        """
        long = end - start >= _LONG
        return self._clean(start, long) and self._clean(end, long) and not self._goes_on(end)

    def may_stand_folded(self, start: int, end: int) -> bool:
        """As `may_stand`, where letters inside are read as digits: neither may they be cut out of a run of digits."""
        return self.may_stand(start, end) and not (self._one_run(start) or self._one_run(end))

    def may_be_followed(self, end: int) -> bool:
        """Whether a number ends at ``end``: only a whole word of letters may be glued to it, as in ``4523part``."""
        return self.apart(end) or all(letter.isalpha() for letter in self.text[end : end + 3].ljust(3))

    def without(self, spans: list[tuple[int, int]]) -> Squeezed:
        """The same text with breaks where the spans were, so that nothing is found there again."""
        letters, folded = list(self.text), list(self.folded)
        for start, end in spans:
            letters[start:end] = folded[start:end] = BREAK * (end - start)
        return Squeezed(self.original, "".join(letters), "".join(folded), self.at, self.gap)

    def _one_run(self, index: int) -> bool:
        if self.apart(index):
            return False
        both = self.folded[index - 1].isdigit() and self.folded[index].isdigit()
        return both and (self.text[index - 1].isdigit() or self.text[index].isdigit())

    def _clean(self, index: int, long: bool) -> bool:
        if self.apart(index):
            return True
        before, after = self.text[index - 1].isdigit(), self.text[index].isdigit()
        return before != after or (long and not before)

    def _goes_on(self, end: int) -> bool:
        """Whether a run of digits goes on behind ``end`` in letters that look like digits."""
        if self.apart(end) or not self.text[end - 1].isdigit():
            return False
        stop = end
        while stop < len(self.text) and (stop == end or not self.apart(stop)):
            stop += 1
        return self.folded[end:stop].isdigit()


def squeeze(original: str) -> Squeezed:
    """Reduce a text; white space of more than three characters, line ends and other marks become breaks."""
    letters: list[str] = []
    at: list[int] = []
    gap: list[bool] = []
    before = 0
    for run in _RUN.finditer(original):
        start, end = run.span()
        between = original[before:start]
        if between and letters and not _SOFT.fullmatch(between):
            letters.append(BREAK)
            at.append(start - 1)
            gap.append(True)
        letters.append(run[0].upper())
        at.extend(range(start, end))
        gap.append(bool(between))
        gap.extend([False] * (end - start - 1))
        before = end
    text = "".join(letters)
    return Squeezed(original, text, fold(text), tuple(at), tuple(gap))
