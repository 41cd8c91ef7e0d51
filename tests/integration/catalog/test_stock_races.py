"""The last one on the shelf, wanted twice: on MariaDB, because SQLite cannot show it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.catalog import service as catalog
from portal.catalog.models import Reservation, Stock
from portal.catalog.queries import stock as queries
from portal.platform.db import db, transaction
from tests.integration.catalog.test_stock import level, stocked
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, open_shop
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb


@pytest.fixture
def shop(mariadb_app: Any) -> Iterator[Shop]:
    yield open_shop()


def order(number: str, product_id: int, ready: threading.Barrier) -> dict[int, int]:
    """As a page would: the shelf is loaded, and held, before the order is placed."""
    held = db.session.get_one(Stock, product_id)
    assert held.on_hand == 1
    ready.wait(timeout=20)
    short = transaction(lambda: catalog.reserve(number, {product_id: 1}), attempts=1)
    assert held is not None
    return short


def race(app: Any, product_id: int) -> list[Any]:
    ready = threading.Barrier(2)
    return at_once(app, [partial(order, number, product_id, ready) for number in ("ORD-1", "ORD-2")])


def promised() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.coalesce(func.sum(Reservation.quantity), 0))) or 0)


def test_of_two_orders_for_the_last_one_the_second_waits(shop: Shop, mariadb_app: Any) -> None:
    hose = stocked(shop.hose, 1)

    answers = race(mariadb_app, hose)

    assert sorted(map(len, answers)) == [0, 1]
    assert promised() == 1
    assert broken() == []


def test_without_reading_afresh_the_last_one_would_be_promised_twice(
    shop: Shop, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race with the lock as it is often written."""
    hose = stocked(shop.hose, 1)

    def lock_without_refresh(ids: Iterable[int]) -> list[Stock]:
        wanted = select(Stock).where(Stock.product_id.in_(sorted(ids))).with_for_update()
        return list(db.session.scalars(wanted))

    monkeypatch.setattr(queries, "lock", lock_without_refresh)

    answers = race(mariadb_app, hose)

    assert answers == [{}, {}]
    assert promised() == 2


def test_orders_that_want_the_same_products_in_another_order_do_not_block_each_other(
    shop: Shop, mariadb_app: Any
) -> None:
    products = [stocked(each, 40) for each in (shop.hose, shop.seal, shop.meal)]

    def many(which: int) -> list[dict[int, int]]:
        wanted = dict.fromkeys(products if which % 2 else reversed(products), 1)
        return [transaction(partial(catalog.reserve, f"ORD-{which}-{turn}", wanted), attempts=1) for turn in range(10)]

    answers = at_once(mariadb_app, [partial(many, which) for which in range(4)])

    assert answers == [[{}] * 10] * 4
    assert [level(each).available for each in (shop.hose, shop.seal, shop.meal)] == [0, 0, 0]  # type: ignore[union-attr]
    assert broken() == []


def test_goods_that_come_in_while_orders_are_placed_and_cancelled_add_up(shop: Shop, mariadb_app: Any) -> None:
    hose = stocked(shop.hose, 5)

    def buy(which: int) -> None:
        for turn in range(6):
            number = f"ORD-{which}-{turn}"
            transaction(partial(catalog.reserve, number, {hose: 2}), attempts=8)
            if turn % 2:
                transaction(partial(catalog.unreserve, number), attempts=8)

    def fetch() -> None:
        for _ in range(10):
            transaction(lambda: catalog.receive(hose, 3, "note"), attempts=8)

    answers = at_once(mariadb_app, [partial(buy, 1), partial(buy, 2), partial(buy, 3), fetch])

    assert answers == [None] * 4
    assert level(shop.hose) == catalog.products_by_id([hose])[hose].stock
    assert (level(shop.hose).on_hand, promised()) == (35, 18)  # type: ignore[union-attr]
    assert broken() == []
