"""The shelf: promised once, served in turn, and always the sum of what happened (docs/rules/stock.md)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.catalog import service as catalog
from portal.catalog.errors import NotEnoughStock, StockNotKept
from portal.catalog.types import Filled, ProductInfo, StockLevel
from portal.core.errors import BadInput, Conflict
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, new_key
from tests.integration.soundness import broken


def stocked(product: ProductInfo, on_hand: int, reorder_level: int = 0) -> int:
    def keep() -> None:
        catalog.keep_stock(product.id, reorder_level)
        catalog.count(product.id, on_hand, "first count")

    transaction(keep)
    return product.id


def level(product: ProductInfo) -> StockLevel | None:
    return catalog.products_by_id([product.id])[product.id].stock


def reserve(number: str, wanted: dict[int, int]) -> dict[int, int]:
    return transaction(lambda: catalog.reserve(number, wanted))


def deliver(number: str, quantities: dict[int, int]) -> None:
    transaction(lambda: catalog.deliver(number, quantities))


def receive(product_id: int, quantity: int) -> tuple[Filled, ...]:
    return transaction(lambda: catalog.receive(product_id, quantity, "note 7"))


def test_an_order_reserves_what_is_there_and_waits_for_the_rest(shop: Shop) -> None:
    hose, seal = stocked(shop.hose, 3), stocked(shop.seal, 10)

    assert reserve("ORD-1", {hose: 5, seal: 4}) == {hose: 2}

    assert level(shop.hose) == StockLevel(on_hand=3, reserved=3, reorder_level=0)
    assert level(shop.seal) == StockLevel(on_hand=10, reserved=4, reorder_level=0)


def test_what_stock_is_not_kept_of_is_never_short(shop: Shop) -> None:
    assert reserve("ORD-1", {shop.meal.id: 90_000}) == {}
    deliver("ORD-1", {shop.meal.id: 90_000})
    assert level(shop.meal) is None


def test_the_same_order_reserves_once(shop: Shop) -> None:
    hose = stocked(shop.hose, 3)
    first = reserve("ORD-1", {hose: 5})

    assert reserve("ORD-1", {hose: 5}) == first
    assert level(shop.hose) == StockLevel(3, 3, 0)


def test_what_comes_in_serves_the_oldest_order_first(shop: Shop) -> None:
    hose = stocked(shop.hose, 0)
    reserve("ORD-1", {hose: 2})
    reserve("ORD-2", {hose: 3})

    assert receive(hose, 4) == (Filled("ORD-1", hose, 2), Filled("ORD-2", hose, 2))
    assert receive(hose, 4) == (Filled("ORD-2", hose, 1),)
    assert level(shop.hose) == StockLevel(8, 5, 0)


def test_what_an_order_gives_back_goes_to_the_next(shop: Shop) -> None:
    hose = stocked(shop.hose, 2)
    reserve("ORD-1", {hose: 3})
    reserve("ORD-2", {hose: 1})

    assert transaction(lambda: catalog.unreserve("ORD-1")) == (Filled("ORD-2", hose, 1),)
    assert level(shop.hose) == StockLevel(2, 1, 0)
    assert transaction(lambda: catalog.unreserve("ORD-1")) == ()


def test_a_delivery_lowers_the_shelf_and_the_promise(shop: Shop) -> None:
    hose = stocked(shop.hose, 10)
    reserve("ORD-1", {hose: 6})

    deliver("ORD-1", {hose: 4})
    assert level(shop.hose) == StockLevel(6, 2, 0)

    deliver("ORD-1", {hose: 2})
    assert level(shop.hose) == StockLevel(4, 0, 0)


def test_an_order_without_a_promise_takes_only_what_nobody_was_promised(shop: Shop) -> None:
    hose = stocked(shop.hose, 5)
    reserve("ORD-2", {hose: 3})

    with pytest.raises(NotEnoughStock) as refused:
        deliver("ORD-1", {hose: 3})
    assert "only 2 are there" in str(refused.value)
    assert level(shop.hose) == StockLevel(5, 3, 0)

    deliver("ORD-1", {hose: 2})
    assert level(shop.hose) == StockLevel(3, 3, 0)


def test_a_count_below_the_promises_lets_the_newest_order_wait(shop: Shop) -> None:
    hose = stocked(shop.hose, 5)
    reserve("ORD-1", {hose: 2})
    reserve("ORD-2", {hose: 3})

    transaction(lambda: catalog.count(hose, 3, "two are torn"))

    assert level(shop.hose) == StockLevel(3, 3, 0)
    assert receive(hose, 2) == (Filled("ORD-2", hose, 2),)


def test_a_count_above_the_book_serves_who_waits(shop: Shop) -> None:
    hose = stocked(shop.hose, 0)
    reserve("ORD-1", {hose: 2})

    assert transaction(lambda: catalog.count(hose, 5, "found behind")) == (Filled("ORD-1", hose, 2),)


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_a_quantity_that_cannot_have_come_in_is_refused(shop: Shop, quantity: int) -> None:
    hose = stocked(shop.hose, 1)
    with pytest.raises(BadInput):
        receive(hose, quantity)
    assert level(shop.hose) == StockLevel(1, 0, 0)


def test_goods_received_by_a_form_that_is_sent_twice_came_in_once(shop: Shop) -> None:
    hose, key = stocked(shop.hose, 1), new_key()
    for _ in range(2):
        transaction(lambda: catalog.receive(hose, 5, "note 7", key=key))
    assert level(shop.hose) == StockLevel(6, 0, 0)


def test_nothing_is_received_of_what_stock_is_not_kept_of(shop: Shop) -> None:
    with pytest.raises(StockNotKept) as refused:
        receive(shop.meal.id, 5)
    assert "MM-10" in refused.value.words


def test_stock_stays_kept_while_somebody_is_promised_some(shop: Shop) -> None:
    hose = stocked(shop.hose, 1)
    reserve("ORD-1", {hose: 1})
    with pytest.raises(Conflict):
        transaction(lambda: catalog.stop_keeping_stock(hose))
    transaction(lambda: catalog.unreserve("ORD-1"))

    transaction(lambda: catalog.stop_keeping_stock(hose))

    assert level(shop.hose) is None
    assert reserve("ORD-2", {hose: 9}) == {}


def test_a_shelf_is_low_from_its_reorder_level_down(shop: Shop) -> None:
    hose = stocked(shop.hose, 5, reorder_level=3)
    assert [level(shop.hose).low, stored_low()] == [False, [0]]  # type: ignore[union-attr]
    reserve("ORD-1", {hose: 2})
    assert [level(shop.hose).low, stored_low()] == [True, [1]]  # type: ignore[union-attr]


def stored_low() -> list[int]:
    return list(db.session.scalars(text("SELECT low FROM stock")))


@pytest.mark.parametrize("statement", ["UPDATE stock_movement SET quantity = 9", "DELETE FROM stock_movement"])
def test_a_movement_is_never_changed_or_removed(shop: Shop, statement: str) -> None:
    stocked(shop.hose, 5)
    with pytest.raises(DBAPIError, match="movement of stock"):
        transaction(lambda: db.session.execute(text(statement)))


def test_the_self_check_names_a_shelf_that_its_history_contradicts(app: Any) -> None:
    from tests.integration.orders.shop import open_shop

    shop = open_shop()
    hose = stocked(shop.hose, 5)
    reserve("ORD-1", {hose: 2})
    assert broken() == []

    transaction(lambda: db.session.execute(text("UPDATE stock SET on_hand = 6, reserved = 3")))

    (found,) = broken()
    assert "HH-12-R2AT: on hand 6, movements 5; reserved 3, reservations 2" in found


def test_a_shelf_is_never_promised_beyond_what_is_there(shop: Shop) -> None:
    """The database keeps this rule even where a program forgets it."""
    stocked(shop.hose, 5)
    with pytest.raises(DBAPIError):
        transaction(partial(db.session.execute, text("UPDATE stock SET reserved = 6")))
