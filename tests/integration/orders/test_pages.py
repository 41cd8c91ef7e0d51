from __future__ import annotations

import re
from typing import Any

import pytest

from portal.accounts.types import ReleasePolicy
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.orders.types import State
from portal.platform import jobs
from tests.integration.orders.shop import Shop, more_staff, new_key, second_customer


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def checkout(browser: Any, **changes: Any) -> Any:
    """Send the checkout page as a browser would."""
    page = browser.get("/checkout").get_data(as_text=True)
    data = {
        "key": value_of(page, "key"), "mark": value_of(page, "mark"), "po_number": "PO 88123",
        "delivery": "Plot 7, R104\nMarikana\n0284", "note": "",
    } | changes  # fmt: skip
    return browser.post("/checkout", data=data)


@pytest.fixture
def buyer(shop: Shop, signed_in: Any) -> Any:
    return signed_in(shop.buyer.email)


def test_a_buyer_orders_from_the_shop_to_the_invoice(shop: Shop, buyer: Any) -> None:
    buyer.get("/products?q=hose")
    back = buyer.post("/cart", data={"sku": "HH-12-R2AT", "quantity": "2", "next": "/products?q=hose"})
    assert (back.status_code, back.location) == (303, "/products?q=hose")
    assert "In your cart: 2" in buyer.get("/products").get_data(as_text=True)
    assert "R\u00a08\u00a0700.00" in buyer.get("/cart").get_data(as_text=True)

    placed = checkout(buyer)

    assert placed.status_code == 303
    page = buyer.get(placed.location).get_data(as_text=True)
    assert "Pay to have the goods leave" in page
    (order,) = orders.list_page(shop.customer_id).items
    assert order.invoice_number in page
    assert "PO 88123" in page


def test_the_same_form_sent_twice_is_one_order(shop: Shop, buyer: Any) -> None:
    shop.fill((shop.hose, 1))
    key = new_key()
    first, second = checkout(buyer, key=key), None
    shop.fill((shop.seal, 1))
    second = checkout(buyer, key=key)

    assert first.location == second.location
    assert len(orders.list_page(shop.customer_id).items) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"po_number": ""}, "Write your PO number, like PO 88123"),
        ({"po_number": "PO 1", "no_po": "y"}, "Keep one of the two"),
        ({"po_number": "x" * 41}, "At most 40 characters; this one has 41"),
        ({"po_number": "PO\t1"}, "Letters, figures and signs only"),
        ({"delivery": " \n "}, "Write where the goods"),
        ({"delivery": "\n".join("abcdefg")}, "At most 6 lines"),
        ({"note": "x" * 501}, "At most 500 characters"),
        ({"key": "short"}, "Reload the page"),
    ],
)
def test_a_refused_checkout_says_why_keeps_what_was_typed_and_orders_nothing(
    shop: Shop, buyer: Any, changes: dict[str, str], words: str
) -> None:
    shop.fill((shop.hose, 1))

    answer = checkout(buyer, **changes)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'role="alert"' in page
    if "po_number" not in changes:
        assert 'value="PO 88123"' in page
    assert orders.list_page(shop.customer_id).items == ()


def test_an_order_without_a_po_number_is_one_tick_away(shop: Shop, buyer: Any) -> None:
    shop.fill((shop.hose, 1))
    assert checkout(buyer, po_number="", no_po="y").status_code == 303
    (order,) = orders.list_page(shop.customer_id).items
    assert order.po_number == ""


