"""The price of the customer is the price everywhere: shop, cart, order, invoice (docs/rules/prices.md)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.catalog.errors import NoExchangeRate
from portal.catalog.types import ListDraft, ListInfo, ProductInfo, Step
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.orders.errors import CartChanged
from portal.platform.db import transaction
from tests.integration.orders.shop import Shop, new_key, second_customer


def draft(**changes: Any) -> ListDraft:
    today = clock.today()
    values = {"name": "Mines 2026", "currency": "ZAR", "valid_from": today, "valid_to": None, "everybody": False}
    return ListDraft(**(values | changes))


def make_list(*prices: tuple[ProductInfo, int, int], code: str | None = "MPD014", **changes: Any) -> ListInfo:
    """prices: product, from which quantity on, cents. code: the customer it is for."""

    def make() -> ListInfo:
        made = catalog.create_list(draft(**changes))
        for product, quantity, cents in prices:
            catalog.set_price(made.id, product.sku, quantity, Money(cents, made.currency))
        if code:
            catalog.give_list(made.id, code)
        return catalog.price_list(made.id)

    return transaction(make)


def price(shop: Shop, quantity: int = 1, day: date | None = None) -> Money:
    return catalog.price_of(shop.hose, accounts.customer(shop.customer_id), quantity, day)


def test_a_customer_pays_what_its_list_says_and_nobody_else_does(shop: Shop) -> None:
    make_list((shop.hose, 1, 4_000_00), (shop.hose, 10, 3_800_00))
    other = accounts.customer(second_customer().customer_id or 0)

    assert [price(shop, quantity) for quantity in (1, 9, 10)] == [
        Money.zar(4_000_00), Money.zar(4_000_00), Money.zar(3_800_00),
    ]  # fmt: skip
    assert [catalog.price_of(shop.hose, who) for who in (other, None)] == [Money.zar(4_350_00)] * 2


def test_a_list_for_everybody_counts_for_visitors_too(shop: Shop) -> None:
    make_list((shop.hose, 5, 4_200_00), code=None, everybody=True)

    found = catalog.prices_of([shop.hose], None)[shop.hose.id]

    assert (found.unit, found.steps) == (Money.zar(4_350_00), (Step(5, Money.zar(4_200_00)),))


def test_a_list_counts_from_its_first_day_to_its_last(shop: Shop) -> None:
    today = clock.today()
    make_list((shop.hose, 1, 4_000_00), valid_from=today, valid_to=today + timedelta(days=1))

    days = [price(shop, day=today + timedelta(days=away)) for away in (-1, 0, 1, 2)]

    assert [each.cents for each in days] == [4_350_00, 4_000_00, 4_000_00, 4_350_00]


def test_the_order_and_its_invoice_are_at_the_price_of_the_cart(shop: Shop) -> None:
    make_list((shop.hose, 10, 3_800_00))
    shop.fill((shop.hose, 10), (shop.seal, 1))
    cart = orders.cart_of(shop.buyer)

    placed = transaction(lambda: orders.place_order(shop.buyer, "PO 1", new_key(), mark=cart.mark))

    assert [line.price for line in cart.lines] == [Money.zar(3_800_00), Money.zar(2_27)]
    lines = orders.detail(placed.number).lines
    assert [line.unit_price for line in lines] == [Money.zar(3_800_00), Money.zar(2_27)]
    assert placed.total == cart.total
    assert invoices.by_number(placed.invoice_number).total == cart.total


def test_an_order_at_a_price_that_changed_meanwhile_is_refused(shop: Shop) -> None:
    shop.fill((shop.hose, 1))
    seen = orders.cart_of(shop.buyer).mark
    make_list((shop.hose, 1, 4_000_00))

    with pytest.raises(CartChanged):
        transaction(lambda: orders.place_order(shop.buyer, "PO 1", new_key(), mark=seen))


def test_an_order_keeps_its_prices(shop: Shop) -> None:
    placed = shop.order((shop.hose, 1))
    make_list((shop.hose, 1, 1_00))
    assert orders.detail(placed.number).lines[0].unit_price == Money.zar(4_350_00)


def test_the_cart_asks_for_all_its_prices_at_once(shop: Shop, count_queries: Any) -> None:
    make_list((shop.hose, 1, 4_000_00))
    shop.fill((shop.hose, 1), (shop.seal, 1), (shop.meal, 1))
    with count_queries() as seen:
        orders.cart_of(shop.buyer)
    assert len(seen) <= 4, "\n".join(seen)


def test_a_list_that_is_taken_from_a_customer_counts_no_more(shop: Shop) -> None:
    made = make_list((shop.hose, 1, 4_000_00))
    transaction(lambda: catalog.take_list(made.id, "MPD014"))
    assert price(shop) == Money.zar(4_350_00)


def test_a_price_that_is_taken_off_a_list_counts_no_more(shop: Shop) -> None:
    made = make_list((shop.hose, 1, 4_000_00))
    (row,) = catalog.listed_prices(made.id).items
    transaction(lambda: catalog.remove_price(made.id, row.id))
    assert price(shop) == Money.zar(4_350_00)


def test_a_price_written_again_replaces_the_first(shop: Shop) -> None:
    made = make_list((shop.hose, 1, 4_000_00), (shop.hose, 1, 4_100_00))
    assert [row.price for row in catalog.listed_prices(made.id).items] == [Money.zar(4_100_00)]


def test_two_people_who_change_a_list_do_not_overwrite_each_other(shop: Shop) -> None:
    made = make_list()
    transaction(lambda: catalog.change_list(made.id, draft(name="Mines 2027"), version=made.version))
    with pytest.raises(Conflict):
        transaction(lambda: catalog.change_list(made.id, draft(name="Other"), version=made.version))
    assert catalog.price_list(made.id).name == "Mines 2027"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "x"}, "name"),
        ({"name": "Taken"}, "name"),
        ({"currency": "EUR"}, "currency"),
        ({"valid_to": date(2020, 1, 1)}, "valid_to"),
    ],
)
def test_a_list_that_cannot_be_is_refused(shop: Shop, changes: dict[str, Any], field: str) -> None:
    make_list(name="Taken")
    with pytest.raises(BadInput) as refused:
        transaction(lambda: catalog.create_list(draft(**changes)))
    assert refused.value.field == field


def test_a_list_with_prices_keeps_its_currency(shop: Shop) -> None:
    made = make_list((shop.hose, 1, 4_000_00))
    with pytest.raises(BadInput) as refused:
        transaction(lambda: catalog.change_list(made.id, draft(currency="USD"), version=made.version))
    assert refused.value.field == "currency"


def in_dollars(shop: Shop) -> Money:
    return catalog.prices_of([shop.hose], shop.customer_id, currency="USD")[shop.hose.id].unit


def test_dollars_come_from_the_newest_rate_that_still_counts(shop: Shop) -> None:
    today = clock.today()
    for away, rate in ((40, "10"), (20, "18.00"), (3, "18.50")):
        transaction(lambda at=away, rate=rate: catalog.set_rate("USD", today - timedelta(days=at), rate, by="Zanele"))

    assert in_dollars(shop) == Money(235_14, "USD")  # 4 350.00 / 18.50 is 235.135
    assert catalog.rate_on("USD", today - timedelta(days=5)).words == "18.00"


def test_without_a_rate_that_counts_there_is_no_price_in_dollars(shop: Shop) -> None:
    transaction(lambda: catalog.set_rate("USD", clock.today() - timedelta(days=32), "18", by="Zanele"))
    with pytest.raises(NoExchangeRate):
        in_dollars(shop)


def test_a_price_list_in_dollars_counts_in_dollars_only(shop: Shop) -> None:
    transaction(lambda: catalog.set_rate("USD", clock.today(), "18", by="Zanele"))
    make_list((shop.hose, 1, 200_00), currency="USD")
    assert in_dollars(shop) == Money(200_00, "USD")
    assert price(shop) == Money.zar(4_350_00)


def test_a_rate_is_not_written_ahead_of_its_day(shop: Shop) -> None:
    with pytest.raises(BadInput) as refused:
        transaction(lambda: catalog.set_rate("USD", clock.today() + timedelta(days=1), "18", by="Zanele"))
    assert refused.value.field == "day"
