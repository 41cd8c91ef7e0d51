from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.types import ReleasePolicy
from portal.catalog import service as catalog
from portal.catalog.types import ProductDraft
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.errors import CartChanged, CartEmpty
from portal.orders.types import State
from portal.platform.db import transaction
from tests.integration.orders.shop import Shop, new_key, second_customer


def withdraw(shop: Shop) -> None:
    hose = shop.hose
    draft = ProductDraft(
        hose.sku, hose.name, hose.description, hose.category_slug, hose.unit, hose.pack, hose.price, hose.vat_code,
        active=False,
    )  # fmt: skip
    transaction(lambda: catalog.change(hose.sku, draft, version=hose.version))


def test_an_order_is_invoiced_at_once_and_empties_the_cart(shop: Shop) -> None:
    placed = shop.order((shop.hose, 2), (shop.meal, 3))

    assert placed.number == f"ORD-{clock.today().year}-000001"
    assert placed.state is State.PLACED
    invoice = invoices.by_number(placed.invoice_number, shop.customer_id)
    assert invoice.total == placed.total == Money.zar(2 * 4_350_00 * 115 // 100 + 3 * 189_99)
    assert (invoice.order_number, invoice.po_number) == (placed.number, "PO 88123")
    assert ledger.balance_of(shop.customer_id) == placed.total
    assert orders.cart_of(shop.buyer).lines == ()


def test_the_same_key_gives_the_first_order_again(shop: Shop) -> None:
    key = new_key()
    first = shop.order(key=key)

    shop.fill((shop.hose, 5))
    again = transaction(lambda: orders.place_order(shop.buyer, "another PO", key))

    assert again.number == first.number
    assert len(orders.list_page(shop.customer_id).items) == 1
    assert len(orders.cart_of(shop.buyer).lines) == 1, "what was added later is still in the cart"


def test_an_empty_cart_orders_nothing(shop: Shop) -> None:
    with pytest.raises(CartEmpty):
        transaction(lambda: orders.place_order(shop.buyer, "PO 1", new_key()))
    assert invoices.open_of(shop.customer_id) == []


def test_a_cart_that_changed_since_it_was_shown_is_not_ordered(shop: Shop) -> None:
    shop.fill((shop.hose, 1))
    seen = orders.cart_of(shop.buyer).mark
    shop.fill((shop.seal, 1))

    with pytest.raises(CartChanged):
        transaction(lambda: orders.place_order(shop.buyer, "PO 1", new_key(), mark=seen))

    mark = orders.cart_of(shop.buyer).mark
    assert transaction(lambda: orders.place_order(shop.buyer, "PO 1", new_key(), mark=mark)).state is State.PLACED


def test_what_is_no_longer_sold_is_shown_but_not_ordered(shop: Shop) -> None:
    shop.fill((shop.hose, 1), (shop.seal, 4))
    withdraw(shop)

    cart = orders.cart_of(shop.buyer)
    assert [line.sku for line in cart.gone] == ["HH-12-R2AT"]
    placed = transaction(lambda: orders.place_order(shop.buyer, "PO 1", new_key()))
    assert [line.sku for line in orders.detail(placed.number).lines] == ["SK-1"]
    assert orders.cart_of(shop.buyer).lines == ()


def test_a_later_price_does_not_change_an_order(shop: Shop) -> None:
    placed = shop.order((shop.hose, 1))
    hose = shop.hose
    draft = ProductDraft(
        hose.sku, hose.name, hose.description, hose.category_slug, hose.unit, hose.pack, Money.zar(1), hose.vat_code
    )
    transaction(lambda: catalog.change(hose.sku, draft, version=hose.version))

    assert orders.order(placed.number).total == placed.total
    assert orders.detail(placed.number).lines[0].unit_price == Money.zar(4_350_00)


@pytest.mark.parametrize(("po_number", "field"), [("x" * 41, "po_number"), ("PO\n88", "po_number")])
def test_a_po_number_is_short_and_plain(shop: Shop, po_number: str, field: str) -> None:
    shop.fill((shop.hose, 1))
    with pytest.raises(BadInput) as refused:
        transaction(lambda: orders.place_order(shop.buyer, po_number, new_key()))
    assert refused.value.field == field
    assert len(orders.cart_of(shop.buyer).lines) == 1


def test_an_order_belongs_to_its_customer(shop: Shop) -> None:
    placed = shop.order()
    other = second_customer()

    with pytest.raises(NotFound):
        orders.detail(placed.number, other.customer_id)
    assert orders.list_page(other.customer_id).items == ()


def test_ordering_again_fills_the_cart_at_todays_prices_and_says_what_is_gone(shop: Shop) -> None:
    placed = shop.order((shop.hose, 2), (shop.seal, 7))
    withdraw(shop)

    missing = transaction(lambda: orders.reorder(shop.buyer, placed.number))

    assert [(line.sku, line.quantity) for line in orders.cart_of(shop.buyer).lines] == [("SK-1", 7)]
    assert missing == ["Hydraulic hose 1/2 inch SAE 100 R2AT, 50 m roll"]


def test_an_order_on_account_within_the_limit_goes_at_once(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=4_350_00 * 115 // 100)

    placed = shop.order((shop.hose, 1))

    assert placed.state is State.RELEASED
    assert placed.invoice_number


def test_an_order_one_cent_over_the_limit_is_held_without_an_invoice(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=4_350_00 * 115 // 100 - 1)

    placed = shop.order((shop.hose, 1))

    assert (placed.state, placed.invoice_number) == (State.HELD, "")
    assert "limit" in placed.held_reason
    assert ledger.balance_of(shop.customer_id) == Money.zar(0)


def test_open_balance_counts_towards_the_limit(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=6_000_00)

    assert shop.order((shop.hose, 1)).state is State.RELEASED
    assert shop.order((shop.hose, 1)).state is State.HELD


def test_an_overdue_invoice_holds_the_next_order(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=1_000_000_00, terms=7)
    with clock.at(clock.now() - timedelta(days=8)):
        assert shop.order((shop.seal, 1)).state is State.RELEASED

    held = shop.order((shop.seal, 1))

    assert held.state is State.HELD
    assert "overdue" in held.held_reason


def test_an_invoice_due_today_is_not_overdue(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=1_000_000_00, terms=7)
    with clock.at(clock.now() - timedelta(days=7)):
        shop.order((shop.seal, 1))

    assert shop.order((shop.seal, 1)).state is State.RELEASED
