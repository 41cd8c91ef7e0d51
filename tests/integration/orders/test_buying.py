from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.catalog import service as catalog
from portal.catalog.types import ProductDraft
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.core.money import Money
from portal.orders import service as orders
from portal.orders.types import LARGEST_QUANTITY
from portal.orders.types.buying import MOST_PASTED_LINES, PoRules, read_pasted
from portal.platform.db import db, transaction
from tests.integration.orders.shop import PASSWORD, Shop, second_customer
from tests.integration.orders.test_pages import checkout, value_of


@pytest.fixture
def buyer(shop: Shop, signed_in: Any) -> Any:
    return signed_in(shop.buyer.email)


def in_cart(person: Identity) -> dict[str, int]:
    return {line.sku: line.quantity for line in orders.cart_of(person).lines}


@pytest.mark.parametrize(
    ("line", "code", "quantity"),
    [
        ("HH-12-R2AT 4", "HH-12-R2AT", 4), ("HH-12-R2AT\t4", "HH-12-R2AT", 4), ("HH-12-R2AT;4", "HH-12-R2AT", 4),
        ("HH-12-R2AT, 4", "HH-12-R2AT", 4), ('"HH-12-R2AT","4"', "HH-12-R2AT", 4), ("4 x HH-12-R2AT", "HH-12-R2AT", 4),
        ("12×SK-1", "SK-1", 12), ("SK-1 x 3", "SK-1", 3), ("SK-1", "SK-1", 1), ("  SK-1  ", "SK-1", 1),
        ("SK-1;1 200", "SK-1", 1200),
    ],
)  # fmt: skip
def test_a_pasted_line_is_a_code_and_a_quantity(line: str, code: str, quantity: int) -> None:
    (found,) = read_pasted(line)
    assert (found.code, found.quantity, found.fault) == (code, quantity, "")


@pytest.mark.parametrize("line", ["SK-1 0", "SK-1;100000", "SK-1 99999999999999999999", "x" * 200])
def test_a_line_that_cannot_be_says_why(line: str) -> None:
    (found,) = read_pasted(line)
    assert found.fault


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_paste_breaks_the_reader(text: str) -> None:
    try:
        found = read_pasted(text)
    except BadInput:
        return
    assert all(each.fault or 1 <= each.quantity <= LARGEST_QUANTITY for each in found)


def test_heads_and_empty_lines_are_left_out_and_too_many_lines_refused() -> None:
    assert [each.code for each in read_pasted("\ufeffCode;Quantity\n\nSK-1;2\n\n")] == ["SK-1"]
    with pytest.raises(BadInput, match="At most 500 lines"):
        read_pasted("SK-1 1\n" * (MOST_PASTED_LINES + 1))
    with pytest.raises(BadInput, match="at least one line"):
        read_pasted(" \n ")


def test_a_list_is_looked_at_before_it_goes_into_the_cart(shop: Shop, buyer: Any) -> None:
    shop.fill((shop.seal, 1))
    buyer.get("/orders/quick")
    seen = buyer.post("/orders/quick", data={"codes": "hh-12-r2at 2\nSK-1;3\nNOPE-9 4\nSK-1 2"})
    page = seen.get_data(as_text=True)
    assert "We have no product with this code." in page and "NOPE-9" in page
    assert in_cart(shop.buyer) == {"SK-1": 1}

    assert buyer.post("/orders/quick/add", data={"codes": "HH-12-R2AT\t2\nSK-1\t5"}).location == "/cart"

    assert in_cart(shop.buyer) == {"HH-12-R2AT": 2, "SK-1": 6}


def test_a_csv_file_is_read_too(shop: Shop, buyer: Any) -> None:
    buyer.get("/orders/quick")
    for data in (b"Code,Quantity\r\nSK-1,7\r\n", "Code\tQuantity\nSK-1\t7\n".encode("utf-16")):
        answer = buyer.post("/orders/quick", data={"codes": "", "file": (io.BytesIO(data), "list.csv")})
        assert 'value="SK-1\t7"' in answer.get_data(as_text=True).replace("&#9;", "\t")
    empty = buyer.post("/orders/quick", data={"codes": " "})
    assert (empty.status_code, "at least one line" in empty.get_data(as_text=True)) == (422, True)


