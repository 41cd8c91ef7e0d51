"""Two tabs, two people, one moment: on MariaDB, because SQLite cannot show it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.accounts.types import ReleasePolicy
from portal.core.errors import IllegalMove
from portal.core.identity import Identity
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.orders.types import OrderInfo, State
from portal.platform.db import transaction
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, new_key, open_shop
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb


@pytest.fixture
def shop(mariadb_app: Any) -> Iterator[Shop]:
    yield open_shop()
    assert broken() == []


def two_buyers(shop: Shop) -> tuple[Identity, Identity]:
    """The buyer and a colleague, each with a hose in the cart; the account has room for one of them."""
    shop.become(ReleasePolicy.ACCOUNT, credit=4_350_00 * 115 // 100)
    roles = [(shop.customer_id, "buyer")]
    colleague = transaction(
        lambda: accounts.create_user("l@marikana.example", "Lerato", None, memberships=roles, password_hash="x")
    )
    buyers = (shop.buyer, replace(shop.buyer, user_id=colleague, name="Lerato"))
    for buyer in buyers:
        shop.fill((shop.hose, 1), buyer=buyer)
    return buyers


def place_one(buyer: Identity) -> OrderInfo:
    return transaction(lambda: orders.place_order(buyer, "PO", new_key()))


def test_two_tabs_that_send_the_same_form_place_one_order(shop: Shop, mariadb_app: Any) -> None:
    shop.fill((shop.hose, 1))
    key = new_key()

    def place() -> OrderInfo:
        return transaction(lambda: orders.place_order(shop.buyer, "PO 1", key))

    answers = at_once(mariadb_app, [place] * 4)

    assert {answer.number for answer in answers} == {answers[0].number}
    assert len(orders.list_page(shop.customer_id).items) == 1
    assert len(invoices.open_of(shop.customer_id)) == 1


def test_two_orders_do_not_both_fit_under_one_limit(shop: Shop, mariadb_app: Any) -> None:
    answers = at_once(mariadb_app, [partial(place_one, buyer) for buyer in two_buyers(shop)])

    assert sorted(answer.state for answer in answers) == [State.HELD, State.RELEASED]


def test_without_the_customers_lock_both_would_leave(
    shop: Shop, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each order sees the account as it was before the other."""
    from portal.orders.service import booking, moving, placing

    buyers = two_buyers(shop)
    meeting = threading.Barrier(2)
    real = moving.standing_of

    def standing_of(customer: Any, currency: str) -> Any:
        found = real(customer, currency)
        meeting.wait(timeout=20)
        return found

    monkeypatch.setattr(moving, "standing_of", standing_of)
    monkeypatch.setattr(placing.accounts, "lock_customer", lambda _id: None)
    monkeypatch.setattr(booking.invoices, "take_number", lambda series, day: f"{series}-{new_key()[:8]}")

    answers = at_once(mariadb_app, [partial(place_one, buyer) for buyer in buyers])

    assert [answer.state for answer in answers] == [State.RELEASED, State.RELEASED]


def test_of_two_managers_who_release_at_once_one_is_told_that_it_is_done(shop: Shop, mariadb_app: Any) -> None:
    placed = shop.order()

    def release() -> OrderInfo:
        return transaction(lambda: orders.release_by_hand(placed.number, "Known", by=shop.manager))

    answers = at_once(mariadb_app, [release] * 2)

    assert sum(isinstance(answer, IllegalMove) for answer in answers) == 1
    assert sum(isinstance(answer, OrderInfo) for answer in answers) == 1


def test_two_tabs_that_add_the_same_product_fill_one_line(shop: Shop, mariadb_app: Any) -> None:
    def add() -> str:
        return transaction(lambda: orders.add_to_cart(shop.buyer, "SK-1", 3))

    answers = at_once(mariadb_app, [add] * 4)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    (line,) = orders.cart_of(shop.buyer).lines
    assert line.quantity == 12
