"""What other features and pages get of the catalogue, and how its words are found again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.catalog.types.stock import StockLevel
from portal.core.money import Money
from portal.core.text import edits
from portal.core.vat import VatCode

#: Longest word the index keeps.
LONGEST_WORD = 40
#: A slip may have been meant to be so many words.
MOST_MEANT = 3
#: More words than this narrow a search no further.
MOST_WORDS = 6
_WORD = re.compile(r"[a-z0-9]+")


class SortBy(StrEnum):
    """How the product list may be sorted."""

    NAME = "name"
    CHEAPEST = "price"
    DEAREST = "-price"

    @classmethod
    def of(cls, text: str | None) -> SortBy:
        """The order an address asks for; by name when it asks for none of ours."""
        return next((each for each in cls if each == text), cls.NAME)


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """A shelf of the catalogue; ``products`` counts what is on sale there."""

    id: int
    slug: str
    name: str
    icon: str
    products: int = 0
    parent_id: int | None = None
    #: how many shelves it stands inside of
    depth: int = 0


def as_tree(flat: Iterable[CategoryInfo]) -> tuple[CategoryInfo, ...]:
    """Shelves in shop order, each followed by those inside it, counting what is on sale there too."""
    known = list(flat)
    inside: dict[int | None, list[CategoryInfo]] = {}
    for each in known:
        inside.setdefault(each.parent_id, []).append(each)

    def walk(parent: int | None, depth: int) -> Iterator[CategoryInfo]:
        for each in inside.get(parent, ()):
            below = list(walk(each.id, depth + 1))
            direct = (one.products for one in below if one.parent_id == each.id)
            yield replace(each, depth=depth, products=each.products + sum(direct))
            yield from below

    return tuple(walk(None, 0))


def path_to(slug: str, shelves: Iterable[CategoryInfo]) -> tuple[CategoryInfo, ...]:
    """The shelf and those it stands in, the outermost first; empty for one that is not there."""
    by_id = {each.id: each for each in shelves}
    here = next((each for each in by_id.values() if each.slug == slug), None)
    path: list[CategoryInfo] = []
    while here is not None and here not in path:
        path.insert(0, here)
        here = by_id.get(here.parent_id or 0)
    return tuple(path)


def within(slug: str, shelves: Iterable[CategoryInfo]) -> frozenset[int]:
    """Ids of a shelf and of all that stand inside it."""
    known = tuple(shelves)
    return frozenset(each.id for each in known if any(one.slug == slug for one in path_to(each.slug, known)))


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """One product. price: for one unit, without VAT. picture: the hash in its address, None without one.

    stock: what is on the shelf; None for a product that stock is not kept of.
    """

    id: int
    sku: str
    slug: str
    name: str
    description: str
    category_id: int
    category: str
    category_slug: str
    icon: str
    unit: str
    pack: str
    price: Money
    vat_code: VatCode
    picture: str | None
    active: bool
    version: int
    stock: StockLevel | None = None
    usd: Money | None = None
    barcode: str | None = None
    pack_size: int = 1
    hazardous: bool = False
    un_number: str = ""
    specs: tuple[tuple[str, str], ...] = ()

    def price_in(self, currency: str) -> Money | None:
        """Everybody's price in a currency; None where it has to be converted."""
        return self.price if currency == self.price.currency else self.usd if currency == "USD" else None

    @property
    def per(self) -> str:
        """``a roll``, ``each``: what one price buys."""
        if self.unit == "each":
            return "each"
        return f"an {self.unit}" if self.unit[:1] in "aeiou" else f"a {self.unit}"


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """What staff write about a product. category: its slug. picture: bytes of any image we read, None to keep."""

    sku: str
    name: str
    description: str
    category: str
    unit: str
    pack: str
    price: Money
    vat_code: VatCode
    active: bool = True
    usd: Money | None = None
    barcode: str | None = None
    pack_size: int = 1
    hazardous: bool = False
    un_number: str = ""
    specs: tuple[tuple[str, str], ...] = ()


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text in small plain letters, each once: ``Émulsion 5ℓ`` is ``emulsion``, ``5l``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(plain)))


def index_words(sku: str, *texts: str) -> frozenset[str]:
    """The words a product is found by: those of its code and texts, and the code without its dashes."""
    words = set(plain_words(" ".join((sku, *texts))))
    return frozenset(words | {"".join(plain_words(sku))[:LONGEST_WORD]})


def next_prefix(word: str) -> str:
    """The first text after all that begin with the word, so that a prefix is a range of the index."""
    return word[:-1] + chr(ord(word[-1]) + 1)


#: Shorter words are typed again sooner than they are repaired.
SHORTEST_SLIP = 4
#: Slips are looked for in so many letters from the left.
_SLIP_LETTERS = 10


def slips_of(word: str) -> frozenset[str]:
    """The beginning of a word whole and with each one of its letters dropped; nothing for short words and numbers.

    Two words that differ by one letter, dropped, added, changed or swapped with its neighbour, share one of these.
    """
    if len(word) < SHORTEST_SLIP or any(letter.isdigit() for letter in word):
        return frozenset()
    start = word[:_SLIP_LETTERS]
    return frozenset({start, *(start[:at] + start[at + 1 :] for at in range(len(start)))})


def meant_by(typed: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Those of some words that somebody who typed this may have begun to write: one slip away, the nearest first.

    The first letter is taken as meant, so that a seal is no meal.
    """
    alike = {word for word in candidates if word[:1] == typed[:1]}
    near = [(min(edits(typed, word[: len(typed) + more], 1) for more in (-1, 0, 1)), word) for word in alike]
    return tuple(word for away, word in sorted(near) if away <= 1)[:MOST_MEANT]
