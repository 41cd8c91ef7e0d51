"""Credit notes: they lower an invoice to the cent, at its own rate, and what was paid too much is the customer's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.service import crediting
from portal.invoices.types import InvoiceInfo, State
from portal.invoices.types.credit import CreditDraft, CreditNoteInfo
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, more_staff, new_key, second_customer

WHY = "The goods came back"


@pytest.fixture
def invoice(shop: Shop) -> InvoiceInfo:
    """Four rolls with VAT and three seals: R 20 010.00 and R 7.83."""
    return invoices.by_number(shop.order((shop.hose, 4), (shop.seal, 3)).invoice_number)


def credit(number: str, quantities: dict[int, str] | None = None, *, why: str = WHY, key: str = "") -> CreditNoteInfo:
    wanted = None if quantities is None else {line: Decimal(each) for line, each in quantities.items()}
    return transaction(lambda: crediting.credit(CreditDraft(number, why, wanted), key=key or new_key()))


def pay(shop: Shop, cents: int, *found: InvoiceInfo) -> int:
    received = BankReceipt(Money.zar(cents), clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    ids = [each.id for each in found]
    return transaction(lambda: payments.record_receipt(shop.customer_id, received, ids, key=new_key())).payment_id


def test_a_whole_credit_note_takes_back_the_invoice_and_its_vat(shop: Shop, invoice: InvoiceInfo) -> None:
    made = credit(invoice.number)

    after = invoices.by_number(invoice.number)
    assert made.number == f"CRN-{clock.today().year}-000001"
    assert (made.net, made.vat, made.total) == (invoice.net, invoice.vat, invoice.total)
    assert (after.state, after.balance, after.credited, after.is_open) == (
        State.CREDITED, Money.zar(0), invoice.total, False,
    )  # fmt: skip
    assert ledger.balance_of(shop.customer_id) == Money.zar(0)
    assert invoices.open_of(shop.customer_id) == []


def test_part_of_a_line_comes_back_at_its_own_price_and_rate(shop: Shop, invoice: InvoiceInfo) -> None:
    made = credit(invoice.number, {1: "1.5"})

    after = invoices.by_number(invoice.number)
    assert (made.net, made.vat) == (Money.zar(6_525_00), Money.zar(978_75))
    assert after.balance == invoice.total - made.total
    assert after.state is State.ISSUED
    assert after.paid == Money.zar(0)


def test_parts_add_up_to_the_line_to_the_cent(shop: Shop, invoice: InvoiceInfo) -> None:
    parts = [credit(invoice.number, {2: "0.7"}), credit(invoice.number, {2: "1.1"}), credit(invoice.number, {2: "1.2"})]

    (line,) = [each for each in invoices.document(invoice.number).lines if each.position == 2]
    assert sum(part.net.cents for part in parts) == line.net.cents
    assert sum(part.vat.cents for part in parts) == line.vat.cents


def test_more_than_is_left_is_refused_and_nothing_changes(shop: Shop, invoice: InvoiceInfo) -> None:
    credit(invoice.number, {1: "3"})
    before = invoices.by_number(invoice.number)

    for wrong in ({1: "1.001"}, {1: "2"}, {9: "1"}, {1: "0"}, {1: "-1"}, {1: "0.0001"}, {}):
        with pytest.raises(BadInput):
            credit(invoice.number, wrong)

    assert invoices.by_number(invoice.number) == before


@pytest.mark.parametrize("why", ["", "   ", "x" * 501])
def test_a_reason_is_demanded(shop: Shop, invoice: InvoiceInfo, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        credit(invoice.number, why=why)
    assert refused.value.field == "reason"


def test_an_invoice_is_credited_in_full_once(shop: Shop, invoice: InvoiceInfo) -> None:
    credit(invoice.number)
    with pytest.raises(Conflict):
        credit(invoice.number)


def test_the_same_form_twice_makes_one_credit_note(shop: Shop, invoice: InvoiceInfo) -> None:
    key = new_key()
    first, again = credit(invoice.number, {1: "1"}, key=key), credit(invoice.number, {1: "1"}, key=key)
    assert first == again
    assert invoices.by_number(invoice.number).credited == first.total


def test_what_was_paid_beyond_the_new_total_becomes_credit_on_account(shop: Shop, invoice: InvoiceInfo) -> None:
    payment_id = pay(shop, invoice.total.cents, invoice)

    made = credit(invoice.number, {1: "1"})

    after = invoices.by_number(invoice.number)
    assert made.freed == made.total
    assert (after.state, after.balance, after.paid) == (State.PAID, Money.zar(0), invoice.total - made.total)
    assert ledger.credit_of(shop.customer_id) == made.total
    assert payments.payment(payment_id).credit == made.total


def test_of_a_part_paid_invoice_only_the_excess_is_freed_newest_payment_first(shop: Shop, invoice: InvoiceInfo) -> None:
    old, new = pay(shop, 9_000_00, invoice), pay(shop, 9_000_00, invoice)

    made = credit(invoice.number, {1: "3"})

    assert made.total == Money.zar(15_007_50)
    assert made.freed == Money.zar(18_000_00 + 15_007_50) - invoice.total
    assert payments.payment(new).credit == Money.zar(9_000_00)
    assert payments.payment(old).credit == made.freed - Money.zar(9_000_00)
    assert invoices.by_number(invoice.number).state is State.PAID


def test_a_payment_whose_money_was_freed_can_still_be_taken_back(shop: Shop, invoice: InvoiceInfo) -> None:
    payment_id = pay(shop, invoice.total.cents, invoice)
    made = credit(invoice.number, {1: "1"})

    owed = transaction(lambda: payments.reverse(payment_id, "Bounced", key=new_key()))

    assert owed == invoice.total - made.total
    assert invoices.by_number(invoice.number).state is State.ISSUED
    assert ledger.credit_of(shop.customer_id) == Money.zar(0)


def test_money_freed_pays_another_invoice(shop: Shop, invoice: InvoiceInfo) -> None:
    payment_id = pay(shop, invoice.total.cents, invoice)
    other = invoices.by_number(shop.order((shop.hose, 1)).invoice_number)
    credit(invoice.number)

    transaction(lambda: payments.use_credit(payment_id, [other.id], key=new_key()))

    assert invoices.by_number(other.number).state is State.PAID


def test_it_is_booked_on_the_other_sides_of_its_invoice(shop: Shop, invoice: InvoiceInfo) -> None:
    made = credit(invoice.number, {1: "1"})

    (head,) = ledger.journals_page(kind=JournalKind.CREDIT_NOTE).items
    entries = {each.account.kind.value: (each.debit, each.credit) for each in ledger.journal(head.id).entries}
    assert entries == {
        "receivable": (None, made.total), "sales": (made.net, None), "vat-output": (made.vat, None),
    }  # fmt: skip


@pytest.mark.parametrize("table", ["credit_note", "credit_note_line"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET net_cents = 1", "DELETE FROM {}"])
def test_the_database_lets_nobody_change_an_issued_credit_note(
    shop: Shop, invoice: InvoiceInfo, table: str, deed: str
) -> None:
    credit(invoice.number)
    with pytest.raises(DatabaseError, match="credit note"):
        db.session.execute(text(deed.format(table)))
    db.session.rollback()


def test_the_self_check_names_an_invoice_whose_credit_notes_say_something_else(
    shop: Shop, invoice: InvoiceInfo
) -> None:
    from tests.integration.soundness import broken

    credit(invoice.number, {1: "1"})
    db.session.execute(
        text("UPDATE invoice SET credited_cents = credited_cents - 1, balance_cents = balance_cents + 1")
    )
    db.session.commit()
    assert [line for line in broken() if line.startswith("invoices: credit notes add up")]
    db.session.execute(
        text("UPDATE invoice SET credited_cents = credited_cents + 1, balance_cents = balance_cents - 1")
    )
    db.session.commit()


# -- pages -------------------------------------------------------------------------------------------------------------


def test_a_manager_sees_what_it_comes_to_and_then_issues_it(shop: Shop, invoice: InvoiceInfo, signed_in: Any) -> None:
    manager = signed_in(shop.manager.email)
    manager.get(f"/staff/invoices/{invoice.number}/credit")
    form = {"quantity-1": "1", "quantity-2": "", "reason": WHY, "key": new_key()}

    seen = manager.post(f"/staff/invoices/{invoice.number}/credit", data={**form, "step": "preview"})
    assert seen.status_code == 200
    assert "R\u00a05\u00a0002.50" in seen.get_data(as_text=True)
    assert invoices.by_number(invoice.number).credited == Money.zar(0)

    answer = manager.post(f"/staff/invoices/{invoice.number}/credit", data=form)
    assert answer.status_code == 303
    page = manager.get(answer.location).get_data(as_text=True)
    assert WHY in page
    assert invoices.by_number(invoice.number).credited == Money.zar(5_002_50)


def test_a_wrong_quantity_is_named_at_its_line_and_kept(shop: Shop, invoice: InvoiceInfo, signed_in: Any) -> None:
    manager = signed_in(shop.manager.email)
    manager.get(f"/staff/invoices/{invoice.number}/credit")

    answer = manager.post(
        f"/staff/invoices/{invoice.number}/credit",
        data={"quantity-1": "five", "quantity-2": "9", "reason": "", "key": new_key()},
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="five"' in page and "Write it like 2 or 1.5" in page and "Only 3 is left" in page
    assert invoices.by_number(invoice.number).credited == Money.zar(0)


def test_a_clerk_may_look_and_not_credit(shop: Shop, invoice: InvoiceInfo, signed_in: Any) -> None:
    made = credit(invoice.number, {1: "1"})
    clerk = signed_in(more_staff("clerk").email)
    assert clerk.get(f"/staff/credit-notes/{made.number}").status_code == 200
    assert made.number in clerk.get("/staff/credit-notes?q=marikana").get_data(as_text=True)
    assert clerk.get(f"/staff/invoices/{invoice.number}/credit").status_code == 403


def test_the_customer_finds_it_and_a_stranger_does_not(shop: Shop, invoice: InvoiceInfo, signed_in: Any) -> None:
    made = credit(invoice.number, {1: "1"})
    buyer, stranger = signed_in(shop.buyer.email), signed_in(second_customer().email)

    assert made.number in buyer.get(f"/invoices/{invoice.number}").get_data(as_text=True)
    assert made.number in buyer.get("/credit-notes").get_data(as_text=True)
    assert WHY in buyer.get(f"/credit-notes/{made.number}").get_data(as_text=True)
    original = buyer.get(f"/credit-notes/{made.number}.pdf")
    assert original.data[:5] == b"%PDF-"
    assert buyer.get(f"/credit-notes/{made.number}.pdf?copy=1").data != original.data
    for path in (f"/credit-notes/{made.number}", f"/credit-notes/{made.number}.pdf"):
        assert stranger.get(path).status_code == 404
    assert made.number not in stranger.get("/credit-notes").get_data(as_text=True)