def test_a_cart_that_changed_is_shown_again_before_it_is_ordered(shop: Shop, buyer: Any) -> None:
    shop.fill((shop.hose, 1))
    page = buyer.get("/checkout").get_data(as_text=True)
    mark, key = value_of(page, "mark"), value_of(page, "key")
    shop.fill((shop.seal, 3))

    answer = checkout(buyer, mark=mark, key=key)

    assert answer.status_code == 409
    shown = answer.get_data(as_text=True)
    assert "changed since you opened this page" in shown
    assert checkout(buyer, mark=value_of(shown, "mark"), key=value_of(shown, "key")).status_code == 303


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "many", "", "100000"])
def test_an_odd_quantity_does_not_reach_the_cart(shop: Shop, buyer: Any, quantity: str) -> None:
    buyer.get("/products")
    buyer.post("/cart", data={"sku": "HH-12-R2AT", "quantity": quantity, "next": "/products"})
    assert orders.cart_of(shop.buyer).lines == ()


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)"])
def test_after_adding_the_browser_stays_with_us(shop: Shop, buyer: Any, wanted: str) -> None:
    buyer.get("/products")
    assert buyer.post("/cart", data={"sku": "SK-1", "quantity": "1", "next": wanted}).location == "/products"


def test_quantities_are_changed_and_lines_taken_out(shop: Shop, buyer: Any) -> None:
    shop.fill((shop.hose, 1), (shop.seal, 2))
    buyer.get("/cart")
    buyer.post(f"/cart/{shop.hose.id}", data={"quantity": "5"})
    buyer.post(f"/cart/{shop.seal.id}", data={"quantity": "2", "remove": "y"})
    assert [(line.sku, line.quantity) for line in orders.cart_of(shop.buyer).lines] == [("HH-12-R2AT", 5)]

    buyer.post(f"/cart/{shop.hose.id}", data={"quantity": "0"})
    assert "Your cart is empty" in buyer.get("/cart").get_data(as_text=True)


def test_an_order_of_another_company_is_not_there(shop: Shop, signed_in: Any) -> None:
    placed = shop.order()
    stranger = signed_in(second_customer().email)
    assert stranger.get(f"/orders/{placed.number}").status_code == 404
    assert stranger.get("/orders/ORD-2026-999999").status_code == 404
    assert stranger.post(f"/orders/{placed.number}/again").status_code == 404
    assert placed.number not in stranger.get("/orders").get_data(as_text=True)


def test_ordering_again_leads_to_a_full_cart(shop: Shop, buyer: Any) -> None:
    placed = shop.order((shop.hose, 3))
    buyer.get(f"/orders/{placed.number}")
    assert buyer.post(f"/orders/{placed.number}/again").location == "/cart"
    assert orders.cart_of(shop.buyer).lines[0].quantity == 3


def test_a_held_order_says_so_and_what_happens_next(shop: Shop, buyer: Any) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    held = shop.order()
    page = buyer.get(f"/orders/{held.number}").get_data(as_text=True)
    assert "Your order waits for our team" in page
    assert "above its limit" in page


def test_a_manager_releases_with_a_reason_and_a_clerk_may_not(shop: Shop, signed_in: Any) -> None:
    placed = shop.order()
    clerk, manager = signed_in(more_staff("clerk").email), signed_in(shop.manager.email)
    where = f"/staff/orders/{placed.number}"
    assert "Release goods" not in clerk.get(where).get_data(as_text=True)
    assert clerk.post(f"{where}/release", data={"reason": "Known"}).status_code == 403
    assert "Release goods" in manager.get(where).get_data(as_text=True)

    refused = manager.post(f"{where}/release", data={"reason": ""})
    assert refused.status_code == 422
    assert "Say why" in refused.get_data(as_text=True)
    assert manager.post(f"{where}/release", data={"reason": "Known for years"}).status_code == 303

    assert orders.order(placed.number).released_by == "Zanele Khumalo"
    assert manager.post(f"{where}/release", data={"reason": "Known for years"}).status_code == 409


def test_a_held_order_is_lifted_or_cancelled_by_a_manager(shop: Shop, signed_in: Any) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    first, second = shop.order(), shop.order()
    manager = signed_in(shop.manager.email)
    manager.get(f"/staff/orders/{first.number}")

    manager.post(f"/staff/orders/{first.number}/lift", data={"reason": "Pays first"})
    manager.post(f"/staff/orders/{second.number}/cancel", data={"reason": "Ordered twice"})

    assert [orders.order(each.number).state for each in (first, second)] == [State.PLACED, State.CANCELLED]
    refused = manager.post(f"/staff/orders/{first.number}/cancel", data={"reason": "Changed their mind"})
    assert refused.status_code == 409
    assert "credit note" in refused.get_data(as_text=True)


