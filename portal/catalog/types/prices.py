"""What one unit costs: the shop's price, offers of price lists, quantity steps, and money of another currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.core.countries import CURRENCIES
from portal.core.exchange import MICROS, rate_words
from portal.core.money import Money
from portal.core.vat import half_up

#: An exchange rate counts for at most so many days after its own (docs/rules/prices.md P5).
RATE_COUNTS_DAYS = 31
LONGEST_LIST_NAME = 80

__all__ = [
    "CURRENCIES",
    "LONGEST_LIST_NAME",
    "MICROS",
    "RATE_COUNTS_DAYS",
    "ListDraft",
    "ListInfo",
    "ListedPrice",
    "Offer",
    "Price",
    "Rate",
    "Step",
    "converted",
    "price_from",
]


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of a price list: from this quantity on, a unit costs so much."""

    list_name: str
    from_quantity: int
    price: Money


@dataclass(frozen=True, slots=True)
class Step:
    """From this quantity on a unit costs less than before."""

    from_quantity: int
    price: Money


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs somebody. shop: what it costs everybody. list_name: the list it stands on, empty without one.

    steps: what more of it would cost, from the next lower price on.
    """

    unit: Money
    shop: Money
    list_name: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def reduced(self) -> bool:
        """Whether it is lower than everybody's."""
        return self.unit < self.shop


def price_from(shop: Money, offers: Iterable[Offer], quantity: int) -> Price:
    """The lowest of the shop's price and every offer that counts for this quantity.

    offers: of lists that are valid, for this product, in the shop price's currency.
    More of a product never costs more a unit. Source: docs/rules/prices.md P2, P3.
    """
    ordered = sorted(offers, key=lambda offer: (offer.price.cents, offer.from_quantity, offer.list_name))
    unit, name = shop, ""
    best = next((offer for offer in ordered if offer.from_quantity <= quantity), None)
    if best is not None and best.price < shop:
        unit, name = best.price, best.list_name
    return Price(unit, shop, name, _steps(unit, quantity, ordered))


def _steps(unit: Money, quantity: int, offers: Iterable[Offer]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for offer in sorted(offers, key=lambda offer: (offer.from_quantity, offer.price.cents)):
        lowest = steps[-1].price if steps else unit
        if offer.from_quantity > quantity and offer.price < lowest:
            if steps and steps[-1].from_quantity == offer.from_quantity:
                continue
            steps.append(Step(offer.from_quantity, offer.price))
    return tuple(steps)


def converted(price: Money, rate_micros: int, currency: str) -> Money:
    """A price in rand as money of another currency, half a cent rounded up.

    rate_micros: millionths of a rand for one unit of that currency. Source: docs/rules/prices.md P5.
    """
    return Money(half_up(Fraction(price.cents * MICROS, rate_micros)), currency)


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What staff write about a price list. everybody: it counts for all customers, and for visitors of the shop."""

    name: str
    currency: str
    valid_from: date
    valid_to: date | None
    everybody: bool


@dataclass(frozen=True, slots=True)
class ListInfo:
    """A price list. valid_to: its last day, None without an end."""

    id: int
    name: str
    currency: str
    valid_from: date
    valid_to: date | None
    everybody: bool
    version: int

    def counts_on(self, day: date) -> bool:
        """Whether its prices count on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One row of a price list with the product it is for."""

    id: int
    sku: str
    name: str
    unit: str
    from_quantity: int
    price: Money
    shop: Money


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency cost on a day, in millionths of a rand."""

    currency: str
    day: date
    micros: int

    @property
    def words(self) -> str:
        """``18.2145``: at least two places, at most six."""
        return rate_words(self.micros)
