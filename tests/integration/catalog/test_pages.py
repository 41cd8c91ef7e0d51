from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from portal.catalog import service as catalog
from portal.core.money import Money
from tests.integration.orders.shop import Shop, more_staff


def product_form(**changes: Any) -> dict[str, Any]:
    return {
        "sku": "cf-jic-12f", "name": "Crimp fitting", "description": "", "category": "hydraulics-and-hoses",
        "unit": "pack", "pack": "pack of 10", "price": "R 612,50", "vat_code": "standard", "active": "y", "version": "0",
    } | changes  # fmt: skip


def test_strangers_see_the_shop_and_are_asked_to_sign_in_to_order(shop: Shop, client: Any) -> None:
    page = client.get("/products").get_data(as_text=True)
    assert "Hydraulic hose 1/2 inch" in page
    assert "R\u00a04\u00a0350.00" in page
    assert "Sign in to order" in page


def test_search_category_and_order_live_in_the_address(shop: Shop, client: Any) -> None:
    page = client.get("/products?category=canteen&q=maize&sort=-price").get_data(as_text=True)
    assert "Maize meal" in page
    assert "Hydraulic hose" not in page


def test_a_search_without_result_says_what_to_do(shop: Shop, client: Any) -> None:
    assert "Nothing found" in client.get("/products?q=zebra").get_data(as_text=True)


def test_the_shop_asks_the_database_six_questions_at_most(shop: Shop, signed_in: Any, count_queries: Any) -> None:
    browser = signed_in(shop.buyer.email)
    with count_queries() as seen:
        assert browser.get("/products?q=ho").status_code == 200
    assert len(seen) <= 6, "\n".join(
        seen
    )  # who asks, how common the words are, what has them, products, shelves, their prices


def test_a_product_has_its_page(shop: Shop, client: Any) -> None:
    page = client.get(f"/products/{shop.meal.slug}").get_data(as_text=True)
    assert "zero-rated" in page
    assert client.get("/products/no-such-thing").status_code == 404


def test_a_clerk_adds_a_product_with_its_picture_and_finds_it_in_the_shop(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    out = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(out, "PNG")
    clerk.get("/staff/catalog/new")

    answer = clerk.post(
        "/staff/catalog/new", data=product_form(picture=(io.BytesIO(out.getvalue()), "x.png")),
        content_type="multipart/form-data",
    )  # fmt: skip

    assert answer.status_code == 303, answer.get_data(as_text=True)[-3000:]
    made = catalog.product_by_sku("CF-JIC-12F")
    assert (made.price, bool(made.picture)) == (Money.zar(612_50), True)
    assert "Crimp fitting" in clerk.get("/staff/catalog").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sku": "SK-1"}, "There is a product with the code SK-1"),
        ({"sku": "a b"}, "Write it like HH-12-R2AT"),
        ({"price": "four"}, "is not an amount"),
        ({"price": ""}, "Write the price like"),
        ({"price": "1.234"}, "is not an amount"),
        ({"name": ""}, "Write the product"),
        ({"category": "nowhere"}, "valid choice"),
        ({"picture": b"<svg>"}, "not a picture"),
    ],
)
def test_a_refused_product_says_why_and_keeps_what_was_typed(
    shop: Shop, signed_in: Any, changes: dict[str, Any], words: str
) -> None:
    if "picture" in changes:
        changes = {"picture": (io.BytesIO(changes["picture"]), "x.png")}
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/new")

    answer = clerk.post("/staff/catalog/new", data=product_form(**changes), content_type="multipart/form-data")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "pack of 10" in page


def test_a_product_is_changed_and_withdrawn(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/SK-1/edit")
    form = product_form(sku="SK-1", name="Seal, small", version="1")
    form.pop("active")

    assert clerk.post("/staff/catalog/SK-1/edit", data=form).status_code == 303

    changed = catalog.product_by_sku("SK-1", on_sale_only=False)
    assert (changed.name, changed.active) == ("Seal, small", False)
    assert "Seal, small" in clerk.get("/staff/catalog?show=withdrawn").get_data(as_text=True)


def test_a_dispatcher_looks_but_does_not_change(shop: Shop, signed_in: Any) -> None:
    dispatcher = signed_in(more_staff("dispatcher").email)
    assert dispatcher.get("/staff/catalog").status_code == 200
    assert dispatcher.get("/staff/catalog/new").status_code == 403
