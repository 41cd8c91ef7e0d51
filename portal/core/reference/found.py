"""What a search for known names gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Strength(IntEnum):
    """How far what was found may be relied upon."""

    #: could as well name something we do not know; a hint for a person
    WEAK = 1
    #: one letter is wrong or lost, and nothing else known is near
    LIKELY = 2
    #: only look-alikes, spaces, zeros or words differ; the digits are all there
    SURE = 3
    #: letter for letter, but for spaces, dashes and case
    EXACT = 4


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One known name in a text. ``span`` is its place in the text, ``seen`` what stands there."""

    name: str
    value: T
    span: tuple[int, int]
    seen: str
    strength: Strength
    #: what was repaired, in plain words; empty when nothing was
    words: str
    #: two characters are lost: believe it only when the money fits to the cent
    needs_balance: bool = False
    #: a number of a series, whose neighbours differ in one digit
    in_series: bool = False

    @property
    def how(self) -> str:
        """``exact`` or ``repaired``."""
        return "exact" if self.strength is Strength.EXACT else "repaired"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A place that could be several known names, so that it is none of them."""

    span: tuple[int, int]
    seen: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search(Generic[T]):
    """All that was found, in the order of the text; each value once, by its strongest name.

    strangers: what has the form of a known name and is not one, as it stands in the text.
    """

    found: tuple[Found[T], ...]
    ambiguous: tuple[Ambiguous, ...]
    strangers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A possible find while the search is on; the places are those of the squeezed text."""

    start: int
    end: int
    name: str
    value: T
    strength: Strength
    words: str
    needs_balance: bool = False

    def overlaps(self, other: Candidate[T]) -> bool:
        """Whether both claim a letter."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Candidate[T]) -> bool:
        """Whether the other lies within this one and is smaller."""
        inside = self.start <= other.start and other.end <= self.end
        return inside and self.end - self.start > other.end - other.start
