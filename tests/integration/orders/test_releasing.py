from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.accounts.types import ReleasePolicy
from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.errors import NeedsCreditNote
from portal.orders.types import OrderInfo, State
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform import audit
from portal.platform.db import transaction
from tests.integration.orders.shop import Shop, more_staff, new_key

ONE_HOSE = 4_350_00 * 115 // 100


def verify(shop: Shop, placed: OrderInfo, cents: int | None = None) -> int:
    """A verified proof for an order's invoice: of all it needs, or of so much."""
    invoice = invoices.by_number(placed.invoice_number)
    amount = Money.zar(invoice.balance.cents if cents is None else cents)
    shares = ((invoice.id, amount),)
    payment = transaction(
        lambda: payments.claim(shop.customer_id, amount, clock.today(), shares, proof_id=None, words="proof")
    )
    transaction(lambda: payments.verify(payment, shares))
    return payment


def receive(shop: Shop, placed: OrderInfo, cents: int | None = None) -> None:
    """Money at the bank for an order's invoice."""
    invoice = invoices.by_number(placed.invoice_number)
    amount = Money.zar(invoice.balance.cents if cents is None else cents)
    received = BankReceipt(amount, clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    transaction(lambda: payments.record_receipt(shop.customer_id, received, [invoice.id], key=new_key()))


def state_of(placed: OrderInfo) -> State:
    return orders.order(placed.number).state


def test_cleared_goods_wait_for_the_bank(shop: Shop) -> None:
    placed = shop.order()

    verify(shop, placed)
    assert state_of(placed) is State.PLACED

    receive(shop, placed)
    assert state_of(placed) is State.RELEASED


def test_cleared_goods_wait_for_all_of_the_money(shop: Shop) -> None:
    placed = shop.order()

    receive(shop, placed, ONE_HOSE - 1)
    assert state_of(placed) is State.PLACED

    receive(shop, placed, 1)
    assert state_of(placed) is State.RELEASED


def test_trusted_goods_leave_on_a_verified_proof(shop: Shop) -> None:
    shop.become(ReleasePolicy.TRUSTED)
    placed = shop.order()

    verify(shop, placed)

    assert state_of(placed) is State.RELEASED
    assert invoices.by_number(placed.invoice_number).balance == placed.total, "verified is not money"


def test_a_proof_of_part_of_the_money_releases_nothing(shop: Shop) -> None:
    shop.become(ReleasePolicy.TRUSTED)
    placed = shop.order()

    verify(shop, placed, ONE_HOSE - 1)

    assert state_of(placed) is State.PLACED


def test_provisional_goods_leave_while_unconfirmed_money_stays_under_the_limit(shop: Shop) -> None:
    shop.become(ReleasePolicy.PROVISIONAL, provisional=2 * ONE_HOSE)
    first, second, third = shop.order(), shop.order(), shop.order()

    for placed in (first, second, third):
        verify(shop, placed)

    assert [state_of(placed) for placed in (first, second, third)] == [State.RELEASED, State.RELEASED, State.PLACED]


def test_confirmed_money_makes_room_for_the_next_provisional_order(shop: Shop) -> None:
    shop.become(ReleasePolicy.PROVISIONAL, provisional=ONE_HOSE)
    first, second = shop.order(), shop.order()
    payment = verify(shop, first)
    received = BankReceipt(first.total, clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    transaction(lambda: payments.confirm(payment, received, key=new_key(), by=None))

    verify(shop, second)

    assert state_of(second) is State.RELEASED


def test_money_that_the_bank_should_have_shown_pauses_provisional_credit(shop: Shop) -> None:
    shop.become(ReleasePolicy.PROVISIONAL, provisional=100_000_00)
    monday = datetime(2026, 3, 16, 9, tzinfo=clock.SAST)
    with clock.at(monday):
        late = verify(shop, shop.order())
    with clock.at(monday + timedelta(days=3)):
        placed = shop.order()
        payment = verify(shop, placed)
        assert state_of(placed) is State.PLACED
        received = BankReceipt(Money.zar(ONE_HOSE), clock.today(), ledger.our_accounts()[0].id, "CREDIT")
        made = transaction(lambda: payments.confirmation(late, received, key=new_key()))
    assert placed.number in made.released
    seen = orders.detail(placed.number).evidence
    assert state_of(placed) is State.RELEASED and seen is not None and seen.payment_id == payment


def test_money_that_is_late_pauses_no_other_policy(shop: Shop) -> None:
    shop.become(ReleasePolicy.TRUSTED)
    monday = datetime(2026, 3, 16, 9, tzinfo=clock.SAST)
    with clock.at(monday):
        verify(shop, shop.order())
    with clock.at(monday + timedelta(days=3)):
        placed = shop.order()
        verify(shop, placed)
    assert state_of(placed) is State.RELEASED


def test_money_lifts_a_hold_oldest_first_as_far_as_it_fits(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=ONE_HOSE)
    first, second, third = shop.order(), shop.order(), shop.order()
    assert [state_of(placed) for placed in (first, second, third)] == [State.RELEASED, State.HELD, State.HELD]

    receive(shop, first)

    assert [state_of(placed) for placed in (first, second, third)] == [State.RELEASED, State.RELEASED, State.HELD]
    assert orders.order(second.number).invoice_number
    assert orders.order(third.number).invoice_number == ""


def test_money_lifts_nothing_while_another_invoice_is_late(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=10 * ONE_HOSE, terms=7)
    with clock.at(clock.now() - timedelta(days=8)):
        late, later = shop.order(), shop.order()
    held = shop.order()

    receive(shop, late)
    assert state_of(held) is State.HELD

    receive(shop, later)
    assert state_of(held) is State.RELEASED


def test_a_manager_releases_by_hand_and_the_reason_is_kept(shop: Shop) -> None:
    placed = shop.order()

    transaction(lambda: orders.release_by_hand(placed.number, "Known for 20 years", by=shop.manager))

    after = orders.order(placed.number)
    assert (after.state, after.released_by, after.release_reason) == (
        State.RELEASED, "Zanele Khumalo", "Known for 20 years",
    )  # fmt: skip
    released = next(event for event in audit.of(placed.number) if event.action == "order.released")
    assert released.before == {"state": "placed"}
    assert released.after is not None
    assert released.after["reason"] == "Known for 20 years"


def test_releasing_a_held_order_issues_its_invoice_first(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    held = shop.order()

    transaction(lambda: orders.release_by_hand(held.number, "Agreed on the phone", by=shop.manager))

    after = orders.order(held.number)
    assert after.state is State.RELEASED
    assert invoices.by_number(after.invoice_number).total == held.total


def test_lifting_a_hold_issues_the_invoice_and_waits_for_its_money(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    held = shop.order()

    transaction(lambda: orders.lift_hold(held.number, "Pays first", by=shop.manager))
    assert state_of(held) is State.PLACED

    receive(shop, orders.order(held.number))
    assert state_of(held) is State.RELEASED


def test_a_release_by_hand_needs_a_reason(shop: Shop) -> None:
    placed = shop.order()
    with pytest.raises(BadInput):
        transaction(lambda: orders.release_by_hand(placed.number, "  ", by=shop.manager))
    assert state_of(placed) is State.PLACED


def test_the_second_of_two_releases_is_told_that_it_is_late(shop: Shop) -> None:
    placed = shop.order()
    transaction(lambda: orders.release_by_hand(placed.number, "Known", by=shop.manager))

    with pytest.raises(IllegalMove):
        transaction(lambda: orders.release_by_hand(placed.number, "Known", by=shop.manager))


def test_goods_that_were_not_released_are_not_delivered(shop: Shop) -> None:
    placed, dispatcher = shop.order(), more_staff("dispatcher")
    with pytest.raises(IllegalMove):
        transaction(lambda: orders.mark_delivered(placed.number, by=dispatcher))

    receive(shop, placed)
    transaction(lambda: orders.mark_delivered(placed.number, by=dispatcher))

    assert state_of(placed) is State.DELIVERED


def test_a_held_order_is_cancelled_without_a_trace_in_the_books(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT)
    held = shop.order()

    transaction(lambda: orders.cancel(held.number, "Ordered twice", by=shop.manager))

    assert state_of(held) is State.CANCELLED
    assert ledger.balance_of(shop.customer_id) == Money.zar(0)


def test_an_invoiced_order_is_not_cancelled(shop: Shop) -> None:
    placed = shop.order()
    with pytest.raises(NeedsCreditNote):
        transaction(lambda: orders.cancel(placed.number, "Ordered twice", by=shop.manager))
    assert state_of(placed) is State.PLACED


def test_the_payment_that_released_an_order_is_kept_as_evidence(shop: Shop) -> None:
    shop.become(ReleasePolicy.PROVISIONAL, provisional=100_000_00)
    placed = shop.order()
    payment = verify(shop, placed)
    seen = orders.detail(placed.number).evidence
    assert seen is not None
    assert (seen.policy, seen.payment_id) == (ReleasePolicy.PROVISIONAL, payment)
    assert (seen.unconfirmed, seen.provisional_limit) == (Money.zar(ONE_HOSE), Money.zar(100_000_00))


def test_a_held_order_keeps_what_it_was_held_for(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=10_00)
    seen = orders.detail(shop.order().number).evidence
    assert seen is not None
    assert (seen.policy, seen.credit_limit, seen.payment_id) == (ReleasePolicy.ACCOUNT, Money.zar(10_00), None)
