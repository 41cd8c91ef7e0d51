"""Ten customers at once: each orders the scarce and the plentiful, pays, and uploads a proof (requirements.md B22)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.catalog.queries import stock as shelves
from portal.core import clock
from portal.core.identity import Identity
from portal.invoices import service as invoices
from portal.invoices.models import Invoice
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.models import Order
from portal.orders.types import State
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import db, transaction
from portal.proofs import service as proofs
from portal.proofs.models import Proof
from portal.proofs.types.stored import Sender
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, _draft, _person, new_key, open_shop
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb
TEN, SCARCE = 10, 6


def ten_buyers() -> list[Identity]:
    def make() -> list[Identity]:
        return [
            _person(
                f"buyer{n}@concurrent.example", f"Buyer {n}",
                accounts.create_customer(f"CON{n:03d}", _draft(f"Concurrent {n} CC")),
            )
            for n in range(TEN)
        ]  # fmt: skip

    return transaction(make)


def stock_up(shop: Shop) -> None:
    def put() -> None:
        for product, count in ((shop.hose, SCARCE), (shop.seal, 1000)):
            catalog.keep_stock(product.id)
            catalog.count(product.id, count, "Stock-take")

    transaction(put)


def order_pay_and_upload(shop: Shop, buyer: Identity) -> str:
    """What one buyer does, each step a request of its own; the same form and the same bank line arrive twice."""
    assert buyer.customer_id is not None
    customer_id, key, paid = buyer.customer_id, new_key(), new_key()
    shop.fill((shop.hose, 1), (shop.seal, 3), buyer=buyer)
    placed = transaction(lambda: orders.place_order(buyer, f"PO {buyer.user_id}", key))
    again = transaction(lambda: orders.place_order(buyer, f"PO {buyer.user_id}", key))
    assert again.number == placed.number
    upload = proofs.store(b"%PDF-1.4\n% proof of " + placed.number.encode(), f"{placed.number}.pdf")
    sender = Sender(customer_id, buyer.user_id, "portal")
    transaction(lambda: proofs.receive(sender, upload, form_key=key))
    invoice = invoices.by_number(placed.invoice_number)
    received = BankReceipt(invoice.balance, clock.today(), ledger.our_accounts()[0].id, f"CREDIT {placed.number}")
    db.session.rollback()
    for _ in range(2):
        transaction(lambda: payments.record_receipt(customer_id, received, [invoice.id], key=paid))
    return placed.number


def numbers(column: Any) -> list[int]:
    return sorted(int(number.rsplit("-", 1)[1]) for number in db.session.scalars(select(column)))


def test_ten_customers_order_pay_and_upload_at_once(mariadb_app: Any) -> None:
    shop = open_shop()
    stock_up(shop)
    buyers = ten_buyers()

    answers = at_once(mariadb_app, [partial(order_pay_and_upload, shop, buyer) for buyer in buyers])

    assert [each for each in answers if isinstance(each, Exception)] == []
    db.session.rollback()
    assert numbers(Order.number) == numbers(Invoice.number) == list(range(1, TEN + 1))
    assert {orders.order(number).state for number in answers} == {State.RELEASED}
    assert len(list(db.session.scalars(select(Proof)))) == TEN

    (hose,) = shelves.lock([shop.hose.id])
    (seal,) = shelves.lock([shop.seal.id])
    assert ((hose.on_hand, hose.reserved), (seal.on_hand, seal.reserved)) == ((SCARCE, SCARCE), (1000, 3 * TEN))
    db.session.rollback()
    short = [sum(count for _, count in orders.short_of(orders.detail(number))) for number in answers]
    assert sorted(short) == [0] * SCARCE + [1] * (TEN - SCARCE)

    for buyer in buyers:
        assert buyer.customer_id is not None
        assert invoices.open_of(buyer.customer_id) == []
        assert not ledger.balance_of(buyer.customer_id)
    assert broken() == []
