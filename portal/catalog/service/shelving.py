"""Shelves of many products at once, as an import writes them."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalog.models import Stock
from portal.catalog.queries import stock as queries
from portal.catalog.service.stock import count_shelves
from portal.catalog.types import Filled, StockLevel
from portal.platform.db import db


def take_over(wanted: Mapping[int, tuple[int | None, int | None]], words: str, *, by: str) -> tuple[Filled, ...]:
    """Keep stock of products and count them: product id → on hand and reorder level, None to leave as it is.

    A product with neither is left alone. Gives the orders that waited and got something. Source: docs/rules/stock.md K6, K7.
    """
    said = {product_id: each for product_id, each in wanted.items() if each != (None, None)}
    if not said:
        return ()
    there = {shelf.product_id: shelf for shelf in queries.lock(said)}
    for product_id in sorted(said.keys() - there.keys()):
        there[product_id] = Stock(product_id=product_id, on_hand=0, reserved=0, kept=True, reorder_level=0, low=True)
        db.session.add(there[product_id])
    for product_id, shelf in there.items():
        shelf.kept = True
        if (level := said[product_id][1]) is not None:
            shelf.reorder_level = level
        shelf.low = StockLevel(shelf.on_hand, shelf.reserved, shelf.reorder_level).low
    found = {product_id: on_hand for product_id, (on_hand, _) in said.items() if on_hand is not None}
    counted = {
        product_id: there[product_id] for product_id in sorted(found) if found[product_id] != there[product_id].on_hand
    }
    return count_shelves(counted, found, words, by=by)[1]
