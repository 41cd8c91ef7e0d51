"""Money at the bank that no proof announced."""

from __future__ import annotations

import pytest

from portal.core.money import Money
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.errors import WrongShares
from portal.payments.types import PaymentState
from tests.integration.payments.company import Company, new_key

R100 = Money.zar(100_00)


def test_a_receipt_pays_the_chosen_invoices_in_their_order_and_the_rest_is_credit(company: Company) -> None:
    old, new = company.invoice(R100), company.invoice(Money.zar(50_00))

    made = company.do(
        lambda: payments.record_receipt(
            company.customer_id, company.receipt(Money.zar(170_00)), [old.id, new.id], key=new_key()
        )
    )

    assert [(each.number, each.paid) for each in made.paid] == [(old.number, R100), (new.number, Money.zar(50_00))]
    assert made.credit == Money.zar(20_00)
    found = company.payment(made.payment_id)
    assert (found.state, found.claimed, found.received) == (PaymentState.CONFIRMED, None, Money.zar(170_00))


def test_a_receipt_for_no_invoice_is_credit_on_account(company: Company) -> None:
    made = company.do(lambda: payments.record_receipt(company.customer_id, company.receipt(R100), [], key=new_key()))

    assert made.credit == R100
    assert ledger.balance_of(company.customer_id) == -R100


def test_a_receipt_never_pays_another_customers_invoice(company: Company) -> None:
    theirs = company.invoice(R100, customer_id=company.other_id)

    with pytest.raises(WrongShares):
        company.do(
            lambda: payments.record_receipt(company.customer_id, company.receipt(R100), [theirs.id], key=new_key())
        )

    assert company.balance(theirs) == R100


def test_the_same_form_sent_twice_is_one_receipt(company: Company) -> None:
    key = new_key()

    answers = [
        company.do(lambda: payments.record_receipt(company.customer_id, company.receipt(R100), [], key=key))
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert ledger.credit_of(company.customer_id) == R100
