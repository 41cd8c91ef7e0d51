from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts import service as accounts
from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.errors import BadInput, IllegalMove, NotFound
from portal.core.identity import Identity
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.orders.errors import OwnOrder
from portal.orders.service import approving
from portal.orders.types import OrderInfo, State
from portal.orders.types.buying import ApprovalState, needs_approval
from portal.platform import outbox
from portal.platform.db import db, transaction
from tests.integration.invoices.test_races import at_once
from tests.integration.orders.shop import _HASH, PASSWORD, Shop, open_shop, second_customer
from tests.integration.soundness import broken

assert PASSWORD


def colleague(shop: Shop, name: str, role: str = "approver") -> Identity:
    def make() -> int:
        email = f"{name.lower()}@marikana.example"
        return accounts.create_user(email, name, None, memberships=[(shop.customer_id, role)], password_hash=_HASH[0])

    user_id = transaction(make)
    return replace(shop.buyer, user_id=user_id, name=name, email=f"{name.lower()}@marikana.example", customer_role=role)


def limit(shop: Shop, person: Identity, cents: int | None, by: Identity) -> None:
    seen = accounts.member(shop.customer_id, person.user_id)
    amount = None if cents is None else Money.zar(cents)
    transaction(
        lambda: accounts.change_member(
            shop.customer_id, person.user_id, seen.role, amount, seen=seen.fingerprint, by=by
        )
    )


@pytest.fixture
def approver(shop: Shop) -> Identity:
    """Naledi approves; the buyer may order for R 5 000 at once."""
    made = colleague(shop, "Naledi")
    limit(shop, shop.buyer, 5_000_00, made)
    return made


def words_to(person: Identity) -> str:
    return " | ".join(notice.words for notice in outbox.notices(person.user_id))


@given(st.integers(0, 10**9) | st.none(), st.integers(0, 10**9))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_order_needs_approval_only_above_the_limit(allowed: int | None, amount: int) -> None:
    money = None if allowed is None else Money.zar(allowed)
    assert needs_approval(money, Money.zar(amount)) is (allowed is not None and amount > allowed)


def test_an_order_within_the_limit_is_placed_at_once(shop: Shop, approver: Identity) -> None:
    limit(shop, shop.buyer, 5_002_50, approver)
    assert shop.order((shop.hose, 1)).state is State.PLACED  # R 5 002.50 with VAT: exactly the limit


def test_an_order_above_it_waits_and_nothing_is_owed_or_promised(shop: Shop, approver: Identity) -> None:
    asked = shop.order((shop.hose, 1))

    assert (asked.state, asked.invoice_number) == (State.DRAFT, "")
    assert invoices.open_of(shop.customer_id) == []
    assert f"asks you to approve {asked.number}" in words_to(approver)
    assert "waits for an approver" in words_to(shop.buyer)
    (waiting,) = orders.approvals_page(shop.customer_id, ApprovalState.WAITING).items
    assert (waiting.order.number, waiting.limit) == (asked.number, Money.zar(5_000_00))


def test_an_approved_order_goes_on_as_if_it_were_ordered_now(shop: Shop, approver: Identity) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=100_000_00)
    asked = shop.order((shop.hose, 1))

    done = transaction(lambda: orders.approve(asked.number, "Fine", by=approver))

    assert (done.state, bool(done.invoice_number)) == (State.RELEASED, True)
    assert "Naledi approved" in words_to(shop.buyer)
    found = orders.approval_of(done)
    assert found is not None
    assert (found.state, found.decided_by, found.words) == (ApprovalState.APPROVED, "Naledi", "Fine")


def test_an_approved_order_is_still_held_by_our_own_limit(shop: Shop, approver: Identity) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    asked = shop.order((shop.hose, 1))
    assert transaction(lambda: orders.approve(asked.number, "", by=approver)).state is State.HELD


def test_a_refused_order_is_cancelled_with_words(shop: Shop, approver: Identity) -> None:
    asked = shop.order((shop.hose, 1))
    with pytest.raises(BadInput, match="Say why"):
        transaction(lambda: orders.refuse(asked.number, " ", by=approver))

    refused = transaction(lambda: orders.refuse(asked.number, "Use the old stock first", by=approver))

    assert (refused.state, refused.invoice_number) == (State.CANCELLED, "")
    assert "Use the old stock first" in words_to(shop.buyer)
    assert "Use the old stock first" in orders.detail(asked.number).cancel_reason


def test_nobody_approves_their_own_order(shop: Shop, approver: Identity) -> None:
    second = colleague(shop, "Pieter")
    limit(shop, approver, 1_00, second)
    asked = shop.order((shop.seal, 1), buyer=approver)
    for decide in (orders.approve, orders.refuse):
        with pytest.raises(OwnOrder):
            transaction(partial(decide, asked.number, "My own", by=approver))
    assert orders.order(asked.number).state is State.DRAFT

    assert transaction(lambda: orders.approve(asked.number, "", by=second)).state is State.PLACED


