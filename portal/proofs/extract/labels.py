"""What a label means: phrases in two languages, found in spite of the engine's slips.

Letters are compared without case, spaces and punctuation; long labels may differ in a letter or two.
Only labels are read so kindly, never a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

#: a label of so many letters may differ in one letter, of so many in two, and so on
_ONE_SLIP, _TWO_SLIPS, _THREE_SLIPS = 6, 12, 22
LONGEST = 9


@dataclass(frozen=True, slots=True)
class Found:
    """A label that was recognised: what it means and how exactly it was printed (1.0: to the letter)."""

    kind: str
    phrase: str
    closeness: float


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """Letters and digits only, lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]", "", plain)


class Lexicon:
    """Labels by their squeezed form. Later tables stand before earlier ones."""

    def __init__(self, *tables: Mapping[str, Iterable[str]]) -> None:
        self._kinds: dict[str, str] = {}
        for table in tables:
            for kind, phrases in table.items():
                for phrase in phrases:
                    self._kinds[squeezed(phrase)] = kind
        self._by_length: dict[int, list[str]] = {}
        for phrase in self._kinds:
            self._by_length.setdefault(len(phrase), []).append(phrase)
        self.find = lru_cache(maxsize=4096)(self._find)

    @cache  # noqa: B019 - a few lexicons, kept for as long as the process
    def _of_length(self, length: int, slips: int) -> list[str]:
        """The labels that letters of this length may be when so many are wrong."""
        lengths = range(length - slips, length + slips + 1)
        return [phrase for near in lengths if allowed_slips(near) >= slips for phrase in self._by_length.get(near, ())]

    def _find(self, letters: str) -> Found | None:
        """The label that these squeezed letters are, or nearly are; None when there is none or it is unclear."""
        exact = self._kinds.get(letters)
        if exact is not None:
            return Found(exact, letters, 1.0)
        slips = allowed_slips(len(letters))
        if slips == 0:
            return None
        alike = process.extract(
            letters, self._of_length(len(letters), slips), scorer=Levenshtein.distance, score_cutoff=slips, limit=None
        )
        if not alike:
            return None
        near = sorted((int(distance), phrase) for phrase, distance, _ in alike)
        kinds = {self._kinds[phrase] for distance, phrase in near if distance == near[0][0]}
        if len(kinds) > 1:
            return None
        distance, phrase = near[0]
        return Found(self._kinds[phrase], phrase, 1 - distance / len(phrase))


def allowed_slips(length: int) -> int:
    """How many letters of a label of this length the engine may have got wrong."""
    return (length >= _ONE_SLIP) + (length >= _TWO_SLIPS) + (length >= _THREE_SLIPS)
