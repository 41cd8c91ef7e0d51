"""The shelf and the price lists on their pages."""

from __future__ import annotations

from typing import Any

import pytest

from portal.catalog import service as catalog
from portal.catalog.types import MovementFilter, MovementKind, ShelfFilter
from portal.core import clock
from portal.core.money import Money
from portal.platform.db import transaction
from tests.integration.catalog.test_price_lists import make_list
from tests.integration.catalog.test_stock import level, reserve, stocked
from tests.integration.orders.shop import Shop, more_staff, new_key


def browser_of(signed_in: Any, role: str, page: str) -> Any:
    browser = signed_in(more_staff(role).email)
    browser.get(page)
    return browser


def test_a_dispatcher_receives_goods_and_reads_who_gets_them(shop: Shop, signed_in: Any) -> None:
    hose = stocked(shop.hose, 1)
    reserve("ORD-2026-000001", {hose: 3})
    browser = browser_of(signed_in, "dispatcher", "/staff/catalog/HH-12-R2AT/stock")

    form = {"quantity": "4", "words": "Hosetech 8812", "key": new_key()}
    answer = browser.post("/staff/catalog/HH-12-R2AT/stock/receive", data=form)

    assert answer.status_code == 303
    page = browser.get("/staff/catalog/HH-12-R2AT/stock").get_data(as_text=True)
    assert "What ORD-2026-000001 waited for is reserved now." in page
    assert "Hosetech 8812" in page
    assert (level(shop.hose).on_hand, level(shop.hose).available) == (5, 2)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("receive", {"quantity": "0", "key": "k" * 20}, "Write how many came in"),
        ("receive", {"quantity": "many", "key": "k" * 20}, "Write how many came in"),
        ("count", {"found": "-1"}, "Write how many are there"),
        ("keep", {"kept": "y", "reorder_level": "-1"}, "Write a number, 0 or more"),
    ],
)
def test_a_number_that_cannot_be_is_refused_beside_its_field(
    shop: Shop, signed_in: Any, path: str, form: dict[str, str], words: str
) -> None:
    stocked(shop.hose, 5)
    browser = browser_of(signed_in, "clerk", "/staff/catalog/HH-12-R2AT/stock")

    answer = browser.post(f"/staff/catalog/HH-12-R2AT/stock/{path}", data=form)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert level(shop.hose).on_hand == 5  # type: ignore[union-attr]


def test_stock_that_is_promised_is_not_switched_off(shop: Shop, signed_in: Any) -> None:
    hose = stocked(shop.hose, 5)
    reserve("ORD-1", {hose: 1})
    browser = browser_of(signed_in, "clerk", "/staff/catalog/HH-12-R2AT/stock")

    answer = browser.post("/staff/catalog/HH-12-R2AT/stock/keep", data={"reorder_level": "0"})

    assert answer.status_code == 409
    assert "Deliver or cancel them first" in answer.get_data(as_text=True)


def test_the_low_list_shows_what_is_to_be_ordered_again(shop: Shop, client: Any, signed_in: Any) -> None:
    stocked(shop.hose, 5, reorder_level=5)
    stocked(shop.seal, 6, reorder_level=5)
    assert [shelf.sku for shelf in catalog.shelves(ShelfFilter.LOW).items] == ["HH-12-R2AT"]
    assert [shelf.sku for shelf in catalog.shelves(search="sea").items] == ["SK-1"]
    assert "HH-12-R2AT" in browser_of(signed_in, "clerk", "/").get("/staff/catalog/stock?show=low").get_data(True)


def test_movements_are_found_by_product_kind_order_and_day(shop: Shop) -> None:
    hose, seal = stocked(shop.hose, 5), stocked(shop.seal, 6)
    reserve("ORD-1", {hose: 2})
    transaction(lambda: catalog.deliver("ORD-1", {hose: 2}, by="Sipho"))
    transaction(lambda: catalog.receive(seal, 1, "note"))

    def found(**wanted: Any) -> list[tuple[str, int, int]]:
        return [(move.sku, move.quantity, move.on_hand) for move in catalog.movements(MovementFilter(**wanted)).items]

    today = clock.today()
    assert found(sku="HH-12-R2AT") == [("HH-12-R2AT", -2, 3), ("HH-12-R2AT", 5, 5)]
    assert found(kind=MovementKind.RECEIVED) == [("SK-1", 1, 7)]
    assert found(order_number="ORD-1") == [("HH-12-R2AT", -2, 3)]
    assert len(found(first_day=today, last_day=today)) == 4
    assert found(last_day=today.replace(year=today.year - 1)) == []
    assert found(first_day=today.replace(year=today.year + 1)) == []


def test_back_orders_are_listed_longest_waiting_first(shop: Shop, signed_in: Any) -> None:
    hose = stocked(shop.hose, 0)
    reserve("ORD-1", {hose: 2})
    reserve("ORD-2", {hose: 1})
    assert [(row.order_number, row.quantity) for row in catalog.back_orders().items] == [("ORD-1", 2), ("ORD-2", 1)]
    page = browser_of(signed_in, "clerk", "/").get("/staff/catalog/stock/back-orders").get_data(as_text=True)
    assert page.index("ORD-1") < page.index("ORD-2")


def test_the_shop_says_what_can_leave_at_once(shop: Shop, client: Any) -> None:
    stocked(shop.hose, 0)
    stocked(shop.seal, 3, reorder_level=5)
    page = client.get("/products").get_data(as_text=True)
    assert "Not in stock: order it" in page
    assert "3 in stock" in page


