from __future__ import annotations

import io
import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pypdf import PdfReader

from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove, NotFound
from portal.core.identity import Identity
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.orders.queries import quotes as queries
from portal.orders.service import quoting
from portal.orders.types import OrderInfo, State
from portal.orders.types.quotes import Offer, QuoteFilter, QuoteInfo, QuoteState
from portal.platform import outbox
from portal.platform.db import db, transaction
from portal.platform.models import Mail
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import Shop, more_staff, new_key, open_shop, second_customer
from tests.integration.orders.test_approving import colleague, limit
from tests.integration.orders.test_pages import value_of
from tests.integration.soundness import broken

R100 = Money.zar(100_00)
HERE = ("Plot 7, R104", "Marikana")


def ask(shop: Shop, words: str = "Ten hoses for Shaft 4", *, with_cart: bool = False) -> QuoteInfo:
    return transaction(lambda: orders.ask_for_quote(shop.buyer, words, new_key(), with_cart=with_cart))


def offer(shop: Shop, asked: QuoteInfo, *lines: Offer, days: int = 7) -> QuoteInfo:
    seen, until = orders.quote(asked.number).version, clock.today() + timedelta(days=days)
    wanted = lines or (Offer("HH-12-R2AT", 10, Money.zar(3_999_00)),)
    return transaction(lambda: orders.price_quote(asked.number, wanted, until, "In stock", seen=seen, by=shop.manager))


def sent(shop: Shop, *lines: Offer, days: int = 7) -> QuoteInfo:
    priced = offer(shop, ask(shop), *lines, days=days)
    return transaction(lambda: orders.send_quote(priced.number, seen=priced.version, by=shop.manager))


def accept(shop: Shop, quote: QuoteInfo, key: str | None = None, buyer: Identity | None = None) -> OrderInfo:
    key = key or new_key()
    return transaction(lambda: orders.accept_quote(buyer or shop.buyer, quote.number, "PO 1", HERE, key))


def state_of(quote: QuoteInfo) -> QuoteState:
    return orders.quote(quote.number).state


def test_from_the_request_to_an_order_at_the_quoted_prices(shop: Shop) -> None:
    asked = ask(shop)
    assert asked.number == f"QUO-{clock.today().year}-000001"
    assert "asks for a quote" in outbox.notices(shop.manager.user_id)[0].words
    priced = offer(
        shop, asked, Offer("hh-12-r2at", 10, Money.zar(3_999_00)), Offer("MM-10", 3, Money.zar(150_05), "Meal")
    )
    assert (priced.net, priced.vat) == (Money.zar(40_440_15), Money.zar(5_998_50))
    assert db.session.query(Mail).filter_by(event="quote_sent").count() == 0

    out = transaction(lambda: orders.send_quote(asked.number, seen=priced.version, by=shop.manager))
    assert out.state is QuoteState.SENT
    assert db.session.query(Mail).filter_by(event="quote_sent", to_user=shop.buyer.user_id).count() == 1
    assert asked.number in outbox.notices(shop.buyer.user_id)[0].words

    order = accept(shop, out)

    assert (order.state, order.total) == (State.PLACED, out.total)
    assert [line.unit_price for line in orders.detail(order.number).lines] == [Money.zar(3_999_00), Money.zar(150_05)]
    assert invoices.by_number(order.invoice_number).total == out.total
    after = orders.quote(asked.number)
    assert (after.state, after.order_number, after.decided_by) == (QuoteState.ACCEPTED, order.number, "Thandi Mokoena")


def test_a_request_for_the_cart_starts_at_todays_prices_and_leaves_the_cart(shop: Shop) -> None:
    shop.fill((shop.hose, 2), (shop.seal, 5))
    asked = ask(shop, "", with_cart=True)
    lines = orders.quote_detail(asked.number).lines
    assert [(line.sku, line.quantity, line.unit_price) for line in lines] == [
        ("HH-12-R2AT", 2, shop.hose.price), ("SK-1", 5, shop.seal.price),
    ]  # fmt: skip
    assert len(orders.cart_of(shop.buyer).lines) == 2


def test_the_same_request_sent_twice_is_one_and_an_empty_one_none(shop: Shop) -> None:
    key = new_key()
    twice = [transaction(lambda: orders.ask_for_quote(shop.buyer, "Ten hoses", key, with_cart=False)) for _ in range(2)]
    assert twice[0].number == twice[1].number
    for words in ("", "  ", "x" * 2001):
        with pytest.raises(BadInput):
            ask(shop, words)
    assert len(orders.quotes_page(shop.customer_id, QuoteFilter.ALL).items) == 1


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        ((), 7), ((Offer("NOPE", 1, R100),), 7), ((Offer("SK-1", 0, R100),), 7), ((Offer("SK-1", 1, -R100),), 7),
        ((Offer("SK-1", 100_000, R100),), 7), ((Offer("SK-1", 1, R100),), -1), ((Offer("SK-1", 1, R100),), 400),
    ],
)  # fmt: skip
def test_an_offer_that_cannot_be_is_refused(shop: Shop, lines: tuple[Offer, ...], days: int) -> None:
    asked = ask(shop)
    until = clock.today() + timedelta(days=days)
    with pytest.raises(BadInput):
        transaction(lambda: orders.price_quote(asked.number, lines, until, "", seen=1, by=shop.manager))
    assert orders.quote_detail(asked.number).lines == ()


