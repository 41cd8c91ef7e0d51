"""Two dispatchers at one moment, on MariaDB; the control shows what would happen without the lock."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Customer
from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.identity import Identity
from portal.orders import queries
from portal.orders import service as orders
from portal.orders.models import Order
from portal.orders.queries import deliveries as of_deliveries
from portal.orders.service import dispatching, moving
from portal.orders.types import OrderInfo, State
from portal.orders.types.deliveries import DeliveryInfo
from portal.platform.db import db, transaction
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, more_staff, new_key, open_shop
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb


@pytest.fixture
def shop(mariadb_app: Any) -> Shop:
    made = open_shop()
    made.become(ReleasePolicy.ACCOUNT, credit=100_000_000_00)
    return made


def held_in_the_session(work: Any) -> Any:
    """Run with the rows loaded before, as a page has them: a lock that does not refresh would keep the old ones."""
    kept = [list(db.session.scalars(select(model))) for model in (Customer, Order)]
    made = work()
    assert kept
    return made


def two_dispatchers(app: Any, placed: OrderInfo, by: Identity, pieces: int) -> list[Any]:
    (line,) = orders.open_lines(placed)
    db.session.remove()

    def send() -> DeliveryInfo:
        work = partial(orders.deliver, placed.number, {line.line_id: pieces}, new_key(), seen=0, by=by)
        return transaction(lambda: held_in_the_session(work))

    return at_once(app, [send] * 2)


@pytest.mark.parametrize("pieces", [3, 5])
def test_of_two_dispatchers_one_delivers(shop: Shop, mariadb_app: Any, pieces: int) -> None:
    placed, dispatcher = shop.order((shop.hose, 5)), more_staff("dispatcher")

    answers = two_dispatchers(mariadb_app, placed, dispatcher, pieces)

    assert sum(isinstance(each, DeliveryInfo) for each in answers) == 1
    assert sum(isinstance(each, Conflict | IllegalMove) for each in answers) == 1
    assert [line.left for line in orders.open_lines(placed)] == [5 - pieces]
    assert broken() == []


def test_of_two_who_deliver_all_that_is_left_one_is_told_that_it_left(shop: Shop, mariadb_app: Any) -> None:
    placed, dispatcher = shop.order((shop.hose, 5)), more_staff("dispatcher")

    def send() -> OrderInfo:
        return transaction(lambda: orders.mark_delivered(placed.number, by=dispatcher))

    answers = at_once(mariadb_app, [send] * 3)

    assert sum(isinstance(each, OrderInfo) for each in answers) == 1
    assert len(orders.deliveries_of(placed)) == 1
    assert orders.order(placed.number).state is State.DELIVERED
    assert broken() == []


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Nothing is locked, and both have read what is left before either writes; then they write one after the other.

    Gives the turn to write, which whoever took it hands on.
    """
    both_have_read, turn, real = threading.Barrier(2), threading.Semaphore(1), of_deliveries.open_lines

    def open_lines(order_id: int) -> Any:
        found = real(order_id)
        both_have_read.wait(timeout=20)
        turn.acquire(timeout=20)
        return found

    monkeypatch.setattr(moving.accounts, "lock_customer", lambda _id: None)
    monkeypatch.setattr(queries, "lock_order", lambda order_id: db.session.get(Order, order_id))
    monkeypatch.setattr(of_deliveries, "open_lines", open_lines)
    monkeypatch.setattr(dispatching.invoices, "take_number", lambda series, _day: f"{series}-{new_key()[:8]}")
    return turn


def test_control_without_the_locks_goods_leave_twice(shop: Shop, mariadb_app: Any, request: Any) -> None:
    placed, dispatcher = shop.order((shop.hose, 5)), more_staff("dispatcher")
    (line,) = orders.open_lines(placed)
    db.session.remove()
    turn: threading.Semaphore = request.getfixturevalue("no_locks")

    def send() -> DeliveryInfo:
        try:
            return transaction(
                lambda: orders.deliver(placed.number, {line.line_id: 4}, new_key(), seen=0, by=dispatcher)
            )
        finally:
            turn.release()

    answers = at_once(mariadb_app, [send] * 2)
    request.getfixturevalue("monkeypatch").undo()

    assert [type(each) for each in answers] == [DeliveryInfo, DeliveryInfo]
    assert [line.left for line in orders.open_lines(placed)] == [-3]
    assert any("never more than was ordered" in words for words in broken())


def test_of_two_who_record_a_receipt_one_is_refused(shop: Shop, mariadb_app: Any) -> None:
    placed, dispatcher = shop.order((shop.hose, 5)), more_staff("dispatcher")
    transaction(lambda: orders.mark_delivered(placed.number, by=dispatcher))
    (sent,) = orders.deliveries_of(placed)

    def receive(name: str) -> DeliveryInfo:
        return transaction(lambda: orders.record_receipt(sent.number, name, clock.now(), by=dispatcher))

    answers = at_once(mariadb_app, [partial(receive, name) for name in ("Sipho", "Anna")])

    assert sorted(type(each).__name__ for each in answers) == ["DeliveryInfo", "IllegalMove"]


def test_numbers_have_no_gap_when_many_deliver_at_once(shop: Shop, mariadb_app: Any) -> None:
    dispatcher = more_staff("dispatcher")
    placed = [shop.order((shop.hose, 1)).number for _ in range(8)]

    def send(number: str) -> OrderInfo:
        return transaction(lambda: orders.mark_delivered(number, by=dispatcher))

    answers = at_once(mariadb_app, [partial(send, number) for number in placed])

    assert not [each for each in answers if isinstance(each, Exception)]
    numbers = {orders.deliveries_of(orders.order(number))[0].number for number in placed}
    assert numbers == {f"DN-{clock.today().year}-{n:06d}" for n in range(1, 9)}
