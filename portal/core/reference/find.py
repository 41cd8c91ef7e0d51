"""Known names in what people typed and what scanners read, through every common slip, and none by chance.

Source: design.md 5 (References); docs/rules/references.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Generic, TypeVar, overload

from portal.core.reference.code import LENGTH, normal
from portal.core.reference.found import Ambiguous, Candidate, Found, Search, Strength
from portal.core.reference.names import SHORTEST_DAMAGED, Index, Name, index_of, less_one
from portal.core.reference.shortened import continuations, shortened
from portal.core.reference.squeezed import BREAK, Squeezed, squeeze
from portal.core.text import edits

__all__ = ["Ambiguous", "Found", "Names", "Search", "Strength", "find"]

T = TypeVar("T")

_OPAQUE_LIKELY = 7
_LETTERS_THEN_DIGITS = re.compile(r"[A-Z]+([0-9]+)")


@overload
def find(text: str, known: Mapping[str, T], *, repair: bool = True) -> Search[T]: ...
@overload
def find(text: str, known: Sequence[str] | Set[str], *, repair: bool = True) -> Search[str]: ...
def find(
    text: str, known: Mapping[str, T] | Sequence[str] | Set[str], *, repair: bool = True
) -> Search[T] | Search[str]:
    """Find known references and numbers in a short text; for many texts make `Names` once.

    known: names and what each stands for; two names of one thing are never ambiguous.
    repair: also what is damaged, cut or shortened; leave it off for whole pages, where numbers abound.
    """
    if isinstance(known, Mapping):
        return Names(known).find(text, repair=repair)
    return Names({name: name for name in known}).find(text, repair=repair)


class Names(Generic[T]):
    """A closed world of names, indexed once and searched often."""

    def __init__(self, known: Mapping[str, T]) -> None:
        self._index: Index[T] = index_of(known)
        self._series = {name.written for name in self._index.names if name.is_number}
        self._shapes = {
            (name.prefix, len(name.reduced) - len(name.prefix)) for name in self._index.names if name.prefix is not None
        }
        self._sizes = {(len(prefix), digits) for prefix, digits in self._shapes}
        self._opaque = {(name.reduced[:2], len(name.reduced)) for name in self._index.names if not name.is_number}
        lengths = {len(name.reduced) for name in self._index.names}
        self._lengths = sorted(lengths, reverse=True)
        self._near = sorted({length + more for length in lengths for more in (-1, 0, 1)}, reverse=True)
        self._cut = sorted({length - 2 for length in lengths}, reverse=True)

    def find(self, text: str, *, repair: bool = True) -> Search[T]:
        """All names in the text, strongest reading first: exact, look-alikes, then repairs.

        A place where two different things could be meant names neither and is reported.
        """
        whole = rest = squeeze(text)
        found: list[Candidate[T]] = []
        ambiguous: list[Ambiguous] = []
        for search in (self._whole, self._folded):
            rest = _settle(rest, list(search(rest)), found, ambiguous)
        if repair:
            claims = [*shortened(rest, self._index, found), *self._damaged(rest), *self._shorter(rest)]
            repaired: list[Candidate[T]] = []
            _settle(rest, claims, repaired, ambiguous)
            found += repaired
            rest = rest.without([(one.start, one.end) for one in repaired if one.strength > Strength.WEAK])
        return Search(
            tuple(self._told(whole, claim) for claim in _strongest_of_each(found)),
            tuple(sorted(ambiguous, key=lambda place: place.span)),
            tuple(dict.fromkeys(self._strangers(rest, found))),
        )

    def _whole(self, text: Squeezed) -> Iterator[Candidate[T]]:
        for start, end, names in _windows(text.text, self._lengths, self._index.whole):
            for name in names:
                if not text.may_stand(start, end):
                    continue
                if _short_and_followed(text, end, name):
                    yield _claim(start, end, name, Strength.WEAK, "more digits stand right behind it")
                elif _split_digits(text, start, end, name):
                    yield _claim(start, end, name, Strength.SURE, "a space inside")
                else:
                    yield _claim(start, end, name, Strength.EXACT, "")

    def _folded(self, text: Squeezed) -> Iterator[Candidate[T]]:
        for start, end, names in _windows(text.folded, self._lengths, self._index.folded):
            raw = text.text[start:end]
            if not text.may_stand_folded(start, end) or not any(letter.isdigit() for letter in raw):
                continue
            for name in names:
                strength = Strength.WEAK if _short_and_followed(text, end, name) else Strength.SURE
                yield _claim(start, end, name, strength, "letters and digits that look alike")
            for rival in self._near_to(text.folded[start:end]):
                if edits(raw, rival.reduced, 1) == 1:
                    yield _claim(start, end, rival, Strength.WEAK, "one character is wrong")

    def _damaged(self, text: Squeezed) -> Iterator[Candidate[T]]:
        borders = [at for at in range(len(text.text) + 1) if text.apart(at)]
        ends = set(borders)
        for length in self._near:
            for start in borders:
                end = start + length
                window = text.folded[start:end]
                if end not in ends or BREAK in window or _is_ours(text, start, end):
                    continue
                for name in self._near_to(window):
                    if len(name.reduced) >= SHORTEST_DAMAGED and edits(window, name.folded, 1) == 1:
                        strength, words = _damage(window, name)
                        yield _claim(start, end, name, strength, words)

    def _near_to(self, window: str) -> list[Name[T]]:
        near: dict[str, Name[T]] = {}
        for variant in (window, *less_one(window)):
            for name in self._index.damaged.get(variant, ()):
                near[name.written] = name
        return list(near.values())

    def _shorter(self, text: Squeezed) -> Iterator[Candidate[T]]:
        for start, end, names in _windows(text.folded, self._cut, self._index.cut):
            if text.apart(start) and text.apart(end):
                for name in names:
                    strength = Strength.WEAK if name.is_number else Strength.LIKELY
                    yield Candidate(start, end, name.written, name.value, strength, "its last two are missing", True)

    def _told(self, text: Squeezed, claim: Candidate[T]) -> Found[T]:
        seen = text.seen(claim.start, claim.end)
        words = f"“{seen}” was read as {claim.name}: {claim.words}" if claim.words else ""
        span = text.span(claim.start, claim.end)
        in_series = claim.name in self._series
        return Found(claim.name, claim.value, span, seen, claim.strength, words, claim.needs_balance, in_series)

    def _strangers(self, text: Squeezed, found: list[Candidate[T]]) -> Iterator[str]:
        yield from continuations(text, found, self._index)
        for match in _LETTERS_THEN_DIGITS.finditer(text.text):
            middle = match.start(1)
            for letters, digits in self._sizes:
                start, end = middle - letters, middle + digits
                if start < match.start() or end > match.end() or not text.may_stand(start, end):
                    continue
                if (text.text[start:middle], digits) in self._shapes:
                    yield text.seen(start, end)
        for start, end in _whole_words(text):
            alike = (text.text[start : start + 2], end - start) in self._opaque and _is_mixed(text.text[start:end])
            if alike or _is_ours(text, start, end):
                yield text.seen(start, end)


def _windows(
    letters: str, lengths: list[int], index: Mapping[str, tuple[Name[T], ...]]
) -> Iterator[tuple[int, int, tuple[Name[T], ...]]]:
    for length in lengths:
        for start in range(len(letters) - length + 1):
            if names := index.get(letters[start : start + length]):
                yield start, start + length, names


def _claim(start: int, end: int, name: Name[T], strength: Strength, words: str) -> Candidate[T]:
    return Candidate(start, end, name.written, name.value, strength, words)


def _settle(
    text: Squeezed, claims: list[Candidate[T]], found: list[Candidate[T]], ambiguous: list[Ambiguous]
) -> Squeezed:
    """Decide between claims on the same letters; what is taken or doubtful is not searched again."""
    taken: list[tuple[int, int]] = []
    for cluster in _clusters(claims):
        start, end = min(claim.start for claim in cluster), max(claim.end for claim in cluster)
        best = _winner(cluster)
        if best is not None:
            found.append(best)
        else:
            names = tuple(dict.fromkeys(claim.name for claim in cluster))
            ambiguous.append(Ambiguous(text.span(start, end), text.seen(start, end), names))
        taken.append((start, end))
    return text.without(taken)


def _clusters(claims: list[Candidate[T]]) -> list[list[Candidate[T]]]:
    """Claims grouped by overlap; an exact one that lies inside a longer exact one is not a claim of its own."""
    kept = [
        claim
        for claim in claims
        if not any(other.strength is Strength.EXACT and other.holds(claim) for other in claims)
    ]
    clusters: list[list[Candidate[T]]] = []
    for claim in sorted(kept, key=lambda one: (one.start, one.end)):
        if clusters and any(claim.overlaps(other) for other in clusters[-1]):
            clusters[-1].append(claim)
        else:
            clusters.append([claim])
    return clusters


def _winner(cluster: list[Candidate[T]]) -> Candidate[T] | None:
    first = cluster[0]
    if any(claim.value != first.value for claim in cluster):
        return None
    return max(cluster, key=lambda claim: (claim.strength, claim.end - claim.start))


def _strongest_of_each(found: list[Candidate[T]]) -> list[Candidate[T]]:
    kept: list[Candidate[T]] = []
    for claim in sorted(found, key=lambda one: (-one.strength, one.start)):
        if not any(claim.value == other.value for other in kept):
            kept.append(claim)
    return sorted(kept, key=lambda one: one.start)


def _damage(window: str, name: Name[T]) -> tuple[Strength, str]:
    """How far one damaged letter can be relied upon: in a series of numbers every digit names another invoice."""
    if len(window) < len(name.folded):
        words = "one character is missing"
    elif len(window) > len(name.folded):
        words = "one character too many"
    else:
        words = "one character is wrong"
    if not name.is_number:
        return (Strength.LIKELY if len(name.folded) >= _OPAQUE_LIKELY else Strength.WEAK), words
    digits = "".join((*name.middle, name.last))
    return (Strength.SURE if window.endswith(digits) else Strength.WEAK), words


def _split_digits(text: Squeezed, start: int, end: int, name: Name[T]) -> bool:
    """Whether something stands inside a run of digits that the name writes without a gap."""
    own = set()
    at = 0
    for place, letter in enumerate(name.written):
        if letter.isascii() and letter.isalnum():
            if place and not name.written[place - 1].isalnum():
                own.add(at)
            at += 1
    inside = {at - start for at in range(start + 1, end) if text.gap[at]}
    letters = text.text[start:end]
    return any(letters[at - 1].isdigit() and letters[at].isdigit() for at in inside - own)


def _short_and_followed(text: Squeezed, end: int, name: Name[T]) -> bool:
    """``INV-1 0`` may be ``INV-10`` with a space inside: a short number with a digit or two behind it says nothing."""
    if not name.is_number or len(name.last) > 4 or name.last.startswith("0") or end >= len(text.text):
        return False
    between = text.original[text.at[end - 1] + 1 : text.at[end]]
    following = re.match(r"[0-9]{1,2}(?![0-9])", text.text[end:])
    return between == " " and following is not None and not _goes_on(text, end + following.end())


def _goes_on(text: Squeezed, at: int) -> bool:
    return at < len(text.text) and not text.apart(at)


def _is_ours(text: Squeezed, start: int, end: int) -> bool:
    """Whether a window is a whole valid reference of our own form, which needs no repair."""
    return end - start == LENGTH and _is_mixed(text.text[start:end]) and normal(text.text[start:end]) is not None


def _is_mixed(word: str) -> bool:
    return any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)


def _whole_words(text: Squeezed) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(len(text.text) + 1):
        if at > start and text.apart(at):
            if BREAK not in text.text[start:at]:
                yield start, at
            start = at
        if at < len(text.text) and text.text[at] == BREAK:
            start = at + 1