def test_an_unpriced_request_is_not_sent_and_a_colleagues_change_must_be_seen(shop: Shop) -> None:
    asked = ask(shop)
    with pytest.raises(BadInput, match="lines with prices"):
        transaction(lambda: orders.send_quote(asked.number, seen=asked.version, by=shop.manager))
    db.session.rollback()
    priced = offer(shop, asked)
    for act in (
        partial(orders.send_quote, asked.number, seen=asked.version, by=shop.manager),
        partial(orders.price_quote, asked.number, [], clock.today(), "", seen=asked.version, by=shop.manager),
    ):
        with pytest.raises(Conflict, match="colleague changed"):
            transaction(act)
    assert orders.quote(asked.number).version == priced.version


def test_an_offer_is_good_on_its_last_day_and_not_after_it_even_before_the_night(shop: Shop) -> None:
    out, late = sent(shop, days=1), sent(shop, days=0)
    with clock.at(clock.now() + timedelta(days=1)):
        assert accept(shop, out).state is State.PLACED
        with pytest.raises(IllegalMove, match="expired"):
            accept(shop, late)
        assert transaction(orders.expire_quotes) == 1
        assert transaction(orders.expire_quotes) == 0
    assert [state_of(each) for each in (out, late)] == [QuoteState.ACCEPTED, QuoteState.EXPIRED]
    assert any("has expired" in notice.words for notice in outbox.notices(shop.buyer.user_id))


def test_an_accepted_quote_above_the_persons_limit_waits_for_an_approver(shop: Shop) -> None:
    approver = colleague(shop, "Naledi")
    limit(shop, shop.buyer, 100_00, approver)
    order = accept(shop, sent(shop))
    assert order.state is State.DRAFT
    assert transaction(lambda: orders.approve(order.number, "", by=approver)).total == order.total


