"""Which bank issued a document: by what only that bank prints, never by a bank's name occurring somewhere.

Source: docs/rules/reading.md, D11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from portal.proofs.extract.general import Bank, banks
from portal.proofs.extract.labels import squeezed
from portal.proofs.extract.lines import Cell, Line, Token

_ENOUGH = 2.0
#: shorter phrases are mostly "Bank Limited", which all banks are: they are found to the letter or not at all
_LONG_PHRASE = 24
_REGISTRATION, _DOMAIN, _PHRASE, _HEADER_NAME, _NAME = 3.0, 2.5, 2.5, 1.6, 0.6
_LEGAL = re.compile(
    r"((?:[A-Z][\w&'’-]*\s){1,4}(?:Bank|BANK|Mutual Bank))(?:\s(?:of\sSouth\sAfrica))?(?:\s\(?(?:Pty\)?\s)?(?:Limited|Ltd|Beperk|Bpk))?"
)
_HEAD = re.compile(r"((?:[A-Z][\w&'’.-]*\s){1,3}(?:Bank|BANK))(?:\s(?:Business|Private|Limited|Ltd|Online|App))*")
#: the head of a page, in widths of it, and in its height
_HIGH, _HIGH_ON_TALL = 0.35, 0.2
#: an engine may misread two letters of a name
_ALIKE_SEEN = 80
_DIGIT = re.compile(r"[0-9]")
_LEGAL_NEAR = re.compile(
    r"authori[sz]ed|financial services|credit provider|reg(?:istration)?\.?\s?no|hereby confirms|confirms? that|finansi[eë]le",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuing bank, how sure that is (0 to 1), and the words that say so."""

    name: str
    confidence: float
    tokens: tuple[Token, ...]


def issuer(lines: Sequence[Line], not_evidence: Iterable[Token]) -> Issuer | None:
    """The bank whose own wording the document carries.

    not_evidence: words that were read as values (the beneficiary's bank among them).
    """
    prints = _prints(lines, {id(token) for token in not_evidence})
    scored = [(score, bank, tokens) for bank in banks() if (found := _score(bank, prints)) for score, tokens in [found]]
    scored.sort(key=lambda item: -item[0])
    if scored and scored[0][0] >= _ENOUGH and (len(scored) == 1 or scored[0][0] > scored[1][0] * 1.25):
        score, bank, tokens = scored[0]
        return Issuer(bank.name, min(0.99, 0.8 + score / 30), tokens)
    stranger = _stranger(lines)
    if stranger is not None:
        return stranger
    if scored and scored[0][0] >= _HEADER_NAME and (len(scored) == 1 or scored[0][0] > scored[1][0] * 1.25):
        score, bank, tokens = scored[0]
        return Issuer(bank.name, 0.7, tokens)
    return _letterhead(lines)


def known_bank(printed: str, alike: int = 86) -> Bank | None:
    """The bank that a printed name means: ``FIRST NATIONAL BANK`` is FNB; None for a stranger.

    alike: how alike, of 100, a name of six letters or more must be.
    """
    letters = squeezed(printed)
    for bank in banks():
        if any(letters == squeezed(name) for name in (bank.name, *bank.names)):
            return bank
    if len(letters) < 6:
        return None
    best = max(
        ((fuzz.ratio(letters, squeezed(name)), bank) for bank in banks() for name in bank.names),
        key=lambda pair: pair[0],
    )
    return best[1] if best[0] >= alike else None


@cache
def _exact_names() -> frozenset[str]:
    return frozenset(squeezed(name) for bank in banks() for name in (bank.name, *bank.names))


def known_bank_exactly(printed: str) -> bool:
    """Whether a text is nothing but the name of a bank we know."""
    return squeezed(printed) in _exact_names()


@dataclass(frozen=True, slots=True)
class _Print:
    """One line without the words that are values: its words and letters, and the letters of its short headings."""

    tokens: tuple[Token, ...]
    plain: str
    letters: str
    #: letters and number of words of each cell that may be a bank's name, and whether it stands high on page one
    headings: tuple[tuple[str, int, bool], ...]


