"""Only the bank makes money of a payment; short, over and double payments are named, never rounded away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.payments import service as payments
from portal.payments.errors import ProofUsed, WrongShares
from portal.payments.types import PaymentState, ShareState
from portal.platform import audit
from portal.platform.db import db, transaction
from portal.platform.models import Mail, Notice
from tests.integration.payments.company import Company, new_key

R100 = Money.zar(100_00)


def test_a_verified_payment_is_not_money(company: Company) -> None:
    invoice = company.invoice(R100)

    company.verified(invoice)

    assert company.balance(invoice) == R100
    assert ledger.balance_of(company.customer_id) == R100
    assert ledger.unconfirmed_of(company.customer_id) == R100
    assert invoices.by_id(invoice.id).proof_under_way


def test_confirmed_money_settles_the_invoice_and_stands_in_the_ledger(company: Company) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)

    made = company.confirm(payment_id)

    after = invoices.by_id(invoice.id)
    assert (made.owed, made.credit) == (Money.zar(0), Money.zar(0))
    assert (after.state, after.balance, after.proof_under_way) == ("paid", Money.zar(0), False)
    assert ledger.balance_of(company.customer_id) == Money.zar(0)
    assert ledger.unconfirmed_of(company.customer_id) == Money.zar(0)
    journal = ledger.journal(company.payment(payment_id).journal_id or 0)
    booked = [(entry.account.kind, entry.debit, entry.credit) for entry in journal.entries]
    assert booked == [("bank", R100, None), ("receivable", None, R100)]


def test_a_short_receipt_leaves_the_rest_owing(company: Company) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)

    made = company.confirm(payment_id, Money.zar(25_01))

    assert made.owed == Money.zar(74_99)
    assert invoices.by_id(invoice.id).state == "part-paid"
    assert ledger.balance_of(company.customer_id) == Money.zar(74_99)


def test_money_above_what_is_owed_becomes_credit_on_account(company: Company) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)

    made = company.confirm(payment_id, Money.zar(150_00))

    assert made.credit == Money.zar(50_00)
    assert company.payment(payment_id).credit == Money.zar(50_00)
    assert ledger.credit_of(company.customer_id) == Money.zar(50_00)
    assert ledger.balance_of(company.customer_id) == Money.zar(-50_00)


def test_money_above_the_plan_first_fills_the_same_invoice(company: Company) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice, amount=Money.zar(60_00))

    made = company.confirm(payment_id, R100)

    assert (made.owed, made.credit) == (Money.zar(0), Money.zar(0))


def test_an_invoice_that_other_money_paid_meanwhile_is_named_and_the_money_kept_as_credit(company: Company) -> None:
    first, second = company.invoice(R100), company.invoice(Money.zar(30_00))
    slow = company.verified(first, second)
    company.confirm(company.verified(first))

    made = company.confirm(slow)

    assert made.settled_before == (first.number,)
    assert [each.number for each in made.paid] == [second.number]
    assert made.credit == R100
    assert {share.invoice_number: share.state for share in company.payment(slow).shares} == {
        first.number: ShareState.VOID,
        second.number: ShareState.ACTIVE,
    }


def test_the_same_key_posts_once_and_answers_alike(company: Company) -> None:
    invoice = company.invoice(R100)
    payment_id, key = company.verified(invoice), new_key()

    first = company.confirm(payment_id, Money.zar(40_00), key=key)
    again = company.confirm(payment_id, Money.zar(40_00), key=key)

    assert first == again
    assert company.balance(invoice) == Money.zar(60_00)
    assert len(ledger.journals_page(kind=JournalKind.RECEIPT).items) == 1


def test_a_confirmed_payment_is_not_confirmed_again_under_another_key(company: Company) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.confirm(payment_id)

    with pytest.raises(IllegalMove):
        company.confirm(payment_id)


@pytest.mark.parametrize("ending", ["reject", "expire"])
def test_money_at_the_bank_wins_over_what_people_decided(company: Company, ending: str) -> None:
    invoice = company.invoice(R100)
    payment_id = company.verified(invoice)
    company.do(lambda: getattr(payments, ending)(payment_id, "nothing to see"))
    assert ledger.unconfirmed_of(company.customer_id) == Money.zar(0)
    assert not invoices.by_id(invoice.id).proof_under_way

    company.confirm(payment_id)

    assert company.payment(payment_id).state is PaymentState.CONFIRMED
    assert company.balance(invoice) == Money.zar(0)


def test_several_payments_are_confirmed_at_one_date_and_one_decided_meanwhile_is_named(company: Company) -> None:
    ids = [company.verified(company.invoice(Money.zar(cents))) for cents in (10_00, 20_00, 30_00)]
    company.confirm(ids[1])
    day = clock.today() - timedelta(days=1)

    made = company.do(
        lambda: payments.confirm_many(
            [(number, company.receipt(company.payment(number).amount, day)) for number in ids], key=new_key()
        )
    )

    assert [each.payment_id for each in made.done] == [ids[0], ids[2]]
    assert made.received == Money.zar(40_00)
    assert [(each.payment_id, each.state) for each in made.refused] == [(ids[1], PaymentState.CONFIRMED)]
    assert company.payment(ids[0]).value_date == day


def test_a_payment_confirmed_meanwhile_keeps_the_amount_the_bank_showed(company: Company) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.do(lambda: payments.confirm(payment_id, company.receipt(Money.zar(90_00)), key=new_key()))

    made = company.do(lambda: payments.confirm_many([(payment_id, company.receipt(R100))], key=new_key()))

    assert [each.payment_id for each in made.refused] == [payment_id]
    assert company.payment(payment_id).received == Money.zar(90_00)
    assert company.payment(payment_id).credit == Money.zar(0)


def test_several_payments_are_taken_in_the_order_of_their_customers(company: Company) -> None:
    theirs = company.invoice(R100, customer_id=company.other_id)
    shares = [(theirs.id, R100)]
    first = company.do(lambda: payments.claim(company.other_id, R100, clock.today(), shares))
    second = company.claimed(company.invoice(R100))

    made = company.do(
        lambda: payments.confirm_many([(n, company.receipt(R100)) for n in (first, second)], key=new_key())
    )

    assert [each.payment_id for each in made.done] == [second, first]


def test_the_customers_buyers_hear_of_it_by_mail_and_in_the_portal(company: Company) -> None:
    invoice = company.invoice(R100)

    company.confirm(company.verified(invoice), Money.zar(130_00))

    mail = db.session.scalars(select(Mail).where(Mail.event == "payment_confirmed")).one()
    notice = db.session.scalars(select(Notice).where(Notice.event == "payment_confirmed")).one()
    assert mail.data["credit"] == {"$money": [30_00, "ZAR"]}
    assert invoice.number in notice.words and notice.url == f"/invoices/{invoice.number}"


def test_every_step_is_in_the_audit_log_once(company: Company) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.confirm(payment_id)

    actions = [event.action for event in audit.of(company.payment(payment_id).name)]

    assert actions == ["payment.confirmed", "payment.verified", "payment.claimed"]


def test_money_of_tomorrow_is_refused(company: Company) -> None:
    payment_id = company.verified(company.invoice(R100))

    with pytest.raises(WrongShares, match="future"):
        company.do(
            lambda: payments.confirm(
                payment_id, company.receipt(R100, clock.today() + timedelta(days=1)), key=new_key()
            )
        )


def test_one_document_stands_behind_one_payment(company: Company) -> None:
    invoice = company.invoice(R100)
    company.claimed(invoice, proof_id=7)

    with pytest.raises(ProofUsed):
        company.claimed(invoice, proof_id=7)


def test_shares_are_of_the_customers_own_invoices_and_not_more_than_the_payment(company: Company) -> None:
    mine, theirs = company.invoice(R100), company.invoice(R100, customer_id=company.other_id)
    wrong = [
        [(theirs.id, R100)],
        [(mine.id, Money.zar(100_01))],
        [(mine.id, Money.zar(50_00)), (mine.id, Money.zar(50_00))],
        [(mine.id, Money.zar(0))],
        [(mine.id, Money(50_00, "USD"))],
    ]

    for shares in wrong:
        with pytest.raises(WrongShares):
            transaction(lambda shares=shares: payments.claim(company.customer_id, R100, clock.today(), shares))


def test_verifying_may_change_what_the_claim_said(company: Company) -> None:
    claimed_for, meant = company.invoice(R100), company.invoice(Money.zar(70_00))
    payment_id = company.claimed(claimed_for)

    company.do(lambda: payments.verify(payment_id, [(meant.id, Money.zar(70_00))], amount=Money.zar(70_00)))

    assert ledger.unconfirmed_of(company.customer_id) == Money.zar(70_00)
    assert not invoices.by_id(claimed_for.id).proof_under_way
    company.confirm(payment_id)
    assert (company.balance(claimed_for), company.balance(meant)) == (R100, Money.zar(0))