def test_ordering_again_says_what_is_gone_and_what_costs_something_else(shop: Shop, buyer: Any) -> None:
    placed = shop.order((shop.hose, 1), (shop.seal, 2), (shop.meal, 3))
    facts = {"description": "", "unit": "each", "pack": "", "vat_code": shop.seal.vat_code}

    def change() -> None:
        dearer = ProductDraft(sku="SK-1", name="Seal", category=shop.seal.category_slug, price=Money.zar(3_00), **facts)
        gone = replace(dearer, sku="HH-12-R2AT", name="Hose", active=False)
        catalog.change("SK-1", dearer, version=shop.seal.version)
        catalog.change("HH-12-R2AT", gone, version=shop.hose.version)

    transaction(change)
    page = buyer.get(f"/orders/{placed.number}/again").get_data(as_text=True)

    assert "This product is no longer sold." in page
    assert "was R\u00a02.27" in page
    assert "was R\u00a0189.99" not in page
    buyer.post("/orders/quick/add", data={"codes": value_of(page, "codes")})
    assert in_cart(shop.buyer) == {"SK-1": 2, "MM-10": 3}


def test_another_companys_order_cannot_be_ordered_again(shop: Shop, signed_in: Any) -> None:
    placed = shop.order()
    assert signed_in(second_customer().email).get(f"/orders/{placed.number}/again").status_code == 404


# -- places ----------------------------------------------------------------------------------------------------------


def test_a_saved_place_is_chosen_at_checkout(shop: Shop, buyer: Any) -> None:
    buyer.get("/orders/places")
    assert buyer.post("/orders/places", data={"label": "Shaft 4", "lines": "Shaft 4\nMarikana"}).status_code == 303
    (place,) = orders.addresses(shop.customer_id)
    shop.fill((shop.hose, 1))

    assert "Shaft 4" in buyer.get("/checkout").get_data(as_text=True)
    assert checkout(buyer, place=str(place.id), delivery="").status_code == 303

    (order,) = orders.list_page(shop.customer_id).items
    assert orders.detail(order.number).delivery == ("Shaft 4", "Marikana")


def test_places_are_changed_and_removed_by_their_company_alone(shop: Shop, signed_in: Any, buyer: Any) -> None:
    transaction(lambda: orders.save_address(shop.customer_id, "Shaft 4", ("Shaft 4",)))
    (place,) = orders.addresses(shop.customer_id)
    stranger = signed_in(second_customer().email)
    stranger.get("/orders/places")
    where = f"/orders/places/{place.id}"
    for data in ({"label": "Mine", "lines": "Mine"}, {"remove": "y"}):
        assert stranger.post(where, data=data).status_code == 404
    with pytest.raises(BadInput, match="called Shaft 4 already"):
        transaction(lambda: orders.save_address(shop.customer_id, "Shaft 4", ("Elsewhere",)))
    db.session.rollback()
    buyer.get("/orders/places")
    assert buyer.post(where, data={"label": "", "lines": "Gate"}).status_code == 422
    assert buyer.post(where, data={"label": "Shaft 5", "lines": "Gate 2"}).status_code == 303
    assert [each.label for each in orders.addresses(shop.customer_id)] == ["Shaft 5"]
    buyer.post(where, data={"remove": "y"})
    assert orders.addresses(shop.customer_id) == []
    with pytest.raises(NotFound):
        transaction(lambda: orders.remove_address(shop.customer_id, place.id))


# -- PO numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("", ["anything"], []), ("PO #####", ["PO 88123", "po 00000"], ["PO 8812", "PO 881234", "88123", "PO x8123"]),
        ("@@-##", ["AB-12", "ab-12"], ["A1-12", "AB12"]), (".*", [".*"], ["aa", ""]),
    ],
)  # fmt: skip
def test_a_pattern_says_which_numbers_fit(pattern: str, good: list[str], bad: list[str]) -> None:
    rules = PoRules(pattern=pattern)
    assert all(rules.fits(each) for each in good)
    assert not any(rules.fits(each) for each in bad)
    assert not pattern or rules.fits(rules.example)


