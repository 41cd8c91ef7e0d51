from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from portal.accounts.types import ReleasePolicy
from portal.catalog import service as catalog
from portal.catalog.errors import NotEnoughStock
from portal.catalog.queries import stock as shelves
from portal.orders import service as orders
from portal.orders.types import OrderInfo, State
from portal.platform.db import db, transaction
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, more_staff, new_key, open_shop, second_customer
from tests.integration.soundness import broken


def stocked(shop: Shop, count: int) -> None:
    def put() -> None:
        catalog.keep_stock(shop.hose.id)
        catalog.count(shop.hose.id, count, "Stock-take")

    transaction(put)


def shelf(shop: Shop) -> tuple[int, int]:
    """On hand and reserved."""
    (row,) = shelves.lock([shop.hose.id])
    found = row.on_hand, row.reserved
    db.session.rollback()
    return found


def short(placed: OrderInfo) -> list[int]:
    return [count for _, count in orders.short_of(orders.detail(placed.number))]


def test_an_order_reserves_what_is_there_and_waits_for_the_rest(shop: Shop) -> None:
    stocked(shop, 3)
    first, second = shop.order((shop.hose, 2)), shop.order((shop.hose, 2))
    assert shelf(shop) == (3, 3)
    assert (short(first), short(second)) == ([], [1])

    transaction(lambda: catalog.receive(shop.hose.id, 5, "DN 99"))
    assert short(second) == []


def test_a_cancelled_order_gives_its_goods_to_who_waits(shop: Shop) -> None:
    stocked(shop, 2)
    shop.become(ReleasePolicy.ACCOUNT)
    held = shop.order((shop.hose, 2))
    shop.become(ReleasePolicy.CLEARED)
    waiting = shop.order((shop.hose, 1))
    assert short(waiting) == [1]

    transaction(lambda: orders.cancel(held.number, "Ordered twice", by=shop.manager))

    assert short(waiting) == []
    assert shelf(shop) == (2, 1)


def test_what_leaves_lowers_the_shelf_and_what_is_not_there_does_not_leave(shop: Shop) -> None:
    stocked(shop, 3)
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_000_00)
    placed, dispatcher = shop.order((shop.hose, 5)), more_staff("dispatcher")
    (line,) = orders.open_lines(placed)
    assert (line.left, line.waits) == (5, 2)
    with pytest.raises(NotEnoughStock, match="only 3 are there"):
        transaction(lambda: orders.mark_delivered(placed.number, by=dispatcher))
    assert orders.order(placed.number).state is State.RELEASED

    transaction(lambda: orders.deliver(placed.number, {line.line_id: 3}, new_key(), seen=0, by=dispatcher))

    assert shelf(shop) == (0, 0)
    assert orders.order(placed.number).state is State.PART_DELIVERED
    (line,) = orders.open_lines(placed)
    assert (line.left, line.waits) == (2, 2)


def test_back_orders_are_shown_to_the_customer_and_to_the_dispatcher(shop: Shop, signed_in: Any) -> None:
    stocked(shop, 1)
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_000_00)
    placed = shop.order((shop.hose, 4))
    buyer, desk = signed_in(shop.buyer.email), signed_in(more_staff("dispatcher").email)
    assert "3 × Hydraulic hose" in buyer.get(f"/orders/{placed.number}").get_data(as_text=True)
    assert "Back-ordered" in desk.get(f"/staff/orders/{placed.number}").get_data(as_text=True)
    page = desk.get(f"/staff/orders/{placed.number}/deliver").get_data(as_text=True)
    assert "3 not in stock" in page and 'value="1"' in page
    refused = desk.post(f"/staff/orders/{placed.number}/delivered")
    assert (refused.status_code, orders.order(placed.number).state) == (409, State.RELEASED)


@pytest.mark.mariadb
@pytest.mark.parametrize("_again", range(3))
def test_two_customers_who_order_the_last_one_do_not_both_get_it(mariadb_app: Any, _again: int) -> None:
    shop = open_shop()
    other = second_customer()
    stocked(shop, 1)
    for buyer in (shop.buyer, other):
        shop.fill((shop.hose, 1), buyer=buyer)

    def place(buyer: Any) -> OrderInfo:
        return transaction(lambda: orders.place_order(buyer, "PO", new_key()))

    answers = at_once(mariadb_app, [partial(place, buyer) for buyer in (shop.buyer, other)])

    assert sorted(short(each) for each in answers) == [[], [1]]
    assert shelf(shop) == (1, 1)
    assert broken() == []
