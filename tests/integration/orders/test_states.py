"""Every cell of state × action for orders, quotes and deliveries: what is not allowed answers 409 and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.invoices.models import Invoice
from portal.orders import service as orders
from portal.orders.models import Approval, Delivery, DeliveryLine, Order, Quote, QuoteLine
from portal.orders.types import MOVES, OrderInfo, State
from portal.orders.types.cancelling import CANCELLABLE
from portal.orders.types.quotes import Offer, QuoteInfo, QuoteState
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent
from tests.integration.orders.shop import Shop, more_staff, new_key
from tests.integration.orders.test_approving import colleague, limit

_HERE = {"po_number": "PO 1", "delivery": "Plot 7"}


def everything() -> list[Any]:
    """All rows that a move could have changed, and how much was audited and invoiced."""
    db.session.rollback()
    rows: list[Any] = []
    for model in (Order, Approval, Delivery, DeliveryLine, Quote, QuoteLine):
        rows += db.session.execute(select(*model.__table__.columns).order_by(*model.__table__.primary_key)).all()
    rows += [db.session.scalar(select(func.count()).select_from(model)) for model in (AuditEvent, Invoice)]
    db.session.rollback()
    return rows


class Desk:
    """Who does what: browsers of everybody concerned."""

    def __init__(self, shop: Shop, signed_in: Callable[[str], Any], approver: Identity) -> None:
        self.shop = shop
        self.who = {
            "buyer": signed_in(shop.buyer.email),
            "approver": signed_in(approver.email),
            "manager": signed_in(shop.manager.email),
            "dispatcher": signed_in(more_staff("dispatcher").email),
        }
        for person, path in (("buyer", "/orders/places"), ("approver", "/orders/places"), ("manager", "/account")):
            self.who[person].get(path)
        self.who["dispatcher"].get("/account")

    def post(self, person: str, path: str, **data: str) -> int:
        return int(self.who[person].post(path, data=data).status_code)


@pytest.fixture
def approver(shop: Shop) -> Identity:
    return colleague(shop, "Naledi")


@pytest.fixture
def desk_of(shop: Shop, signed_in: Callable[[str], Any], approver: Identity) -> Callable[[], Desk]:
    """Called once things stand where they are wanted: whoever gets a lower limit is signed out."""
    return lambda: Desk(shop, signed_in, approver)


# -- orders ----------------------------------------------------------------------------------------------------------


def order_in(state: State, shop: Shop, approver: Identity) -> OrderInfo:
    """An order that stands where it is wanted."""
    if state is State.DRAFT:
        limit(shop, shop.buyer, 1_00, approver)
    if state in {State.HELD, State.CANCELLED}:
        shop.become(ReleasePolicy.ACCOUNT)
    placed = shop.order((shop.hose, 3))
    if state is State.CANCELLED:
        transaction(lambda: orders.cancel(placed.number, "Not needed", by=shop.manager))
    if state in {State.RELEASED, State.PART_DELIVERED, State.DELIVERED}:
        transaction(lambda: orders.release_by_hand(placed.number, "Known", by=shop.manager))
    if state in {State.PART_DELIVERED, State.DELIVERED}:
        (line,) = orders.open_lines(placed)
        pieces = {line.line_id: 1 if state is State.PART_DELIVERED else 3}
        transaction(lambda: orders.deliver(placed.number, pieces, new_key(), seen=0, by=shop.manager))
    found = orders.order(placed.number)
    assert found.state is state
    return found


def order_actions(desk: Desk, order: OrderInfo) -> dict[str, Callable[[], int]]:
    number, (line,) = order.number, orders.open_lines(order)
    seen = str(len(orders.deliveries_of(order)))
    staff = f"/staff/orders/{number}"
    mark = orders.rest(number).mark if order.state in CANCELLABLE else "placed:3:15007.50"
    return {
        "release": lambda: desk.post("manager", f"{staff}/release", reason="Known"),
        "lift": lambda: desk.post("manager", f"{staff}/lift", reason="Known"),
        "cancel": lambda: desk.post("manager", f"{staff}/cancel", reason="Not needed"),
        "cancel as seen": lambda: desk.post(
            "manager", f"{staff}/cancel", reason="Not needed", mark=mark, key=new_key()
        ),
        "deliver": lambda: desk.post(
            "dispatcher", f"{staff}/deliver", **{f"pieces-{line.line_id}": "1"}, seen=seen, key=new_key()
        ),
        "deliver all": lambda: desk.post("dispatcher", f"{staff}/delivered"),
        "approve": lambda: desk.post("approver", f"/orders/{number}/approve", words="Fine"),
        "refuse": lambda: desk.post("approver", f"/orders/{number}/refuse", words="No need"),
        "withdraw": lambda: desk.post("buyer", f"/orders/{number}/withdraw"),
    }


#: once an order has its invoice, it is cancelled only as its credit note was looked at (docs/rules/release.md R7)
ORDER_LEGAL: dict[State, set[str]] = {
    State.DRAFT: {"approve", "refuse", "withdraw"},
    State.PLACED: {"release", "cancel as seen"},
    State.HELD: {"release", "lift", "cancel", "cancel as seen"},
    State.RELEASED: {"deliver", "deliver all", "cancel as seen"},
    State.PART_DELIVERED: {"deliver", "deliver all", "cancel as seen"},
    State.DELIVERED: set(),
    State.CANCELLED: set(),
}


def test_the_matrix_knows_every_state() -> None:
    assert set(ORDER_LEGAL) == set(State) == set(MOVES)
    assert set(QUOTE_LEGAL) == set(QuoteState)


@pytest.mark.parametrize("state", State)
def test_an_illegal_move_of_an_order_answers_409_and_changes_nothing(
    shop: Shop, desk_of: Callable[[], Desk], approver: Identity, state: State
) -> None:
    order = order_in(state, shop, approver)
    actions, before = order_actions(desk_of(), order), everything()

    statuses = {name: act() for name, act in actions.items() if name not in ORDER_LEGAL[state]}

    assert statuses == dict.fromkeys(statuses, 409)
    assert everything() == before


@pytest.mark.parametrize(
    ("state", "action"), [(state, action) for state, legal in ORDER_LEGAL.items() for action in sorted(legal)]
)
def test_a_legal_move_of_an_order_is_made(
    shop: Shop, desk_of: Callable[[], Desk], approver: Identity, state: State, action: str
) -> None:
    order = order_in(state, shop, approver)
    actions, before = order_actions(desk_of(), order), everything()
    assert actions[action]() == 303
    assert everything() != before


# -- quotes ----------------------------------------------------------------------------------------------------------


def quote_in(state: QuoteState, shop: Shop) -> QuoteInfo:
    until = clock.today() + timedelta(days=3)
    asked = transaction(lambda: orders.ask_for_quote(shop.buyer, "Ten hoses", new_key(), with_cart=False))
    line, number = Offer("SK-1", 10, Money.zar(2_00)), asked.number
    priced = transaction(lambda: orders.price_quote(number, [line], until, "", seen=1, by=shop.manager))
    if state is not QuoteState.DRAFT:
        transaction(lambda: orders.send_quote(number, seen=priced.version, by=shop.manager))
    if state is QuoteState.ACCEPTED:
        transaction(lambda: orders.accept_quote(shop.buyer, number, "", ("Plot 7",), new_key()))
    if state is QuoteState.DECLINED:
        transaction(lambda: orders.decline_quote(number, "Too dear", by=shop.manager))
    if state is QuoteState.EXPIRED:
        with clock.at(clock.now() + timedelta(days=4)):
            transaction(orders.expire_quotes)
    found = orders.quote(number)
    assert found.state is state
    return found


def quote_actions(desk: Desk, quote: QuoteInfo) -> dict[str, Callable[[], int]]:
    version, until = str(quote.version), (clock.today() + timedelta(days=5)).isoformat()
    ours, theirs = f"/staff/quotes/{quote.number}", f"/quotes/{quote.number}"
    line = {"sku": "SK-1", "quantity": "9", "price": "1.00", "description": ""}
    return {
        "price": lambda: desk.post("manager", ours, version=version, valid_until=until, **line),
        "send": lambda: desk.post("manager", f"{ours}/send", version=version),
        "decline (we)": lambda: desk.post("manager", f"{ours}/decline", reason="Not our line"),
        "accept": lambda: desk.post("buyer", f"{theirs}/accept", key=new_key(), **_HERE),
        "decline (they)": lambda: desk.post("buyer", f"{theirs}/decline", reason="Too dear"),
    }


QUOTE_LEGAL: dict[QuoteState, set[str]] = {
    QuoteState.DRAFT: {"price", "send", "decline (we)", "decline (they)"},
    QuoteState.SENT: {"accept", "decline (we)", "decline (they)"},
    QuoteState.ACCEPTED: set(),
    QuoteState.DECLINED: set(),
    QuoteState.EXPIRED: set(),
}


@pytest.mark.parametrize("state", QuoteState)
def test_an_illegal_move_of_a_quote_answers_409_and_changes_nothing(
    shop: Shop, desk_of: Callable[[], Desk], state: QuoteState
) -> None:
    quote = quote_in(state, shop)
    actions, before = quote_actions(desk_of(), quote), everything()

    statuses = {name: act() for name, act in actions.items() if name not in QUOTE_LEGAL[state]}

    assert statuses == dict.fromkeys(statuses, 409)
    assert everything() == before


@pytest.mark.parametrize(
    ("state", "action"), [(state, action) for state, legal in QUOTE_LEGAL.items() for action in sorted(legal)]
)
def test_a_legal_move_of_a_quote_is_made(
    shop: Shop, desk_of: Callable[[], Desk], state: QuoteState, action: str
) -> None:
    quote = quote_in(state, shop)
    actions, before = quote_actions(desk_of(), quote), everything()
    assert actions[action]() == 303
    assert everything() != before


# -- deliveries ------------------------------------------------------------------------------------------------------


def test_a_delivery_is_received_once(shop: Shop, desk_of: Callable[[], Desk], approver: Identity) -> None:
    (sent,) = orders.deliveries_of(order_in(State.DELIVERED, shop, approver))
    desk = desk_of()
    at = f"{clock.now().astimezone(clock.SAST):%Y-%m-%dT%H:%M}"

    def receive() -> int:
        return desk.post("dispatcher", f"/staff/deliveries/{sent.number}", receiver="Sipho", received_at=at)

    assert receive() == 303
    before = everything()
    assert receive() == 409
    assert everything() == before