def test_the_companys_rules_for_po_numbers_hold_at_checkout(shop: Shop, buyer: Any) -> None:
    rules = PoRules(needed=True, once=True, pattern="PO #####")
    transaction(lambda: orders.set_po_rules(shop.customer_id, rules, by=shop.buyer))
    shop.fill((shop.hose, 1))

    for changes, words in (
        ({"po_number": "", "no_po": "y"}, "with a PO number only"), ({"po_number": "88123"}, "like PO 12345"),
    ):  # fmt: skip
        refused = checkout(buyer, **changes)
        assert (refused.status_code, words in refused.get_data(as_text=True)) == (422, True)
    assert checkout(buyer, po_number="PO 88123").status_code == 303

    shop.fill((shop.hose, 1))
    again = checkout(buyer, po_number="PO 88123")
    assert (again.status_code, "uses each number once" in again.get_data(as_text=True)) == (422, True)
    (first,) = orders.list_page(shop.customer_id).items
    assert first.number in again.get_data(as_text=True)


# -- a visitor's cart ------------------------------------------------------------------------------------------------


def test_what_a_visitor_chose_is_in_the_cart_after_they_sign_in(shop: Shop, app: Any) -> None:
    shop.fill((shop.seal, 1))
    visitor = app.test_client()
    assert "/cart/visitor" in visitor.get(f"/products/{shop.seal.slug}").get_data(as_text=True)
    for sku, count in (("SK-1", "2"), ("HH-12-R2AT", "1"), ("SK-1", "1")):
        kept = visitor.post("/cart/visitor", data={"sku": sku, "quantity": count, "next": "/products"})
        assert (kept.status_code, kept.location) == (303, "/products")
    gone = visitor.post("/cart/visitor", data={"sku": "NOPE", "quantity": "1", "next": "/products"})
    assert gone.status_code == 303

    visitor.get("/login")
    signed = visitor.post("/login", data={"email": shop.buyer.email, "password": PASSWORD, "next": "/cart"})

    assert signed.location == "/cart"
    assert "What you chose before is in your cart" in visitor.get("/cart").get_data(as_text=True)
    assert in_cart(shop.buyer) == {"SK-1": 4, "HH-12-R2AT": 1}
    visitor.post("/logout")
    visitor.get("/login")
    visitor.post("/login", data={"email": shop.buyer.email, "password": PASSWORD})
    assert in_cart(shop.buyer) == {"SK-1": 4, "HH-12-R2AT": 1}


def test_a_visitors_cart_has_an_end(shop: Shop) -> None:
    full = {f"P{n}": 1 for n in range(30)}
    with pytest.raises(BadInput, match="Sign in"):
        orders.keep_for_later(full, "SK-1", 1)
    assert orders.keep_for_later({"SK-1": LARGEST_QUANTITY}, "SK-1", 5)[1] == {"SK-1": LARGEST_QUANTITY}


def test_what_is_sold_no_longer_does_not_come_along(shop: Shop) -> None:
    assert transaction(lambda: orders.merge_waiting(shop.buyer, {"SK-1": 2, "NOPE": 1, "HH-12-R2AT": 0})) == 1
    assert in_cart(shop.buyer) == {"SK-1": 2}


def test_what_the_company_wants_of_po_numbers_is_said_before_anybody_orders(shop: Shop, buyer: Any) -> None:
    shop.fill((shop.seal, 1))
    usual = buyer.get("/checkout").get_data(as_text=True)
    assert "No PO number for this order" in usual

    rules = PoRules(needed=True, once=True, pattern="PO #####")
    transaction(lambda: orders.set_po_rules(shop.customer_id, rules, by=shop.buyer))
    shown = buyer.get("/checkout").get_data(as_text=True)

    for words in ("Every order needs a PO number.", "It is written like PO 12345.", "used for one order only"):
        assert words in shown
    assert "No PO number for this order" not in shown


@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("pattern", ["", "PO ###"])
def test_each_rule_is_said_when_it_holds_and_only_then(needed: bool, once: bool, pattern: str) -> None:
    words = " ".join(PoRules(needed, once, pattern).words)
    assert ("Every order" in words, "written like" in words, "one order only" in words) == (needed, bool(pattern), once)
