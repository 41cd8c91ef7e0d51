"""What is certain is booked once; what is not waits; everything can be undone by a counter-entry."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.banking import service as banking
from portal.banking.errors import LineTaken
from portal.banking.types import LineState
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.models import Account, Entry
from portal.ledger.types import JournalKind
from portal.payments.types import PaymentState
from portal.platform import jobs
from portal.platform.db import db
from tests.integration.banking.bank import Bank, journals, line

R100 = Money.zar(100_00)


def fees() -> int:
    """What the books say the bank has charged, in cents."""
    asked = select(func.sum(Entry.debit_cents - Entry.credit_cents)).join(Account, Account.id == Entry.account_id)
    return int(db.session.scalar(asked.where(Account.kind == "fees")) or 0)


L = LineState


def test_an_invoices_reference_and_amount_pay_it(bank: Bank) -> None:
    invoice = bank.company.invoice()
    (found,) = bank.shows(line(100_00, "MAGTAPE CREDIT KAROO", invoice.reference))
    assert found.state is L.ALLOCATED and found.by_itself
    assert not bank.company.balance(invoice)


def test_a_verified_payment_is_confirmed_by_its_line(bank: Bank) -> None:
    invoice = bank.company.invoice()
    payment_id = bank.company.verified(invoice)
    (found,) = bank.shows(line(100_00, "EFT", invoice.reference))
    assert found.payment_id == payment_id
    assert bank.company.payment(payment_id).state is PaymentState.CONFIRMED
    assert journals(JournalKind.RECEIPT) == 1


def test_a_payment_confirmed_by_hand_gets_its_line_and_no_second_money(bank: Bank) -> None:
    invoice = bank.company.invoice()
    payment_id = bank.company.verified(invoice)
    bank.company.confirm(payment_id)
    (found,) = bank.shows(line(100_00, "EFT KAROO & SONS DRILLING"))
    assert found.payment_id == payment_id and found.state is L.ALLOCATED
    assert journals(JournalKind.RECEIPT) == 1


def test_an_amount_alone_waits_for_a_person(bank: Bank) -> None:
    invoice = bank.company.invoice()
    (found,) = bank.shows(line(100_00, "CASH DEPOSIT"))
    assert found.state is L.SUGGESTED
    assert [offer.invoice for offer in found.best] == [invoice.number]
    assert bank.company.balance(invoice) == R100


def test_a_person_accepts_and_undoes(bank: Bank) -> None:
    invoice = bank.company.invoice()
    (found,) = bank.shows(line(100_00, "CASH DEPOSIT"))
    by = bank.company.clerk_id
    bank.company.do(lambda: banking.accept(found.id, numbers=[invoice.number], by=by))
    assert not bank.company.balance(invoice)
    with pytest.raises(LineTaken):
        bank.company.do(lambda: banking.accept(found.id, numbers=[invoice.number], by=by))
    bank.company.do(lambda: banking.undo(found.id, "It was somebody else’s", by=by))
    assert bank.company.balance(invoice) == R100
    assert journals(JournalKind.REVERSAL) == 1
    bank.company.do(lambda: banking.accept(found.id, customer="KDR001", by=by))
    assert bank.company.balance(invoice) == R100
    assert ledger.credit_of(bank.company.customer_id) == R100


def test_what_a_person_decided_is_learned_as_a_payer(bank: Bank) -> None:
    first, second = bank.company.invoice(), bank.company.invoice(Money.zar(55_00))
    (found,) = bank.shows(line(100_00, "ZEBRA HOLDCO AP 1015"))
    bank.company.do(lambda: banking.accept(found.id, numbers=[first.number], by=bank.company.clerk_id))
    later = bank.shows(line(55_00, "ZEBRA HOLDCO AP 1015"))[-1]
    assert later.best[0].invoice == second.number
    assert "confirmed this payer before" in later.best[0].why


def test_a_fee_is_booked_by_itself_and_its_undo_is_a_counter_entry(bank: Bank) -> None:
    (found,) = bank.shows(line(-8_50, "#SERVICE FEES"))
    assert found.state is L.IGNORED
    assert journals(JournalKind.FEE) == 1
    assert fees() == 8_50
    bank.company.do(lambda: banking.undo(found.id, "No fee", by=bank.company.clerk_id))
    assert fees() == 0


def test_money_that_left_is_set_aside_and_not_booked(bank: Bank) -> None:
    (found,) = bank.shows(line(-500_00, "RENT UNIT 4"))
    assert found.state is L.IGNORED and found.journal_id is None


def test_a_reversal_undoes_the_payment_of_an_earlier_statement(bank: Bank) -> None:
    invoice = bank.company.invoice()
    (paid,) = bank.shows(line(100_00, "EFT KAROO", invoice.reference))
    back = bank.shows(line(-100_00, "REVERSAL EFT KAROO", invoice.reference))[-1]
    assert back.state is L.ALLOCATED
    assert bank.company.balance(invoice) == R100
    assert paid.payment_id is not None
    assert bank.company.payment(paid.payment_id).state is PaymentState.REVERSED


def test_a_credit_that_the_same_statement_takes_back_is_no_money(bank: Bank) -> None:
    invoice = bank.company.invoice()
    bank.shows(line(100_00, "EFT KAROO", invoice.reference), line(-100_00, "REVERSAL EFT KAROO", invoice.reference))
    assert bank.company.balance(invoice) == R100
    assert journals(JournalKind.RECEIPT) == 0


def test_a_line_that_was_overtaken_becomes_a_suggestion(bank: Bank) -> None:
    invoice = bank.company.invoice()
    made = bank.upload(bank.statement(line(100_00, "EFT", invoice.reference)))
    answers = banking.answers_for(made.statement_id)
    (line_id,) = bank.company.do(lambda: banking.keep(made.statement_id, answers))
    bank.company.confirm(bank.company.verified(invoice))
    assert bank.company.do(lambda: banking.book(line_id)) is False
    found = banking.line(line_id)
    assert found.state is L.SUGGESTED and "meantime" in found.reasons[0]
    db.session.rollback()
    jobs.run_pending(strict=True)
    assert journals(JournalKind.RECEIPT) == 1


def test_setting_aside_needs_a_reason(bank: Bank) -> None:
    (found,) = bank.shows(line(100_00, "WHO KNOWS"))
    with pytest.raises(BadInput):
        bank.company.do(lambda: banking.ignore(found.id, "  ", by=bank.company.clerk_id))
    bank.company.do(lambda: banking.ignore(found.id, "Insurance", by=bank.company.clerk_id))
    assert banking.line(found.id).state is L.IGNORED


def test_invoices_of_two_customers_are_not_one_payment(bank: Bank) -> None:
    mine, theirs = bank.company.invoice(), bank.company.invoice(customer_id=bank.company.other_id)
    (found,) = bank.shows(line(200_00, "BOTH"))
    with pytest.raises(BadInput, match="different customers"):
        chosen = [mine.number, theirs.number]
        bank.company.do(lambda: banking.accept(found.id, numbers=chosen, by=bank.company.clerk_id))
    db.session.rollback()


def test_the_figures_above_the_list(bank: Bank) -> None:
    invoice = bank.company.invoice()
    bank.shows(line(100_00, "EFT", invoice.reference), line(33_00, "WHO KNOWS"))
    found = banking.tally()
    assert (found.by_itself, found.by_people, found.left, found.moving) == (1, 0, 1, 0)
    assert found.unexplained == Money.zar(33_00)
