"""Customers by the names that banks print: without legal form, in capitals, perhaps cut short."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.banking.match.world import Payer

_FORM = frozenset(
    [
        "PTY",
        "LTD",
        "LIMITED",
        "CC",
        "BK",
        "BPK",
        "BEPERK",
        "EDMS",
        "INC",
        "NPC",
        "HOLDINGS",
        "HOLDING",
        "GROUP",
        "GROEP",
        "SONS",
        "SEUNS",
        "AND",
        "EN",
        "KOOP",
        "KOP",
        "TA",
        "THE",
        "DIE",
        "TRUST",
        "TRADING",
        "SA",
        "RSA",
        "COMPANY",
        "CO",
    ]
)
_SPLIT = re.compile(r"[^A-Z0-9]+")
_SHORTEST = 4
#: with more names than this behind one first word, their lengths are not collected anew each time
_FEW = 4


@dataclass(frozen=True, slots=True)
class Named:
    """Customers whose name stands in a text: all of it, the beginning of it, or a payer text learned before."""

    whole: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    learned: frozenset[str] = frozenset()

    @property
    def anyone(self) -> frozenset[str]:
        """Everybody who may be meant."""
        return self.whole | self.begun | self.learned


class Payers:
    """All customers, found by name."""

    def __init__(self, customers: Iterable[Payer]) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], set[str]]] = {}
        self._aliases: dict[str, list[tuple[str, str]]] = {}
        for customer in customers:
            for words in {name_words(customer.name, strange) for strange in (True, False)}:
                if words:
                    self._by_first.setdefault(words[0], {}).setdefault(words, set()).add(customer.code)
            for alias in customer.aliases:
                if key := tuple(words_of(alias)):
                    self._aliases.setdefault(key[0], []).append((" ".join(key), customer.code))

    def named_in(self, text: str) -> Named:
        """Who is named in a bank's text."""
        whole: set[str] = set()
        begun: set[str] = set()
        learned: set[str] = set()
        for words in _variants(text):
            for at, word in enumerate(words):
                names = self._by_first.get(word)
                if names is not None:
                    here = _stands_at(words, at, names)
                    whole |= here
                    if not here:
                        begun.update(*(codes for name, codes in names.items() if _is_begun(words[at:], name)))
                if word in self._aliases:
                    joined = f" {' '.join(words)} "
                    learned |= {code for alias, code in self._aliases[word] if f" {alias} " in joined}
        return Named(frozenset(whole), frozenset(begun - whole), frozenset(learned))


def _variants(text: str) -> list[tuple[str, ...]]:
    """The words as they are; where letters have accents, also as banks print that know none."""
    plain = tuple(words_of(text))
    return [plain] if text.isascii() else [plain, tuple(words_of(text, strange=False))]


def _stands_at(words: tuple[str, ...], at: int, names: Mapping[tuple[str, ...], set[str]]) -> set[str]:
    """Customers whose whole name begins at a word."""
    found: set[str] = set()
    for size in {len(name) for name in names} if len(names) < _FEW else range(1, len(words) - at + 1):
        found |= names.get(words[at : at + size], set())
    return found


def _is_begun(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the text breaks off within the name, or the rest of the name has something glued to it."""
    for at, part in enumerate(name):
        if at >= len(words):
            return at > 0 and len(name[0]) >= _SHORTEST
        if words[at] != part:
            cut = at == len(words) - 1 and part.startswith(words[at])
            return at > 0 and (cut or words[at].startswith(part))
    return False


def words_of(text: str, *, strange: bool = True) -> list[str]:
    """The words of a text in plain capitals. strange: a letter with an accent is its plain letter, otherwise a gap,
    as banks print that know no accents.
    """
    capitals = text.upper()
    if strange:
        capitals = unicodedata.normalize("NFKD", capitals)
        capitals = "".join(letter for letter in capitals if not unicodedata.combining(letter))
    return [word for word in _SPLIT.split(capitals) if word]


def name_words(name: str, strange: bool = True) -> tuple[str, ...]:
    """The words of a company's name that tell it from others, without its legal form at the end."""
    words = words_of(name, strange=strange)
    while len(words) > 1 and words[-1] in _FORM:
        words.pop()
    return tuple(words)
