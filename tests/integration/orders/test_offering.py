"""Quotes that our people begin and copy: prices by the customer's list, discounts, and what the customer sees when."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from portal.catalog import service as catalog
from portal.catalog.types import ListDraft
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.core.money import Money
from portal.orders import service as orders
from portal.orders.forms.quotes import hundredths
from portal.orders.types.quotes import Offer, QuoteFilter, QuoteInfo, QuoteState, less
from portal.platform import outbox
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, more_staff, new_key, second_customer

UNTIL = timedelta(days=10)


@pytest.fixture
def clerk(shop: Shop) -> Identity:
    return more_staff("clerk")


def start(shop: Shop, clerk: Identity, key: str | None = None) -> QuoteInfo:
    key = key or new_key()
    return transaction(lambda: orders.start_quote(shop.buyer.customer_code or "", shop.buyer.user_id, key, by=clerk))


def price(quote: QuoteInfo, clerk: Identity, *offers: Offer) -> QuoteInfo:
    seen, until = orders.quote(quote.number).version, clock.today() + UNTIL
    return transaction(lambda: orders.price_quote(quote.number, offers, until, "", seen=seen, by=clerk))


def test_the_customer_hears_of_our_quote_when_it_is_sent_and_not_before(shop: Shop, clerk: Identity) -> None:
    quote = start(shop, clerk)
    priced = price(quote, clerk, Offer("SK-1", 10, None))
    assert orders.quotes_page(shop.customer_id, QuoteFilter.ALL).items == ()
    with pytest.raises(NotFound):
        orders.quote(quote.number, shop.customer_id)
    assert outbox.notices(shop.buyer.user_id) == []

    transaction(lambda: orders.send_quote(quote.number, seen=priced.version, by=clerk))

    assert orders.quote(quote.number, shop.customer_id).state is QuoteState.SENT
    assert quote.number in outbox.notices(shop.buyer.user_id)[0].words
    order = transaction(lambda: orders.accept_quote(shop.buyer, quote.number, "PO 1", ("Plot 7",), new_key()))
    assert order.total == priced.total


def test_a_quote_of_ours_that_is_put_away_is_never_heard_of(shop: Shop, clerk: Identity) -> None:
    quote = start(shop, clerk)
    transaction(lambda: orders.decline_quote(quote.number, "Written twice", by=clerk))
    assert outbox.notices(shop.buyer.user_id) == []
    assert orders.quotes_page(shop.customer_id, QuoteFilter.DECLINED).items == ()


def test_a_line_without_a_price_has_that_of_the_customers_list_less_the_discount(shop: Shop, clerk: Identity) -> None:
    def give() -> None:
        list_id = catalog.create_list(ListDraft("Mines", "ZAR", clock.today(), None, everybody=False)).id
        catalog.set_price(list_id, shop.seal.sku, 10, Money.zar(2_00))
        catalog.give_list(list_id, shop.buyer.customer_code or "")

    transaction(give)
    price(start(shop, clerk), clerk, Offer("SK-1", 10, None, discount=250), Offer("SK-1", 1, Money.zar(9_99)))

    (quote,) = orders.quotes_page(None, QuoteFilter.DRAFT).items
    listed, typed = orders.quote_detail(quote.number).lines
    assert (listed.before, listed.discount, listed.unit_price) == (Money.zar(2_00), 250, Money.zar(1_95))
    assert (typed.before, typed.discount, typed.unit_price) == (Money.zar(9_99), 0, Money.zar(9_99))


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_discount_is_to_the_cent_half_a_cent_up(cents: int, discount: int) -> None:
    exact = Decimal(cents) * (10_000 - discount) / 10_000
    assert Money.zar(int(exact.to_integral_value("ROUND_HALF_UP"))) == less(Money.zar(cents), discount)


@pytest.mark.parametrize(
    ("text", "means"), [("", 0), ("5", 500), ("2.5", 250), ("2,5 %", 250), ("0.01", 1), ("100", 10_000)]
)
def test_a_percentage_is_read_as_people_write_it(text: str, means: int) -> None:
    assert hundredths(text, "it") == means


@pytest.mark.parametrize("text", ["-1", "101", "1.234", "five", "1.5.5", "٣", "1e2", "."])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        hundredths(text, "it")


def test_who_may_not_order_for_the_customer_gets_no_quote(shop: Shop, clerk: Identity) -> None:
    other = second_customer()
    for person in (other.user_id, clerk.user_id, 10**9):
        with pytest.raises(BadInput):
            transaction(lambda p=person: orders.start_quote(shop.buyer.customer_code or "", p, new_key(), by=clerk))


def test_the_same_form_sent_twice_begins_and_copies_one(shop: Shop, clerk: Identity) -> None:
    key, again = new_key(), new_key()
    assert start(shop, clerk, key).number == start(shop, clerk, key).number
    (quote,) = orders.quotes_page(None, QuoteFilter.ALL).items
    copies = {transaction(lambda: orders.copy_quote(quote.number, again, by=clerk)).number for _ in range(2)}
    assert len(copies) == 1


def test_a_copy_for_somebody_who_left_is_refused(shop: Shop, clerk: Identity) -> None:
    first = start(shop, clerk)
    db.session.execute(text("DELETE FROM membership WHERE user_id = :id"), {"id": shop.buyer.user_id})
    db.session.commit()
    with pytest.raises(BadInput, match="may not order"):
        transaction(lambda: orders.copy_quote(first.number, new_key(), by=clerk))


def test_a_copy_keeps_prices_discounts_and_words_and_needs_a_last_day_of_its_own(shop: Shop, clerk: Identity) -> None:
    first = start(shop, clerk)
    price(first, clerk, Offer("SK-1", 10, Money.zar(2_00), "Blue seal", 1000), Offer("MM-10", 2, None))

    copy = transaction(lambda: orders.copy_quote(first.number, new_key(), by=clerk))

    one, two = orders.quote_detail(first.number), orders.quote_detail(copy.number)
    assert two.lines == one.lines
    assert (copy.state, copy.valid_until, copy.total) == (QuoteState.DRAFT, None, orders.quote(first.number).total)
    with pytest.raises(BadInput):
        transaction(lambda: orders.send_quote(copy.number, seen=copy.version, by=clerk))


def test_a_quote_is_written_in_the_browser_from_search_to_sent(shop: Shop, clerk: Identity, signed_in: Any) -> None:
    desk = signed_in(clerk.email)
    assert "There is no customer" in desk.get("/staff/quotes/new?customer=NOPE").get_data(as_text=True)
    shown = desk.get(f"/staff/quotes/new?customer={shop.buyer.customer_code}").get_data(as_text=True)
    assert "Thandi Mokoena" in shown
    began = desk.post(
        "/staff/quotes/new",
        data={"customer": shop.buyer.customer_code, "person": shop.buyer.user_id, "key": new_key()},
    )
    assert began.status_code == 303
    where = began.location
    version = str(orders.quotes_page(None, QuoteFilter.ALL).items[0].version)

    found = desk.post(where, data={"step": "find", "find": "seal", "version": version}).get_data(as_text=True)
    assert 'value="SK-1"' in found
    added = desk.post(where, data={"add": "SK-1", "sku": "MM-10", "quantity": "2", "version": version})
    assert added.get_data(as_text=True).count('name="sku" value="') >= 2
    assert orders.quote_detail(where.rpartition("/")[2]).lines == ()

    form = {"sku": ["MM-10", "SK-1"], "quantity": ["2", "4"], "price": ["", "3.00"], "less": ["", "50"]}
    wrong = desk.post(where, data={**form, "less_all": "lots", "version": version, "valid_until": "2099-01-01"})
    assert wrong.status_code == 422
    until = (clock.today() + UNTIL).isoformat()
    saved = desk.post(where, data={**form, "less_all": "10", "version": version, "valid_until": until})
    assert saved.status_code == 303, saved.get_data(as_text=True)[-2000:]
    lines = orders.quote_detail(where.rpartition("/")[2]).lines
    assert [line.unit_price for line in lines] == [Money.zar(170_99), Money.zar(1_50)]
    desk.post(f"{where}/send", data={"version": str(orders.quote(where.rpartition("/")[2]).version)})
    seen = signed_in(shop.buyer.email).get(where.replace("/staff", "")).get_data(as_text=True)
    assert "less 50" in seen


# -- the lists as files ----------------------------------------------------------------------------------------------


def rows(browser: Any, address: str) -> list[dict[str, str]]:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_the_lists_of_selling_are_saved_as_they_are_shown(shop: Shop, clerk: Identity, signed_in: Any) -> None:
    placed = shop.order((shop.hose, 5))
    transaction(lambda: orders.release_by_hand(placed.number, "Known", by=shop.manager))
    (line,) = orders.open_lines(placed)
    transaction(lambda: orders.deliver(placed.number, {line.line_id: 2}, new_key(), seen=0, by=shop.manager))
    first = start(shop, clerk)
    second = start(shop, clerk)
    price(first, clerk, Offer("SK-1", 1, None))
    desk = signed_in(clerk.email)

    found = rows(desk, "/staff/quotes?show=draft&save=csv")
    assert [row["Quote"] for row in found] == [second.number, first.number]
    turned = rows(desk, "/staff/quotes?show=draft&sort=oldest&save=csv")
    assert [row["Quote"] for row in turned] == [first.number, second.number]
    (note,) = rows(desk, "/staff/deliveries?save=csv")
    assert note["Order"] == placed.number
    assert rows(desk, "/staff/deliveries?show=received&save=csv") == []
    (waiting,) = rows(desk, "/staff/dispatch?show=part&save=csv")
    assert (waiting["Pieces"], waiting["Left so far"]) == ("5", "2")
    assert desk.get("/staff/quotes?save=xlsx").data[:2] == b"PK"


def test_a_customer_saves_quotes_without_prices_that_were_not_sent(shop: Shop, signed_in: Any) -> None:
    transaction(lambda: orders.ask_for_quote(shop.buyer, "Ten hoses", new_key(), with_cart=False))
    shop.fill((shop.seal, 3))
    transaction(lambda: orders.ask_for_quote(shop.buyer, "These", new_key(), with_cart=True))
    found = rows(signed_in(shop.buyer.email), "/quotes?save=csv")
    assert [row["Total"] for row in found] == ["", ""]


def test_a_filter_of_quotes_is_kept_under_a_name(shop: Shop, clerk: Identity, signed_in: Any) -> None:
    desk = signed_in(clerk.email)
    desk.get("/staff/quotes?show=sent")
    kept = desk.post(
        "/staff/views", data={"address": "/staff/quotes?show=sent", "name": "With customers", "usual": "yes"}
    )
    assert kept.status_code == 303
    assert desk.get("/staff/quotes").location.endswith("/staff/quotes?show=sent")
    assert "With customers" in desk.get("/staff/quotes?show=sent").get_data(as_text=True)


def test_a_day_of_validity_that_is_over_ends_our_quote_too(shop: Shop, clerk: Identity) -> None:
    quote = start(shop, clerk)
    priced = price(quote, clerk, Offer("SK-1", 1, None))
    transaction(lambda: orders.send_quote(quote.number, seen=priced.version, by=clerk))
    with clock.at(clock.now() + UNTIL + timedelta(days=1)):
        assert transaction(orders.expire_quotes) == 1
    assert orders.quote(quote.number).state is QuoteState.EXPIRED
    assert isinstance(priced.valid_until, date)