def _prints(lines: Sequence[Line], barred: set[int]) -> list[_Print]:
    found = []
    for line in lines:
        tokens = tuple(token for cell in line.cells for token in cell.tokens if id(token) not in barred)
        if not tokens:
            continue
        plain = " ".join(token.text for token in tokens).lower()
        headings = tuple(
            (squeezed(cell.text), len(cell.tokens), _is_high(cell))
            for cell in line.cells
            if any(id(token) not in barred for token in cell.tokens)
            and not _DIGIT.search(cell.text)  # "FNB 62841790356" is a destination
        )
        found.append(_Print(tokens, plain, squeezed(plain), headings))
    return found


def _is_high(cell: Cell) -> bool:
    """Whether a cell stands where letterheads do; on a phone's tall screen the bars of its programs stand above."""
    return cell.page == 1 and (cell.y0 < _HIGH or cell.tokens[0].word.box[1] < _HIGH_ON_TALL)


def _score(bank: Bank, prints: Sequence[_Print]) -> tuple[float, tuple[Token, ...]] | None:
    score, best, where = 0.0, 0.0, tuple[Token, ...]()
    phrases = [squeezed(phrase) for phrase in bank.phrases]
    names = [squeezed(name) for name in (bank.name, *bank.names)]
    for line in prints:
        gained = _evidence(bank, line.plain, line.letters, phrases) + _named(names, line)
        score += gained
        if gained > best:
            best, where = gained, _naming(bank, line.tokens)
    return (score, where) if score > 0 else None


def _evidence(bank: Bank, plain: str, letters: str, phrases: list[str]) -> float:
    gained = sum(_REGISTRATION for number in bank.registration if squeezed(number) in letters)
    gained += sum(_DOMAIN for domain in bank.domains if domain in plain)
    for phrase in phrases:
        if phrase in letters or (
            len(letters) >= len(phrase) >= _LONG_PHRASE and fuzz.partial_ratio(phrase, letters) >= 90
        ):
            gained += _PHRASE
    return gained


def _named(names: Sequence[str], line: _Print) -> float:
    """A name in a heading, a letterhead or a signature: a short cell that is (nearly) nothing but the bank."""
    gained = 0.0
    for letters, words, is_high in line.headings:
        if any(letters == name or (words <= 6 and letters.startswith(name)) for name in names):
            gained += _HEADER_NAME if is_high else _NAME
    return gained


def _naming(bank: Bank, tokens: Sequence[Token]) -> tuple[Token, ...]:
    words = {squeezed(word) for name in (bank.name, *bank.names) for word in name.split()}
    found = tuple(token for token in tokens if squeezed(token.text) in words)
    return found or tuple(tokens[:4])


def _letterhead(lines: Sequence[Line]) -> Issuer | None:
    """A bank we do not know whose name stands alone at the head of the first page."""
    for line in lines[:4]:
        for cell in line.cells:
            match = _HEAD.fullmatch(cell.text)
            if match is not None and cell.y0 < _HIGH and line.page == lines[0].page:
                return Issuer(match[1], 0.6, cell.tokens)
    return None


def _stranger(lines: Sequence[Line]) -> Issuer | None:
    """A bank we do not know that names itself in a legal line or a confirming sentence."""
    for line in lines:
        if not _LEGAL_NEAR.search(line.text):
            continue
        match = _LEGAL.search(line.text)
        if match is None:
            continue
        name = match[1].strip()
        tokens = tuple(token for cell in line.cells for token in cell.tokens if token.text in name.split())
        seen = any(token.word.confidence < 1.0 for token in tokens)
        known = known_bank(name, _ALIKE_SEEN) if seen else known_bank(name)
        if tokens:
            return Issuer(known.name if known else name, 0.75, tokens)
    return None
