"""Credit on account pays what a person chooses, and goes back with its payment."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.payments import service as payments
from portal.payments.errors import NoCredit, WrongShares
from portal.platform.db import db
from portal.platform.models import Mail
from tests.integration.payments.company import Company, new_key

R100 = Money.zar(100_00)


@pytest.fixture
def over_paid(company: Company) -> int:
    """R 250 came for an invoice of R 100."""
    payment_id = company.verified(company.invoice(R100))
    company.confirm(payment_id, Money.zar(250_00))
    return payment_id


def use(company: Company, payment_id: int, *invoice_ids: int, key: str | None = None) -> Any:
    return company.do(lambda: payments.use_credit(payment_id, invoice_ids, key=key or new_key()))


def test_credit_pays_the_chosen_invoices_in_order_as_far_as_it_goes(company: Company, over_paid: int) -> None:
    first, second = company.invoice(R100), company.invoice(R100)

    made = use(company, over_paid, second.id, first.id)

    assert [(each.number, each.owed) for each in made.paid] == [
        (second.number, Money.zar(0)),
        (first.number, Money.zar(50_00)),
    ]
    assert (made.credit, ledger.credit_of(company.customer_id)) == (Money.zar(0), Money.zar(0))
    assert ledger.balance_of(company.customer_id) == Money.zar(50_00)
    assert len(ledger.journals_page(kind=JournalKind.ALLOCATION).items) == 2


def test_credit_is_used_bit_by_bit_and_once_for_a_key(company: Company, over_paid: int) -> None:
    first, second, key = company.invoice(R100), company.invoice(Money.zar(30_00)), new_key()

    answers = [use(company, over_paid, first.id, key=key) for _ in range(2)]
    last = use(company, over_paid, second.id)

    assert answers[0] == answers[1]
    assert (answers[0].credit, last.credit) == (Money.zar(50_00), Money.zar(20_00))


def test_taking_the_payment_back_opens_all_it_paid(company: Company, over_paid: int) -> None:
    later = company.invoice(R100)
    use(company, over_paid, later.id)

    owed = company.do(lambda: payments.reverse(over_paid, "The bank took it back", key=new_key()))

    assert owed == Money.zar(200_00)
    assert ledger.credit_of(company.customer_id) == Money.zar(0)
    assert ledger.allocations_of(over_paid) == ()


def test_an_invoice_that_was_opened_again_takes_more_of_the_same_payment(company: Company, over_paid: int) -> None:
    invoice = company.invoice(R100)
    other = company.verified(invoice, amount=Money.zar(60_00))
    company.confirm(other)
    use(company, over_paid, invoice.id)
    company.do(lambda: payments.reverse(other, "Booked twice", key=new_key()))

    made = use(company, over_paid, invoice.id)

    assert (made.received, made.credit) == (Money.zar(60_00), Money.zar(50_00))


def test_what_is_not_there_cannot_be_used(company: Company, over_paid: int) -> None:
    spent = company.verified(company.invoice(R100))
    invoice, theirs = company.invoice(R100), company.invoice(R100, customer_id=company.other_id)

    for state in ("verified", "confirmed without rest"):
        with pytest.raises(NoCredit):
            use(company, spent, invoice.id)
        db.session.rollback()
        if state == "verified":
            company.confirm(spent)
    for wrong in ([theirs.id], []):
        with pytest.raises(WrongShares):
            use(company, over_paid, *wrong)
        db.session.rollback()


def test_the_customer_hears_what_the_credit_paid(company: Company, over_paid: int) -> None:
    invoice = company.invoice(R100)

    use(company, over_paid, invoice.id)

    mail = db.session.scalars(select(Mail).where(Mail.event == "payment_credit_used")).one()
    assert mail.data["lines"][0]["number"] == invoice.number


def test_a_clerk_ticks_the_invoices_on_the_payments_page(company: Company, over_paid: int, signed_in: Any) -> None:
    invoice, clerk = company.invoice(Money.zar(40_00)), signed_in("clerk@us.example")
    shown = clerk.get(f"/staff/bank/payments/{over_paid}").get_data(as_text=True)
    assert "Use the credit of R\xa0150.00" in shown

    nothing = clerk.post(f"/staff/bank/payments/{over_paid}/use", data={"key": new_key()})
    done = clerk.post(f"/staff/bank/payments/{over_paid}/use", data={"key": new_key(), "invoice": invoice.number})

    assert (nothing.status_code, done.status_code) == (422, 303)
    assert "R\xa0110.00 stays on account" in clerk.get(f"/staff/bank/payments/{over_paid}").get_data(as_text=True)
