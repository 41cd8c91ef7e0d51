"""What other features and pages get of the catalogue, and how its words are found again."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portal.catalog.types.stock import StockLevel
from portal.core.money import Money
from portal.core.vat import VatCode

#: Longest word the index keeps.
LONGEST_WORD = 40
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
