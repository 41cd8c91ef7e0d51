"""An invoiced order is cancelled: what has not left stays, its invoice is credited, what was paid is credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.accounts.types import ReleasePolicy
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import State as InvoiceState
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.errors import NeedsCreditNote
from portal.orders.types import OrderInfo, State
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform import outbox
from portal.platform.db import db, transaction
from portal.platform.models import Mail
from tests.integration.orders.shop import Shop, more_staff, new_key
from tests.integration.orders.test_releasing import ONE_HOSE, receive, verify


def cancel(shop: Shop, number: str, *, key: str | None = None) -> OrderInfo:
    seen = orders.rest(number).mark
    return transaction(lambda: orders.cancel(number, "Ordered twice", by=shop.manager, seen=seen, key=key))


def part(shop: Shop, placed: OrderInfo, pieces: int) -> None:
    line = orders.open_lines(placed)[0]
    transaction(lambda: orders.deliver(placed.number, {line.line_id: pieces}, new_key(), seen=0, by=shop.manager))


def on_account(shop: Shop) -> None:
    shop.become(ReleasePolicy.ACCOUNT, credit=1_000_000_00)


def test_nothing_is_left_to_pay_of_an_order_that_is_cancelled_before_it_left(shop: Shop) -> None:
    placed = shop.order((shop.hose, 2), (shop.seal, 3))

    gone = cancel(shop, placed.number)

    invoice = invoices.by_number(placed.invoice_number)
    assert gone.state is State.CANCELLED
    assert (invoice.state, invoice.balance, invoice.credited) == (InvoiceState.CREDITED, Money.zar(0), placed.total)
    assert ledger.balance_of(shop.customer_id) == Money.zar(0)
    (note,) = invoices.credit_notes_of(invoice.id)
    assert note.reason == f"Order {placed.number} cancelled: Ordered twice"


def test_nobody_cancels_an_invoiced_order_without_having_seen_the_credit_note(shop: Shop) -> None:
    placed = shop.order()

    with pytest.raises(NeedsCreditNote):
        transaction(lambda: orders.cancel(placed.number, "Ordered twice", by=shop.manager))

    assert orders.order(placed.number).state is State.PLACED
    assert ledger.balance_of(shop.customer_id) == Money.zar(ONE_HOSE)


def test_a_release_is_withdrawn_and_dispatchers_are_told(shop: Shop) -> None:
    on_account(shop)
    dispatcher, placed = more_staff("dispatcher"), shop.order()
    assert placed.state is State.RELEASED

    assert cancel(shop, placed.number).state is State.CANCELLED

    assert orders.pick_list() == ()
    with pytest.raises(IllegalMove):
        transaction(lambda: orders.mark_delivered(placed.number, by=dispatcher))
    assert any("does not leave any more" in each.words for each in outbox.notices(dispatcher.user_id))


def test_of_a_part_delivered_order_only_the_rest_is_credited(shop: Shop) -> None:
    on_account(shop)
    placed = shop.order((shop.hose, 5), (shop.meal, 4))
    part(shop, placed, 2)

    gone = cancel(shop, placed.number)

    invoice = invoices.by_number(placed.invoice_number)
    assert (gone.state, gone.cut_short) == (State.DELIVERED, True)
    assert invoice.credited == Money.zar(3 * ONE_HOSE + 4 * 189_99)
    assert invoice.balance == Money.zar(2 * ONE_HOSE)
    assert len(orders.deliveries_of(gone)) == 1


def test_what_was_paid_becomes_credit_that_can_be_refunded(shop: Shop) -> None:
    placed = shop.order()
    receive(shop, placed)

    cancel(shop, placed.number)

    (payment,) = payments.of_invoice(invoices.by_number(placed.invoice_number).id) or [None]
    assert ledger.balance_of(shop.customer_id) == Money.zar(-ONE_HOSE)
    assert payment is None or payment.credit == Money.zar(ONE_HOSE)


def test_what_was_written_off_is_undone_first_and_the_order_stays_as_it_is(shop: Shop, signed_in: Any) -> None:
    placed = shop.order()
    invoice = invoices.by_number(placed.invoice_number)
    came = BankReceipt(invoice.total - Money.zar(2_00), clock.today(), ledger.our_accounts()[0].id, "EFT")
    transaction(lambda: payments.record_receipt(shop.customer_id, came, [invoice.id], key=new_key()))
    transaction(lambda: payments.write_off_cents(invoice.id, "A rest", key=new_key(), by=None))
    before, seen = orders.order(placed.number).state, orders.rest(placed.number).mark

    manager = signed_in(shop.manager.email)
    manager.get(f"/staff/orders/{placed.number}/cancel")
    answer = manager.post(
        f"/staff/orders/{placed.number}/cancel", data={"reason": "Ordered twice", "mark": seen, "key": new_key()}
    )

    assert answer.status_code == 409
    assert "cannot become" not in answer.get_data(as_text=True)
    db.session.rollback()
    assert orders.order(placed.number).state is before


def test_money_under_way_stays_expected_and_becomes_credit_when_the_bank_shows_it(shop: Shop) -> None:
    placed = shop.order()
    payment_id = verify(shop, placed)

    cancel(shop, placed.number)
    assert payments.payment(payment_id).state.value == "verified"

    received = BankReceipt(Money.zar(ONE_HOSE), clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    transaction(lambda: payments.confirm(payment_id, received, key=new_key()))

    assert payments.payment(payment_id).credit == Money.zar(ONE_HOSE)
    assert orders.order(placed.number).state is State.CANCELLED


def test_stock_that_was_kept_goes_to_who_waits(shop: Shop) -> None:
    on_account(shop)
    transaction(lambda: catalog.keep_stock(shop.hose.id))
    transaction(lambda: catalog.receive(shop.hose.id, 2, "Came in", by="Test"))
    first, second = shop.order((shop.hose, 2)), shop.order((shop.hose, 2))
    assert catalog.waits_for(second.number) == {shop.hose.id: 2}

    cancel(shop, first.number)

    assert catalog.waits_for(second.number) == {}


def test_what_was_credited_by_hand_is_not_credited_again(shop: Shop) -> None:
    placed = shop.order((shop.hose, 5))
    draft = CreditDraft(placed.invoice_number, "Two are damaged", {1: Decimal(2)})
    transaction(lambda: invoices.credit(draft, key=new_key()))

    cancel(shop, placed.number)

    invoice = invoices.by_number(placed.invoice_number)
    assert invoice.credited == placed.total
    assert [note.total.cents for note in invoices.credit_notes_of(invoice.id)] == [2 * ONE_HOSE, 3 * ONE_HOSE]


def test_an_order_whose_invoice_is_credited_in_full_is_cancelled_without_another(shop: Shop) -> None:
    placed = shop.order()
    transaction(lambda: invoices.credit(CreditDraft(placed.invoice_number, "All of it"), key=new_key()))
    assert orders.rest(placed.number).credit is None

    assert cancel(shop, placed.number).state is State.CANCELLED

    assert len(invoices.credit_notes_of(invoices.by_number(placed.invoice_number).id)) == 1


def test_what_left_since_the_page_was_opened_is_not_cancelled(shop: Shop) -> None:
    on_account(shop)
    placed = shop.order((shop.hose, 5))
    seen = orders.rest(placed.number).mark
    part(shop, placed, 2)

    with pytest.raises(Conflict, match="changed since"):
        transaction(lambda: orders.cancel(placed.number, "Ordered twice", by=shop.manager, seen=seen))

    assert orders.order(placed.number).state is State.PART_DELIVERED


def test_the_same_key_cancels_once_and_answers_again(shop: Shop) -> None:
    placed, key = shop.order(), new_key()
    seen = orders.rest(placed.number).mark

    answers = [
        transaction(lambda: orders.cancel(placed.number, "Ordered twice", by=shop.manager, seen=seen, key=key))
        for _ in range(2)
    ]

    assert [each.state for each in answers] == [State.CANCELLED] * 2
    assert len(invoices.credit_notes_of(invoices.by_number(placed.invoice_number).id)) == 1


def test_the_buyer_gets_a_mail_that_names_the_credit_note(shop: Shop) -> None:
    placed = shop.order()
    receive(shop, placed)

    cancel(shop, placed.number)

    (mail,) = [each for each in db.session.query(Mail) if each.event == "order_cancelled"]
    (note,) = invoices.credit_notes_of(invoices.by_number(placed.invoice_number).id)
    assert mail.to_user == shop.buyer.user_id
    assert mail.data["credit"] == note.number


def test_a_reason_is_needed(shop: Shop) -> None:
    placed = shop.order()
    seen = orders.rest(placed.number).mark
    with pytest.raises(BadInput):
        transaction(lambda: orders.cancel(placed.number, " ", by=shop.manager, seen=seen))


def test_a_manager_sees_what_comes_off_and_then_cancels(shop: Shop, signed_in: Any) -> None:
    on_account(shop)
    placed = shop.order((shop.hose, 5))
    part(shop, placed, 2)
    manager, where = signed_in(shop.manager.email), f"/staff/orders/{placed.number}/cancel"

    shown = manager.get(where).get_data(as_text=True)
    assert str(Money.zar(3 * ONE_HOSE)) in shown
    empty = manager.post(where, data={"reason": "", "mark": orders.rest(placed.number).mark, "key": new_key()})
    assert empty.status_code == 422
    done = manager.post(where, data={"reason": "No stock", "mark": orders.rest(placed.number).mark, "key": new_key()})
    assert done.status_code == 303

    page = manager.get(f"/staff/orders/{placed.number}").get_data(as_text=True)
    assert "CRN-" in page
    buyer = signed_in(shop.buyer.email).get(f"/orders/{placed.number}").get_data(as_text=True)
    assert "the rest was cancelled" in buyer
    assert manager.get(where).status_code == 409
