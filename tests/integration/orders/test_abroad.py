"""A customer abroad sees, orders, is offered and owes dollars (docs/rules/foreign-money.md F1 to F4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, ReleasePolicy
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.errors import CartChanged
from portal.orders.types import State
from portal.orders.types.quotes import Offer
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import db, transaction
from tests.integration.orders import shop as shops
from tests.integration.orders.shop import Shop, new_key


def usd(cents: int) -> Money:
    return Money(cents, "USD")


@dataclass
class Export:
    """The shop, and a customer in Zimbabwe with a buyer and an approver."""

    shop: Shop
    customer_id: int
    buyer: Identity
    approver: Identity

    def become(self, **terms: Any) -> None:
        info = accounts.customer(self.customer_id)
        draft = replace(_draft(), **terms)
        transaction(lambda: accounts.change_customer(info.code, draft, seen=info.fingerprint))


def _draft() -> CustomerDraft:
    return CustomerDraft(
        "Harare Drilling (Pvt) Ltd", "ap@harare.example", vat_number="10057743", country="ZW",
        address=("12 Samora Machel Ave", "Harare"),
    )  # fmt: skip


@pytest.fixture
def export(shop: Shop) -> Export:
    def make() -> Export:
        ledger.add_bank_account("FNB", "250655", "62000000001", "360Degree Supply", currency="USD", bic="FIRNZAJJ")
        catalog.set_rate("USD", clock.today(), "20.00", by="Zanele")
        customer_id = accounts.create_customer("HRD009", _draft())
        buyer = shops._person("tendai@harare.example", "Tendai Moyo", customer_id)
        user_id = accounts.create_user(
            "rudo@harare.example", "Rudo Ncube", None, memberships=[(customer_id, "approver")],
            password_hash=shops._HASH[0],
        )  # fmt: skip
        approver = Identity(
            user_id, "Rudo Ncube", "rudo@harare.example", frozenset(), customer_id, "Harare Drilling", "HRD009",
            "approver", 0,
        )  # fmt: skip
        return Export(shop, customer_id, replace(buyer, currency="USD"), approver)

    return transaction(make)


def page_of(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return re.sub(r"\s+", " ", answer.get_data(as_text=True).replace("\u00a0", " "))


def test_every_page_on_the_way_shows_dollars_and_no_vat(export: Export, signed_in: Callable[[str], Any]) -> None:
    buyer = signed_in("tendai@harare.example")
    assert "USD 217.50" in page_of(buyer, "/products")
    assert "USD 217.50" in page_of(buyer, "/products?q=hose")
    assert "USD 217.50" in page_of(buyer, f"/products/{export.shop.hose.slug}")
    pasted = buyer.post("/orders/quick", data={"codes": "HH-12-R2AT 2"}).get_data(as_text=True)
    assert "USD 217.50" in pasted.replace("\u00a0", " ")
    export.shop.fill((export.shop.hose, 2), buyer=export.buyer)
    for path in ("/cart", "/checkout"):
        shown = page_of(buyer, path)
        assert "USD 435.00" in shown, path
        assert "USD 0.00" in shown, path
    made = export.shop.order((export.shop.hose, 1), buyer=export.buyer)
    assert (made.total, made.vat) == (usd(652_50), usd(0))
    invoice = invoices.by_number(made.invoice_number)
    assert (invoice.total, invoice.rand, invoice.export_to) == (usd(652_50), Money.zar(13_050_00), "ZW")
    for path, words in (
        (f"/orders/{made.number}", "USD 652.50"), ("/invoices", "USD 652.50"),
        (f"/invoices/{invoice.number}", "Zero-rated supply: goods exported to Zimbabwe"),
        (f"/invoices/{invoice.number}", "Value in rand"), (f"/invoices/{invoice.number}/pay", "FIRNZAJJ"),
        ("/statement", "USD 652.50"), (f"/orders/{made.number}/again", "USD 217.50"), ("/proofs/new", "FIRNZAJJ"),
    ):  # fmt: skip
        assert words in page_of(buyer, path), path


def test_at_home_and_for_visitors_nothing_changes(export: Export, app: Any, signed_in: Callable[[str], Any]) -> None:
    assert "R 4 350.00" in page_of(app.test_client(), "/products")
    assert "R 4 350.00" in page_of(signed_in(export.shop.buyer.email), "/products")


def test_without_a_rate_there_is_no_price_and_the_order_waits(export: Export, signed_in: Callable[[str], Any]) -> None:
    export.shop.fill((export.shop.hose, 1), buyer=export.buyer)
    with clock.at(clock.now() + timedelta(days=40)):
        assert catalog.prices_shown([export.shop.hose], export.customer_id, currency="USD") == {}
        cart = orders.cart_of(export.buyer)
        assert ([line.sku for line in cart.unpriced], cart.total) == (["HH-12-R2AT"], usd(0))
        with pytest.raises(CartChanged, match="no price in your currency today"):
            transaction(lambda: orders.place_order(export.buyer, "PO 1", new_key()))
        buyer = signed_in("tendai@harare.example")
        assert "No price today" in page_of(buyer, "/products")
        assert "There is no price in your currency today" in page_of(buyer, f"/products/{export.shop.hose.slug}")
        assert "No price in your currency today" in page_of(buyer, "/cart")
    db.session.rollback()
    assert len(orders.cart_of(export.buyer).lines) == 1, "nothing was thrown away"


def test_a_dollar_price_of_its_own_and_of_a_list_needs_no_rate(export: Export) -> None:
    from portal.catalog.types import ListDraft

    day = clock.today() + timedelta(days=40)
    made = transaction(lambda: catalog.create_list(ListDraft("Export", "USD", clock.today(), None, everybody=False)))
    transaction(lambda: catalog.set_price(made.id, "HH-12-R2AT", 1, usd(200_00)))
    transaction(lambda: catalog.give_list(made.id, "HRD009"))
    hose = export.shop.hose
    assert catalog.price_of(hose, accounts.customer(export.customer_id)) == usd(200_00)
    assert catalog.prices_shown([hose], export.customer_id, currency="USD", day=day) == {}, (
        "the shop's price counts too"
    )


def test_credit_limits_and_what_is_owed_are_in_dollars(export: Export) -> None:
    export.become(release_policy=ReleasePolicy.ACCOUNT, credit_limit=Money.zar(500_00))
    assert accounts.customer(export.customer_id).credit_limit == usd(500_00)
    first = export.shop.order((export.shop.hose, 2), buyer=export.buyer)
    assert first.state is State.RELEASED
    second = export.shop.order((export.shop.hose, 1), buyer=export.buyer)
    assert (second.state, second.held_reason) == (
        State.HELD, "With this order your account would be above its limit of USD\u00a0500.00.",
    )  # fmt: skip
    with pytest.raises(Conflict, match="in USD"):
        export.become(country="ZA", vat_number=None)


def test_money_is_booked_though_a_held_order_has_no_rate_to_be_invoiced_at(export: Export) -> None:
    export.become(release_policy=ReleasePolicy.ACCOUNT, credit_limit=Money.zar(500_00))
    first = export.shop.order((export.shop.hose, 2), buyer=export.buyer)
    held = export.shop.order((export.shop.hose, 1), buyer=export.buyer)
    bank = next(each for each in ledger.our_accounts() if each.currency == "USD")
    came = BankReceipt(first.total, clock.today(), bank.id, "SWIFT")
    invoice_id = invoices.by_number(first.invoice_number).id
    with clock.at(clock.now() + timedelta(days=40)):
        transaction(lambda: payments.record_receipt(export.customer_id, came, [invoice_id], key=new_key()))
        assert invoices.by_id(invoice_id).balance == usd(0)
        assert orders.order(held.number).state is State.HELD
        transaction(lambda: catalog.set_rate("USD", clock.today(), "20.00", by="Zanele"))
        more = BankReceipt(usd(1_00), clock.today(), bank.id, "SWIFT")
        transaction(lambda: payments.record_receipt(export.customer_id, more, [], key=new_key()))
        assert orders.order(held.number).state is State.RELEASED


def test_what_cannot_be_exported_in_dollars_is_not_offered_in_them(export: Export) -> None:
    us = export.shop.manager
    asked = transaction(lambda: orders.ask_for_quote(export.buyer, "Ten hoses", new_key(), with_cart=False))
    db.session.execute(text("UPDATE product SET vat_code = 'exempt' WHERE sku = 'HH-12-R2AT'"))
    db.session.commit()
    offer = [Offer("HH-12-R2AT", 1, usd(1_00))]
    until = clock.today() + timedelta(days=10)
    with pytest.raises(BadInput, match="exempt"):
        transaction(lambda: orders.price_quote(asked.number, offer, until, "", seen=asked.version, by=us))


def test_what_has_no_price_in_dollars_is_asked_for_in_words(export: Export) -> None:
    export.shop.fill((export.shop.hose, 3), buyer=export.buyer)
    with clock.at(clock.now() + timedelta(days=40)):
        asked = transaction(lambda: orders.ask_for_quote(export.buyer, "", new_key(), with_cart=True))
        found = orders.quote_detail(asked.number)
    assert (found.lines, found.words.startswith("3 × HH-12-R2AT")) == ((), True)


def test_the_mail_of_a_statement_is_in_the_customers_currency(export: Export, signed_in: Callable[[str], Any]) -> None:
    manager = signed_in(export.shop.manager.email)
    for asked in ("", "?currency=usd", "?currency=EUR"):
        assert "USD 0.00" in page_of(manager, f"/staff/customers/HRD009/statement/mail{asked}")


def test_a_limit_of_a_buyer_is_in_dollars(export: Export) -> None:
    us = export.shop.manager
    member = next(each for each in accounts.members_of(export.customer_id) if each.id == export.buyer.user_id)
    transaction(
        lambda: accounts.change_member(
            export.customer_id, member.id, "buyer", Money.zar(300_00), seen=member.fingerprint, by=us
        )
    )
    small = export.shop.order((export.shop.hose, 1), buyer=export.buyer)
    large = export.shop.order((export.shop.hose, 2), buyer=export.buyer)
    assert (small.state, large.state) == (State.PLACED, State.DRAFT)
    approved = transaction(lambda: orders.approve(large.number, "", by=export.approver))
    assert (approved.state, approved.total) == (State.PLACED, usd(435_00))


def test_a_quote_is_priced_and_accepted_in_dollars(export: Export, signed_in: Callable[[str], Any]) -> None:
    us = export.shop.manager
    asked = transaction(lambda: orders.ask_for_quote(export.buyer, "Ten hoses", new_key(), with_cart=False))
    manager = signed_in(us.email)
    assert "Price without VAT, USD" in page_of(manager, f"/staff/quotes/{asked.number}")
    until = clock.today() + timedelta(days=10)
    with pytest.raises(Exception, match="This quote is in USD"):
        transaction(
            lambda: orders.price_quote(
                asked.number, [Offer("HH-12-R2AT", 10, Money.zar(1_00))], until, "", seen=asked.version, by=us
            )
        )
    db.session.rollback()
    priced = transaction(
        lambda: orders.price_quote(
            asked.number, [Offer("HH-12-R2AT", 10, usd(199_00))], until, "", seen=asked.version, by=us
        )
    )
    assert (priced.total, priced.vat) == (usd(1_990_00), usd(0))
    transaction(lambda: orders.send_quote(asked.number, seen=priced.version, by=us))
    order = transaction(lambda: orders.accept_quote(export.buyer, asked.number, "PO 7", ("Harare",), new_key()))
    (line,) = orders.detail(order.number).lines
    assert (order.total, line.vat_code) == (usd(1_990_00), VatCode.ZERO)


def test_staff_write_an_export_by_hand_in_its_currency(export: Export, signed_in: Callable[[str], Any]) -> None:
    manager = signed_in(export.shop.manager.email)
    page = page_of(manager, "/staff/invoices/drafts/new?customer=HRD009")
    assert "Price without VAT, USD" in page
    line = {"sku-1": "HH-12-R2AT", "description-1": "", "quantity-1": "", "unit-1": "", "price-1": "", "less-1": "",
            "vat-1": "standard"}  # fmt: skip
    sent = manager.post(
        "/staff/invoices/drafts/new",
        data={
            "customer": "HRD009",
            "carriage": "50.00",
            "version": "0",
            "supplied_on": clock.today().isoformat(),
            **line,
        },
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)
    shown = page_of(manager, sent.headers["Location"])
    assert "USD 267.50" in shown
    assert "goods exported to Zimbabwe" in shown


def test_debtors_vat_and_statements_of_staff_know_dollars(export: Export, signed_in: Callable[[str], Any]) -> None:
    export.shop.order((export.shop.hose, 2), buyer=export.buyer)
    manager = signed_in(export.shop.manager.email)
    assert "USD 435.00" in page_of(manager, "/staff/debtors?currency=USD")
    assert "USD 435.00" in page_of(manager, "/staff/customers/HRD009/statement")
    assert "Zimbabwe · buys with USD" in page_of(manager, "/staff/customers/HRD009")
    since = clock.today().isoformat()
    vat = page_of(manager, f"/staff/vat?since={since}&until={since}")
    assert "Zero-rated, exported" in vat
    assert "2A" in vat
    assert "R 8 700.00" in vat
    detail = manager.get(f"/staff/vat.csv?since={since}&until={since}&detail=1").get_data(as_text=True)
    assert "8700.00,0.00,8700.00" in detail


def test_staff_set_country_and_currency(export: Export, signed_in: Callable[[str], Any]) -> None:
    manager = signed_in(export.shop.manager.email)
    facts = {
        "code": "GAB001", "name": "Gaborone Plant", "email": "ap@gab.example", "address": "Plot 1\nGaborone",
        "terms_days": "30", "credit_limit": "100.00", "release_policy": "cleared", "vat_number": "C0123456",
    }  # fmt: skip
    assert "Zimbabwe" in page_of(manager, "/staff/customers/new")
    refused = manager.post(
        "/staff/customers/new", data={**facts, "country": "ZA", "buys_with": "USD", "vat_number": ""}
    )
    assert refused.status_code == 422
    assert "At home we invoice in rand" in refused.get_data(as_text=True)
    assert manager.post("/staff/customers/new", data={**facts, "country": "BW", "buys_with": ""}).status_code == 303
    made = accounts.customer_by_code("GAB001")
    assert (made.currency, made.credit_limit, made.vat_number) == ("USD", usd(100_00), "C0123456")
    form = page_of(manager, "/staff/customers/GAB001/edit")
    assert re.search(r'<option[^>]*value="BW"[^>]*selected|<option selected[^>]*value="BW"', form)
