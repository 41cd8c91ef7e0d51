"""Confirmed money goes back by a counter-entry only."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import PaymentState
from portal.platform.db import db
from portal.platform.models import Mail
from tests.integration.payments.company import Company, new_key

R100 = Money.zar(100_00)


def test_a_reversal_gives_the_invoices_their_balance_back_and_keeps_both_journals(company: Company) -> None:
    first, second = company.invoice(R100), company.invoice(Money.zar(50_00))
    payment_id = company.verified(first, second)
    company.confirm(payment_id, Money.zar(170_00))
    receipt = company.payment(payment_id).journal_id or 0

    owed = company.do(lambda: payments.reverse(payment_id, "The bank took it back", key=new_key()))

    assert owed == Money.zar(150_00)
    assert [invoices.by_id(each.id).state for each in (first, second)] == ["issued", "issued"]
    assert ledger.balance_of(company.customer_id) == Money.zar(150_00)
    assert ledger.credit_of(company.customer_id) == Money.zar(0)
    counter = ledger.journal(ledger.journal(receipt).reversed_by or 0)
    assert [(entry.debit, entry.credit) for entry in counter.entries] == [
        (entry.credit, entry.debit) for entry in ledger.journal(receipt).entries
    ]


def test_an_invoice_that_is_open_again_shows_the_other_proof_under_way(company: Company) -> None:
    invoice = company.invoice(R100)
    first, _second = company.verified(invoice), company.verified(invoice)
    company.confirm(first)
    assert not invoices.by_id(invoice.id).proof_under_way

    company.do(lambda: payments.reverse(first, "The bank took it back", key=new_key()))

    assert invoices.by_id(invoice.id).proof_under_way


def test_the_same_key_reverses_once(company: Company) -> None:
    payment_id, key = company.verified(company.invoice(R100)), new_key()
    company.confirm(payment_id)

    answers = [company.do(lambda: payments.reverse(payment_id, "Booked twice", key=key)) for _ in range(2)]

    assert answers == [R100, R100]


def test_a_reversal_says_why(company: Company) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.confirm(payment_id)

    with pytest.raises(BadInput):
        company.do(lambda: payments.reverse(payment_id, "  ", key=new_key()))


def test_the_customer_reads_the_reason(company: Company) -> None:
    payment_id = company.verified(company.invoice(R100))
    company.confirm(payment_id)

    company.do(lambda: payments.reverse(payment_id, "The bank took it back", key=new_key()))

    mail = db.session.scalars(select(Mail).where(Mail.event == "payment_reversed")).one()
    assert mail.data["reason"] == "The bank took it back"
    assert company.payment(payment_id).state is PaymentState.REVERSED


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM payment",
        "DELETE FROM allocation",
        "DELETE FROM payment_move",
        "UPDATE payment_move SET to_state = 'confirmed'",
        "UPDATE payment SET customer_id = customer_id + 1",
    ],
)
def test_the_database_refuses_to_forget_a_payment(company: Company, statement: str) -> None:
    company.verified(company.invoice(R100))

    with pytest.raises(DBAPIError):
        db.session.execute(text(statement))
    db.session.rollback()