def test_who_asked_may_take_it_back_and_nobody_else(shop: Shop, approver: Identity) -> None:
    asked = shop.order((shop.hose, 1))
    with pytest.raises(BadInput):
        transaction(lambda: orders.withdraw(asked.number, by=approver))
    assert transaction(lambda: orders.withdraw(asked.number, by=shop.buyer)).state is State.CANCELLED


@pytest.mark.parametrize("first", ["approve", "refuse", "withdraw"])
@pytest.mark.parametrize("second", ["approve", "refuse", "withdraw"])
def test_every_decision_is_final(shop: Shop, approver: Identity, first: str, second: str) -> None:
    asked = shop.order((shop.hose, 1))

    def decide(how: str) -> OrderInfo:
        if how == "withdraw":
            return orders.withdraw(asked.number, by=shop.buyer)
        return getattr(orders, how)(asked.number, "Because", by=approver)  # type: ignore[no-any-return]

    after = transaction(lambda: decide(first))
    with pytest.raises(IllegalMove):
        transaction(lambda: decide(second))
    assert orders.order(asked.number) == replace(after, version=orders.order(asked.number).version)


def test_an_order_of_another_company_cannot_be_approved(shop: Shop, approver: Identity) -> None:
    asked = shop.order((shop.hose, 1))
    stranger = replace(second_customer(), customer_role="approver")
    with pytest.raises(NotFound):
        transaction(lambda: orders.approve(asked.number, "", by=stranger))
    assert orders.order(asked.number).state is State.DRAFT


def test_what_nobody_approves_in_a_fortnight_is_cancelled(shop: Shop, approver: Identity) -> None:
    with clock.at(clock.now() - timedelta(days=15)):
        old = shop.order((shop.hose, 1))
    new = shop.order((shop.hose, 1))

    assert transaction(orders.lapse_old) == 1
    assert transaction(orders.lapse_old) == 0

    assert [orders.order(each.number).state for each in (old, new)] == [State.CANCELLED, State.DRAFT]


def test_an_approver_finds_and_approves_it_in_the_portal(shop: Shop, approver: Identity, signed_in: Any) -> None:
    asked = shop.order((shop.hose, 1))
    db.session.rollback()
    buyer, boss = signed_in(shop.buyer.email), signed_in(approver.email)
    assert "Take it back" in buyer.get(f"/orders/{asked.number}").get_data(as_text=True)
    assert buyer.post(f"/orders/{asked.number}/approve").status_code == 403
    assert asked.number in boss.get("/approvals").get_data(as_text=True)
    page = boss.get(f"/orders/{asked.number}").get_data(as_text=True)
    assert "Do you approve it?" in page and "R\u00a05\u00a0000.00" in page
    refused = boss.post(f"/orders/{asked.number}/refuse", data={"words": ""})
    assert (refused.status_code, "Say why" in refused.get_data(as_text=True)) == (422, True)

    assert boss.post(f"/orders/{asked.number}/approve", data={"words": "Go"}).status_code == 303

    assert orders.order(asked.number).state is State.PLACED
    assert boss.post(f"/orders/{asked.number}/approve", data={"words": "Go"}).status_code == 409
    assert boss.post(f"/orders/{asked.number}/refuse", data={"words": "No more"}).status_code == 409


# -- two approvers at one moment -------------------------------------------------------------------------------------


def two_approvers(app: Any, shop: Shop) -> list[Any]:
    first, second = colleague(shop, "Naledi"), colleague(shop, "Pieter")
    limit(shop, shop.buyer, 5_000_00, first)
    asked = shop.order((shop.hose, 1))
    db.session.remove()

    def approve() -> OrderInfo:
        return transaction(lambda: orders.approve(asked.number, "", by=first))

    def refuse() -> OrderInfo:
        return transaction(lambda: orders.refuse(asked.number, "Not now", by=second))

    return at_once(app, [approve, refuse])


@pytest.mark.mariadb
@pytest.mark.parametrize("_again", range(3))
def test_of_two_approvers_the_second_learns_that_it_is_decided(mariadb_app: Any, _again: int) -> None:
    shop = open_shop()

    answers = two_approvers(mariadb_app, shop)

    assert sorted(type(each).__name__ for each in answers) == ["IllegalMove", "OrderInfo"]
    (order,) = orders.list_page(shop.customer_id).items
    assert (order.state is State.PLACED) is bool(order.invoice_number)
    assert broken() == []


@pytest.mark.mariadb
def test_control_without_the_locks_it_is_approved_and_refused(
    mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from portal.orders import queries
    from portal.orders.models import Order
    from portal.orders.queries import buying

    shop, both_have_read = open_shop(), threading.Barrier(2)

    def unlocked(order_id: int) -> Any:
        found = buying.approval(order_id)
        both_have_read.wait(timeout=20)
        return found

    monkeypatch.setattr(buying, "lock_approval", unlocked)
    monkeypatch.setattr(queries, "lock_order", lambda order_id: db.session.get(Order, order_id))
    monkeypatch.setattr(approving.moving.accounts, "lock_customer", lambda _id: None)

    answers = two_approvers(mariadb_app, shop)

    assert [type(each) for each in answers] == [OrderInfo, OrderInfo]