def test_a_dispatcher_finds_what_to_deliver_and_marks_it(shop: Shop, signed_in: Any) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_00)
    placed = shop.order()
    dispatcher = signed_in(more_staff("dispatcher").email)
    assert placed.number in dispatcher.get("/staff/orders").get_data(as_text=True)
    dispatcher.get(f"/staff/orders/{placed.number}")

    assert dispatcher.post(f"/staff/orders/{placed.number}/delivered").status_code == 303

    assert orders.order(placed.number).state is State.DELIVERED
    assert dispatcher.post(f"/staff/orders/{placed.number}/delivered").status_code == 409


@pytest.mark.parametrize("search", ["1", "ORD", "PO 88", "Marikana"])
def test_staff_find_an_order_by_number_po_or_name(shop: Shop, signed_in: Any, search: str) -> None:
    placed = shop.order()
    clerk = signed_in(more_staff("clerk").email)
    found = placed.number in clerk.get(f"/staff/orders?q={search}").get_data(as_text=True)
    assert found is (search != "ORD")


@pytest.mark.parametrize("path", ["/cart", "/checkout", "/orders", "/orders/{number}"])
def test_order_pages_ask_the_database_eight_questions_at_most(
    shop: Shop, buyer: Any, count_queries: Any, path: str
) -> None:
    number = shop.order((shop.hose, 1), (shop.seal, 1), (shop.meal, 1)).number
    shop.fill((shop.hose, 1), (shop.seal, 1))
    with count_queries() as seen:
        assert buyer.get(path.format(number=number)).status_code == 200
    assert len(seen) <= 8, "\n".join(seen)


@pytest.mark.parametrize("path", ["/staff/orders?show=all", "/staff/orders/{number}"])
def test_staff_order_pages_ask_the_database_eight_questions_at_most(
    shop: Shop, signed_in: Any, count_queries: Any, path: str
) -> None:
    number = shop.order().number
    clerk = signed_in(more_staff("clerk").email)
    with count_queries() as seen:
        assert clerk.get(path.format(number=number)).status_code == 200
    assert len(seen) <= 8, "\n".join(seen)


def test_what_people_typed_stays_text_everywhere(shop: Shop, buyer: Any, signed_in: Any) -> None:
    nasty = "\"><svg onload=1>'{{7*7}}"
    shop.fill((shop.hose, 1))
    assert checkout(buyer, po_number=nasty, delivery=nasty, note=nasty).status_code == 303
    (order,) = orders.list_page(shop.customer_id).items
    clerk = signed_in(more_staff("clerk").email)
    pages = [
        buyer.get(path)
        for path in ("/orders", f"/orders/{order.number}", "/invoices", f"/invoices/{order.invoice_number}")
    ] + [
        clerk.get(path)
        for path in (
            "/staff/orders?show=all",
            f"/staff/orders/{order.number}",
            f"/staff/invoices/{order.invoice_number}",
        )
    ]
    for page in pages:
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "<svg onload" not in text
        assert "{{7*7}}" in text or "PO" not in text


def test_the_buyer_hears_of_placing_and_release(shop: Shop, data_dir: Any) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_00)
    placed = shop.order()

    jobs.run_pending(20)

    mails = [path.read_text() for path in (data_dir / "mail").glob("*.eml")]
    subjects = sorted(line for mail in mails for line in mail.splitlines() if line.startswith("Subject:"))
    assert [subject for subject in subjects if placed.number in subject and "on its way" in subject]
    assert [subject for subject in subjects if placed.number in subject and "is placed" in subject]
    assert [subject for subject in subjects if invoices.by_number(placed.invoice_number).number in subject]