def test_a_manager_makes_a_list_and_its_customer_sees_and_pays_its_price(shop: Shop, signed_in: Any) -> None:
    manager = signed_in(shop.manager.email)
    manager.get("/staff/catalog/prices/new")
    days = {"valid_from": clock.today().isoformat(), "valid_to": ""}
    made = manager.post("/staff/catalog/prices/new", data={"name": "Mines", "currency": "ZAR", **days})
    address = made.headers["Location"]
    price = {"sku": "hh-12-r2at", "from_quantity": "1", "price": "R 4 000,00"}
    assert manager.post(f"{address}/prices", data=price).status_code == 303
    assert manager.post(f"{address}/customers", data={"customer": "mpd014"}).status_code == 303
    assert "R\u00a04\u00a0000.00" in manager.get(address).get_data(as_text=True)

    buyer = signed_in(shop.buyer.email)
    for page in ("/products", f"/products/{shop.hose.slug}"):
        assert "R\u00a04\u00a0000.00" in buyer.get(page).get_data(as_text=True)
    buyer.post("/cart", data={"sku": "HH-12-R2AT", "quantity": "1"})
    assert "R\u00a04\u00a0600.00" in buyer.get("/checkout").get_data(as_text=True)
    client = manager.application.test_client()
    assert "R\u00a04\u00a0350.00" in client.get("/products").get_data(as_text=True)


def test_the_product_page_shows_what_more_of_it_costs(shop: Shop, client: Any) -> None:
    make_list((shop.hose, 10, 4_000_00), code=None, everybody=True)
    page = client.get(f"/products/{shop.hose.slug}").get_data(as_text=True)
    assert "More costs less" in page
    assert "R\u00a04\u00a0000.00" in page


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("prices", {"sku": "NONE-1", "from_quantity": "1", "price": "1.00"}, "No product has this code"),
        ("prices", {"sku": "SK-1", "from_quantity": "0", "price": "1.00"}, "Write 1 to 99 999"),
        ("prices", {"sku": "SK-1", "from_quantity": "1", "price": "one"}, "is not an amount"),
        ("customers", {"customer": "NOB999"}, "No customer has this code"),
    ],
)
def test_what_cannot_stand_on_a_list_is_refused_beside_its_field(
    shop: Shop, signed_in: Any, path: str, form: dict[str, str], words: str
) -> None:
    made = make_list()
    manager = signed_in(shop.manager.email)
    manager.get(f"/staff/catalog/prices/{made.id}")
    answer = manager.post(f"/staff/catalog/prices/{made.id}/{path}", data=form)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_list_that_somebody_else_changed_is_not_overwritten(shop: Shop, signed_in: Any) -> None:
    made = make_list()
    manager = signed_in(shop.manager.email)
    manager.get(f"/staff/catalog/prices/{made.id}/edit")
    form = {"name": "Mine", "currency": "ZAR", "valid_from": clock.today().isoformat(), "version": "0"}
    answer = manager.post(f"/staff/catalog/prices/{made.id}/edit", data=form)
    assert answer.status_code == 409
    assert catalog.price_list(made.id).name == "Mines 2026"


def test_a_rate_is_written_and_shown(shop: Shop, signed_in: Any) -> None:
    manager = signed_in(shop.manager.email)
    manager.get("/staff/catalog/rates")
    answer = manager.post("/staff/catalog/rates", data={"day": clock.today().isoformat(), "rate": "18.2145"})
    assert answer.status_code == 303
    assert "18.2145" in manager.get("/staff/catalog/rates").get_data(as_text=True)
    bad = manager.post("/staff/catalog/rates", data={"day": clock.today().isoformat(), "rate": "eighteen"})
    assert bad.status_code == 422


def test_a_price_in_dollars_is_kept_with_the_product(shop: Shop, signed_in: Any) -> None:
    from tests.integration.catalog.test_pages import product_form

    clerk = browser_of(signed_in, "clerk", "/staff/catalog/new")
    assert clerk.post("/staff/catalog/new", data=product_form(usd="33.50")).status_code == 303
    assert catalog.product_by_sku("CF-JIC-12F").usd == Money(33_50, "USD")


def test_lists_are_saved_as_what_their_pages_show(shop: Shop, signed_in: Any) -> None:
    hose, seal = stocked(shop.hose, 5, reorder_level=5), stocked(shop.seal, 60)
    reserve("ORD-1", {hose: 7})
    transaction(lambda: catalog.receive(seal, 1, "=cmd()"))
    made = make_list((shop.hose, 10, 4_000_00))
    browser = browser_of(signed_in, "dispatcher", "/")

    def lines(path: str) -> list[str]:
        answer = browser.get(path)
        assert answer.mimetype == "text/csv"
        return str(answer.get_data(as_text=True)).splitlines()[1:]

    assert lines("/staff/catalog/stock?show=low&save=csv") == [
        "HH-12-R2AT,Hydraulic hose 1/2 inch SAE 100 R2AT,roll,5,5,0,5"
    ]
    (received,) = lines("/staff/catalog/stock/movements?kind=received&save=csv")
    assert received.endswith("SK-1,Seal,received,1,61,,'=cmd(),")
    assert lines("/staff/catalog/stock/back-orders?save=csv")[0].startswith("ORD-1,HH-12-R2AT,")
    assert lines(f"/staff/catalog/prices/{made.id}.csv") == [
        f"Mines 2026,ZAR,{clock.today()},open,MPD014,HH-12-R2AT,10,4000.00,Hydraulic hose 1/2 inch SAE 100 R2AT,4350.00"
    ]
