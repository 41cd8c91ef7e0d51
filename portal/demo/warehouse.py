"""What lies in the demo company's warehouse on the last day, and the prices of its best customers."""

from __future__ import annotations

from random import Random

from portal.catalog import service as catalog
from portal.catalog.types import ListDraft
from portal.core import clock
from portal.core.money import Money
from portal.demo.catalogue import PRODUCTS
from portal.demo.company import Cast

#: every so many products one is out of stock, and one is low
_EMPTY_EVERY, _LOW_EVERY = 23, 9
_LISTED_EVERY = 6
_WORDS = "First count after the move"


def fill(cast: Cast, seed: int) -> None:
    """Count the shelves, receive some goods, and give the first three customers a price list with steps."""
    random = Random(f"{seed} warehouse")
    ids = {each.sku: catalog.product_by_sku(each.sku).id for each in PRODUCTS}
    by = cast.staff["dispatcher"].name
    levels = {ids[each.sku]: _level(place, random) for place, each in enumerate(PRODUCTS, 1)}
    catalog.take_over_stock(levels, _WORDS, by=by)
    for each in random.sample(PRODUCTS, 8):
        catalog.receive(ids[each.sku], random.randrange(5, 40), f"Delivery note {random.randrange(4000, 9000)}", by=by)
    _price_list(cast)
    catalog.set_rate("USD", clock.today(), "18.2145", by=cast.staff["manager"].name)


def _level(place: int, random: Random) -> tuple[int, int]:
    """On hand, and when to order again."""
    reorder = random.choice((5, 10, 20))
    if place % _EMPTY_EVERY == 0:
        return 0, reorder
    return (random.randrange(1, reorder) if place % _LOW_EVERY == 0 else random.randrange(40, 400)), reorder


def _price_list(cast: Cast) -> None:
    made = catalog.create_list(
        ListDraft("Mines and plant hire", "ZAR", clock.today().replace(day=1), None, everybody=False)
    )
    for each in PRODUCTS[::_LISTED_EVERY]:
        for quantity, percent in ((1, 96), (10, 92)):
            catalog.set_price(made.id, each.sku, quantity, Money.zar(each.price.cents * percent // 100))
    for customer in cast.customers[:3]:
        catalog.give_list(made.id, customer.name.code)
