"""Cancelled at one moment with a delivery, and with the bank's word, on MariaDB; the controls show the lock at work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import queries
from portal.orders import service as orders
from portal.orders.models import Order
from portal.orders.queries import deliveries as of_deliveries
from portal.orders.service import dispatching, moving
from portal.orders.types import OrderInfo, State
from portal.orders.types.cancelling import Rest
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import db, transaction
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, more_staff, new_key, open_shop
from tests.integration.orders.test_delivery_races import held_in_the_session
from tests.integration.orders.test_releasing import ONE_HOSE, verify
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb


@pytest.fixture
def shop(mariadb_app: Any) -> Shop:
    return open_shop()


def canceller(shop: Shop, number: str) -> Callable[[], OrderInfo]:
    seen = orders.rest(number).mark

    def work() -> OrderInfo:
        return orders.cancel(number, "Ordered twice", by=shop.manager, seen=seen, key=new_key())

    return lambda: transaction(lambda: held_in_the_session(work))


def released(shop: Shop) -> OrderInfo:
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_000_00)
    return shop.order((shop.hose, 5))


@pytest.mark.parametrize("attempt", range(3))
def test_goods_leave_or_the_order_is_cancelled_never_both(shop: Shop, mariadb_app: Any, attempt: int) -> None:
    placed, dispatcher = released(shop), more_staff("dispatcher")
    cancel = canceller(shop, placed.number)
    db.session.remove()

    def send() -> OrderInfo:
        work = lambda: orders.mark_delivered(placed.number, by=dispatcher)  # noqa: E731 - handed on at once
        return transaction(lambda: held_in_the_session(work))

    answers = at_once(mariadb_app, [cancel, send])

    assert sum(isinstance(each, OrderInfo) for each in answers) == 1
    assert sum(isinstance(each, Conflict | IllegalMove) for each in answers) == 1
    invoice = invoices.by_number(placed.invoice_number)
    left = sum(line.delivered for line in orders.open_lines(placed))
    assert (left, invoice.credited) in {(5, Money.zar(0)), (0, placed.total)}
    assert broken() == []


def test_control_without_the_locks_goods_leave_and_are_credited(
    shop: Shop, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, dispatcher = released(shop), more_staff("dispatcher")
    cancel = canceller(shop, placed.number)
    both_have_read, turn, real = threading.Barrier(2), threading.Semaphore(1), of_deliveries.open_lines
    db.session.remove()

    def open_lines(order_id: int) -> Any:
        found = real(order_id)
        if threading.current_thread() not in met:
            met.add(threading.current_thread())
            both_have_read.wait(timeout=20)
            turn.acquire(timeout=20)
        return found

    def in_turn(work: Callable[[], Any]) -> Callable[[], Any]:
        def act() -> Any:
            try:
                return work()
            finally:
                turn.release()

        return act

    met: set[threading.Thread] = set()
    monkeypatch.setattr(moving.accounts, "lock_customer", lambda _id: None)
    monkeypatch.setattr(queries, "lock_order", lambda order_id: db.session.get(Order, order_id))
    monkeypatch.setattr(of_deliveries, "open_lines", open_lines)
    monkeypatch.setattr(dispatching.invoices, "take_number", lambda series, _day: f"{series}-{new_key()[:8]}")

    def send() -> OrderInfo:
        return transaction(lambda: orders.deliver(
            placed.number, {real(placed.id)[0].line_id: 4}, new_key(), seen=0, by=dispatcher
        ))  # fmt: skip

    answers = at_once(mariadb_app, [in_turn(cancel), in_turn(send)])
    monkeypatch.undo()

    assert not [each for each in answers if isinstance(each, Exception)]
    invoice = invoices.by_number(placed.invoice_number)
    assert invoice.credited == placed.total
    assert sum(line.delivered for line in orders.open_lines(placed)) == 4


def confirmer(payment_id: int) -> Callable[[], Any]:
    received = BankReceipt(Money.zar(ONE_HOSE), clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    return lambda: transaction(lambda: payments.confirm(payment_id, received, key=new_key()))


@pytest.mark.parametrize("attempt", range(3))
def test_money_that_is_confirmed_while_its_order_is_cancelled_is_credit(
    shop: Shop, mariadb_app: Any, attempt: int
) -> None:
    placed = shop.order()
    payment_id, cancel = verify(shop, placed), canceller(shop, placed.number)
    confirm = confirmer(payment_id)
    db.session.remove()

    answers = at_once(mariadb_app, [cancel, confirm])

    order, invoice = orders.order(placed.number), invoices.by_number(placed.invoice_number)
    assert broken() == []
    if order.state is State.CANCELLED:
        assert payments.payment(payment_id).credit == Money.zar(ONE_HOSE)
        assert invoice.balance == Money.zar(0) == invoice.total - invoice.credited
    else:  # the money came first and released the order: the manager saw another order and is told so
        assert sum(isinstance(each, Conflict) for each in answers) == 1
        assert (order.state, invoice.balance) == (State.RELEASED, Money.zar(0))


def test_control_without_the_locks_an_order_is_cancelled_that_was_released_meanwhile(
    shop: Shop, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rest, "mark", "seen")  # it would tell that money came meanwhile
    placed = shop.order()
    payment_id, cancel = verify(shop, placed), canceller(shop, placed.number)
    confirm = confirmer(payment_id)
    was_read, is_confirmed = threading.Event(), threading.Event()
    db.session.remove()

    def lock_order(order_id: int) -> Order | None:
        row = db.session.get(Order, order_id)
        was_read.set()
        is_confirmed.wait(timeout=20)
        return row

    def confirm_then() -> Any:
        was_read.wait(timeout=20)
        try:
            return confirm()
        finally:
            is_confirmed.set()

    monkeypatch.setattr(moving.accounts, "lock_customer", lambda _id: None)
    monkeypatch.setattr(queries, "lock_order", lock_order)

    answers = at_once(mariadb_app, [cancel, confirm_then])
    monkeypatch.undo()

    assert not [each for each in answers if isinstance(each, Exception)]
    order = orders.order(placed.number)
    assert order.state is State.CANCELLED
    assert order.released_at is not None