def test_an_accepted_quote_is_held_like_any_order_on_account(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    assert accept(shop, sent(shop)).state is State.HELD


def test_the_same_acceptance_sent_twice_is_one_order(shop: Shop) -> None:
    out, key = sent(shop), new_key()
    assert accept(shop, out, key).number == accept(shop, out, key).number
    assert len(orders.list_page(shop.customer_id).items) == 1


def test_declined_with_a_reason_by_the_customer_or_by_us(shop: Shop) -> None:
    out, asked = sent(shop), ask(shop)
    with pytest.raises(BadInput):
        transaction(lambda: orders.decline_quote(out.number, "", by=shop.buyer, customer_id=shop.customer_id))
    transaction(lambda: orders.decline_quote(out.number, "Too dear", by=shop.buyer, customer_id=shop.customer_id))
    transaction(lambda: orders.decline_quote(asked.number, "Not our line", by=shop.manager))

    assert [state_of(each) for each in (out, asked)] == [QuoteState.DECLINED] * 2
    assert any("Too dear" in notice.words for notice in outbox.notices(shop.manager.user_id))
    assert any("Not our line" in notice.words for notice in outbox.notices(shop.buyer.user_id))


def test_another_customers_quote_is_not_there(shop: Shop) -> None:
    out, other = sent(shop), second_customer()
    for act in (
        lambda: orders.quote(out.number, other.customer_id),
        lambda: orders.quotation(out.number, other.customer_id),
        lambda: orders.accept_quote(other, out.number, "PO 1", HERE, new_key()),
        lambda: orders.decline_quote(out.number, "No", by=other, customer_id=other.customer_id),
    ):
        with pytest.raises(NotFound):
            transaction(act)
    assert orders.quotes_page(other.customer_id, QuoteFilter.ALL, out.number).items == ()


def test_lists_are_paged_filtered_and_searched(shop: Shop) -> None:
    numbers = [ask(shop).number for _ in range(4)]
    out = sent(shop)
    first = orders.quotes_page(shop.customer_id, QuoteFilter.ALL, limit=3)
    second = orders.quotes_page(shop.customer_id, QuoteFilter.ALL, "", first.next, limit=3)
    assert [one.number for one in (*first.items, *second.items)] == [out.number, *numbers[::-1]]
    assert [one.number for one in orders.quotes_page(None, QuoteFilter.SENT).items] == [out.number]
    assert [one.number for one in orders.quotes_page(None, QuoteFilter.ALL, "2").items] == [numbers[1]]
    assert len(orders.quotes_page(None, QuoteFilter.ALL, "Marikana").items) == 5


def test_the_paper_says_what_is_offered_until_when(shop: Shop) -> None:
    out = sent(shop, Offer("SK-1", 7, Money.zar(2_00), "Seal, the blue one"), days=3)
    text = PdfReader(io.BytesIO(orders.quotation(out.number))).pages[0].extract_text().replace("\u00a0", " ")
    until = clock.today() + timedelta(days=3)
    for words in (out.number, "Seal, the blue one", "R 16.10", f"{until.day} ", "not a tax invoice", "Zanele Khumalo"):
        assert words in text
    with pytest.raises(NotFound):
        orders.quotation(ask(shop).number)


# -- pages -----------------------------------------------------------------------------------------------------------


def test_a_quote_goes_from_the_request_to_the_order_on_the_pages(shop: Shop, signed_in: Any) -> None:
    buyer, desk = signed_in(shop.buyer.email), signed_in(more_staff("clerk").email)
    page = buyer.get("/quotes/new").get_data(as_text=True)
    empty = buyer.post("/quotes/new", data={"words": "", "key": value_of(page, "key")})
    assert (empty.status_code, "Write what you need" in empty.get_data(as_text=True)) == (422, True)
    made = buyer.post("/quotes/new", data={"words": "Ten hoses", "key": value_of(page, "key")})
    number = made.location.rsplit("/", 1)[1]
    assert "We are working on your request" in buyer.get(made.location).get_data(as_text=True)
    assert buyer.get(f"/quotes/{number}.pdf").status_code == 404

    assert number in desk.get("/staff/quotes").get_data(as_text=True)
    where = f"/staff/quotes/{number}"
    version = value_of(desk.get(where).get_data(as_text=True), "version")
    until = (clock.today() + timedelta(days=9)).isoformat()
    form = {"version": version, "valid_until": until, "reply": "Ex stock", "sku": ["SK-1", ""], "quantity": ["4", ""]}
    bad = desk.post(where, data=form | {"price": ["two rand", ""], "description": ["", ""]})
    shown = bad.get_data(as_text=True)
    assert (bad.status_code, 'value="two rand"' in shown, "Write the price of SK-1" in shown) == (422, True, True)
    assert desk.post(where, data=form | {"price": ["2,50", ""], "description": ["", ""]}).status_code == 303
    page = desk.get(where).get_data(as_text=True)
    assert "R\u00a011.50" in page
    version = page.rsplit('name="version" value="', 1)[1].split('"')[0]
    assert desk.post(f"{where}/send", data={"version": version}).status_code == 303
    assert desk.post(f"{where}/send", data={"version": version}).status_code == 409

    page = buyer.get(f"/quotes/{number}").get_data(as_text=True)
    assert "yours to decide" in page and "Ex stock" in page
    assert buyer.get(f"/quotes/{number}.pdf").data.startswith(b"%PDF")
    data = {"key": value_of(page, "key"), "po_number": "PO 9", "delivery": "Plot 7"}
    refused = buyer.post(f"/quotes/{number}/accept", data=data | {"po_number": ""})
    assert (refused.status_code, "Write your PO number" in refused.get_data(as_text=True)) == (422, True)
    accepted = buyer.post(f"/quotes/{number}/accept", data=data)
    assert accepted.status_code == 303
    assert accepted.location.startswith("/orders/ORD-")
    assert buyer.post(f"/quotes/{number}/decline", data={"reason": "Too late"}).status_code == 409


# -- two at one moment -----------------------------------------------------------------------------------------------


def two_colleagues(shop: Shop) -> tuple[Identity, Identity]:
    return shop.buyer, replace(colleague(shop, "Lerato", "buyer"), customer_id=shop.customer_id)


@pytest.mark.mariadb
@pytest.mark.parametrize("_again", range(3))
def test_of_two_colleagues_who_accept_at_once_one_orders(mariadb_app: Any, _again: int) -> None:
    shop = open_shop()
    out = sent(shop)

    answers = at_once(mariadb_app, [partial(accept, shop, out, None, each) for each in two_colleagues(shop)])

    assert sorted(type(each).__name__ for each in answers) == ["IllegalMove", "OrderInfo"]
    assert len(orders.list_page(shop.customer_id).items) == 1
    assert broken() == []


@pytest.mark.mariadb
def test_control_without_the_locks_both_order(mariadb_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, both_have_read = open_shop(), threading.Barrier(2)
    out = sent(shop)
    buyers = two_colleagues(shop)

    def unlocked(quote_id: int) -> Any:
        found = queries.quote(orders.quote(out.number).number)
        both_have_read.wait(timeout=20)
        return found if quote_id else None

    monkeypatch.setattr(quoting.queries, "lock_quote", unlocked)
    monkeypatch.setattr(quoting.accounts, "lock_customer", lambda _id: None)
    # both orders stop at an approver and take numbers of their own, so that no row of the books stops the second one
    monkeypatch.setattr(quoting.booking.asking, "limit_above", lambda *_: R100)
    monkeypatch.setattr(quoting.booking.invoices, "take_number", lambda series, _day: f"{series}-{new_key()[:8]}")

    answers = at_once(mariadb_app, [partial(accept, shop, out, None, each) for each in buyers])

    assert [type(each) for each in answers] == [OrderInfo, OrderInfo]
