"""Invoice numbers as people shorten them: ``inv 4523``, ``INV-2026-417``, ``INV2026417``, ``INV-110 & 111``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from portal.core.reference.found import Candidate, Strength
from portal.core.reference.names import Index, Name
from portal.core.reference.squeezed import BREAK, Squeezed

T = TypeVar("T")

_DIGITS = re.compile(r"[0-9]+")
_LIST_MARK = re.compile(r"\s*(?:[,;&+/\-–]|and\b|en\b)?\s*", re.IGNORECASE)
_INVOICE_WORDS = {"INV", "INVS", "INVOICE", "INVOICES", "INVNO", "INVOICENO", "FAKTUUR", "FAKTURE", "FAK", "FAKT"}
_NUMBER_WORDS = {"NO", "NR", "NUMBER", "NOMMER", "NUM"}
#: What stands behind these is a number of something else.
_OTHER_WORDS = {
    "PO", "ORDER", "ORD", "TEL", "CELL", "PHONE", "FAX", "ACC", "ACCOUNT", "REK", "QUOTE", "QTE", "QUO", "REG",
    "VAT", "BTW", "STATEMENT", "STMT", "BRANCH", "CN", "CREDIT", "DEL", "DN", "GRN", "BOX", "UNIT", "JOB", "SITE",
}  # fmt: skip
#: Fewer digits than this say too little without the word invoice, and too little for certainty with it.
_BARE, _TELLING = 4, 3


@dataclass(frozen=True, slots=True)
class _Token:
    """One run of digits, the word before it and the run of digits before that."""

    start: int
    end: int
    digits: str
    word: str
    word_start: int
    year: str
    year_start: int
    glued: bool


def shortened(text: Squeezed, index: Index[T], anchors: Sequence[Candidate[T]]) -> Iterator[Candidate[T]]:
    """Known numbers that lost zeros, year or prefix.

    anchors: names found already; a number right behind one of the same series continues the list.
    """
    series = index.series
    behind = {anchor.end: series[anchor.name] for anchor in anchors if series[anchor.name][0] is not None}
    for token in _tokens(text):
        found = list(_continued(text, token, index, behind)) or list(_alone(text, token, index))
        for candidate in found:
            behind[candidate.end] = series[candidate.name]
        yield from found


def continuations(text: Squeezed, known: Sequence[Candidate[T]], index: Index[T]) -> Iterator[str]:
    """Numbers that continue a list as wide as the one before them, whether known or not: as they stand there."""
    width = index.width
    behind = {candidate.end: width[candidate.name] for candidate in known if candidate.name in width}
    for token in _tokens(text):
        before = _list_before(text, token, behind)
        if before is not None and len(token.digits) == before and before >= _BARE:
            yield text.seen(token.start, token.end)


def _tokens(text: Squeezed) -> Iterator[_Token]:
    previous: tuple[int, int] | None = None
    for start, end in _runs(text):
        word, word_start = _word_before(text, start)
        year, year_start = "", start
        if not word and previous is not None and previous[1] == start:
            year_start = previous[0]
            year = text.text[year_start : previous[1]]
            word, word_start = _word_before(text, year_start)
        glued = (not text.apart(start) and not year) or not text.apart(end)
        yield _Token(start, end, text.text[start:end], word, word_start, year, year_start, glued)
        previous = (start, end)


def _runs(text: Squeezed) -> Iterator[tuple[int, int]]:
    """Runs of digits with nothing between them."""
    for match in _DIGITS.finditer(text.text):
        start = match.start()
        for at in range(match.start() + 1, match.end()):
            if text.gap[at]:
                yield start, at
                start = at
        yield start, match.end()


def _word_before(text: Squeezed, end: int) -> tuple[str, int]:
    """The word before a number and its place; ``inv no 417`` has the word ``INV``."""
    start = end
    while start > 0 and text.text[start - 1].isalpha() and (start == end or not text.gap[start]):
        start -= 1
    word = text.text[start:end]
    return _word_before(text, start) if word in _NUMBER_WORDS else (word, start)


def _alone(text: Squeezed, token: _Token, index: Index[T]) -> Iterator[Candidate[T]]:
    if token.word in _OTHER_WORDS or not _stands(text, token):
        return
    for name in index.numbers.get(int(token.digits), ()):
        if (found := _by_context(token, name)) is not None:
            yield found
    for year in index.middles:
        rest = token.digits.removeprefix(year)
        for name in index.numbers.get(int(rest), ()) if rest not in ("", token.digits) else ():
            if "".join(name.middle) == year and _is_worded(token, name):
                yield _candidate(token.word_start, token, name, _telling(rest, name))


def _stands(text: Squeezed, token: _Token) -> bool:
    return text.may_stand(token.start, token.end) and text.may_be_followed(token.end)


def _is_worded(token: _Token, name: Name[T]) -> bool:
    """Whether the word before the number says that it is an invoice's, in a name that is one."""
    return token.word == name.prefix or (token.word in _INVOICE_WORDS and name.prefix in _INVOICE_WORDS)


def _by_context(token: _Token, name: Name[T]) -> Candidate[T] | None:
    worded = _is_worded(token, name)
    if token.year:
        if not name.middle or token.year != name.middle[-1]:
            return None
        start = token.word_start if worded else token.year_start
        return _candidate(start, token, name, _telling(token.digits, name) if worded else Strength.LIKELY)
    if worded:
        return _candidate(token.word_start, token, name, _telling(token.digits, name))
    bare = not token.glued and len(token.digits) >= _BARE and not _is_year(token.digits)
    if not bare or name.prefix not in _INVOICE_WORDS:
        return None
    return _candidate(token.start, token, name, Strength.LIKELY if token.digits == name.last else Strength.WEAK)


def _telling(digits: str, name: Name[T]) -> Strength:
    """How far a number that lost zeros says which: ``417`` of ``00417`` does, ``0041`` may be cut from another."""
    if digits == name.last or (len(digits) >= _TELLING and not digits.startswith("0")):
        return Strength.SURE
    if len(digits) > len(name.last):
        return Strength.SURE
    return Strength.LIKELY if len(digits) == len(name.last) - 1 else Strength.WEAK


def _continued(
    text: Squeezed,
    token: _Token,
    index: Index[T],
    behind: dict[int, tuple[str | None, tuple[str, ...]]],
) -> Iterator[Candidate[T]]:
    before = _list_before(text, token, behind) if _stands(text, token) else None
    for name in index.numbers.get(int(token.digits), ()) if before is not None else ():
        if name.series == before:
            yield _candidate(token.start, token, name, _telling(token.digits, name))


S = TypeVar("S")


def _list_before(text: Squeezed, token: _Token, behind: dict[int, S]) -> S | None:
    """What the token continues: the entry that ends before it with only a list mark between."""
    for end, entry in behind.items():
        if end <= token.start and not text.text[end : token.start].strip(BREAK + "ANDE"):
            between = text.original[text.at[end - 1] + 1 : text.at[token.start]]
            if between and _LIST_MARK.fullmatch(between):
                return entry
    return None


def _candidate(start: int, token: _Token, name: Name[T], strength: Strength) -> Candidate[T]:
    return Candidate(start, token.end, name.written, name.value, strength, "written short")


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")
