"""A buyer pays through PayFast: there, back, and what the pages say meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.payments import service as payments
from portal.payments.models import OnlinePayment
from portal.payments.sandbox.deeds import Deed
from portal.payments.service import online
from portal.payments.types import PaymentState, Waiting
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.payments.company import R100, Company, new_key
from tests.integration.payments.payfast import ALL, PayFastHere, away, notices

BUYER = "buyer@karoo.example"
KEY = "a-key-of-the-form-itself"


@pytest.fixture
def buyer(payfast: PayFastHere, signed_in: Callable[[str], Any]) -> Any:
    return signed_in(BUYER)


def hand_over(buyer: Any, number: str, key: str = KEY) -> str:
    buyer.get(f"/invoices/{number}/pay")
    answer = buyer.post(f"/invoices/{number}/pay/payfast", data={"key": key})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:800]
    return str(answer.location)


def test_the_pay_page_offers_payfast_with_the_amount(company: Company, buyer: Any) -> None:
    page = buyer.get(f"/invoices/{company.invoice().number}/pay").get_data(as_text=True)
    assert "Pay R\u00a0100.00 with PayFast" in page


def test_the_signed_link_of_the_mail_leads_to_payfast_too(app: Any, company: Company, payfast: PayFastHere) -> None:
    invoice = company.invoice()
    stranger, token = app.test_client(), invoices.pay_token(invoice.number)
    assert "with PayFast" in stranger.get(f"/pay/{token}").get_data(as_text=True)
    answer = stranger.post(f"/pay/{token}/payfast", data={"key": KEY})
    assert answer.status_code == 303
    page = stranger.get(answer.location).get_data(as_text=True)
    assert invoice.number in page and f'href="/pay/{token}"' in page


def test_the_buyer_leaves_with_a_signed_form_and_nothing_of_our_session(company: Company, buyer: Any) -> None:
    invoice = company.invoice(Money.zar(1_234_56))
    answer = buyer.get(hand_over(buyer, invoice.number))
    page = answer.get_data(as_text=True)
    form = page.split("data-elsewhere>", 1)[1].split("</form>", 1)[0]
    assert "csrf" not in form
    assert 'name="amount" value="1234.56"' in form and f'value="Invoice {invoice.number}"' in form
    assert "form-action 'self' http://127.0.0.1:8710;" in answer.headers["Content-Security-Policy"]
    assert buyer.get("/invoices").headers["Content-Security-Policy"].count("8710") == 0


def test_a_payment_begins_as_pending_and_hides_nothing(company: Company, buyer: Any) -> None:
    invoice = company.invoice()
    hand_over(buyer, invoice.number)
    row = db.session.query(OnlinePayment).one()
    assert company.payment(row.payment_id).state is PaymentState.PENDING
    found = invoices.by_number(invoice.number)
    assert (found.balance, found.proof_under_way) == (R100, False)
    assert ledger.balance_of(company.customer_id) == R100


def test_the_same_form_twice_begins_one_payment(company: Company, buyer: Any) -> None:
    number = company.invoice().number
    assert hand_over(buyer, number) == hand_over(buyer, number)
    assert db.session.query(OnlinePayment).count() == 1
    assert hand_over(buyer, number, new_key()) != hand_over(buyer, number)


def test_a_form_without_its_key_begins_nothing(company: Company, buyer: Any) -> None:
    number = company.invoice().number
    buyer.get(f"/invoices/{number}/pay")
    assert buyer.post(f"/invoices/{number}/pay/payfast").status_code == 422
    assert db.session.query(OnlinePayment).count() == 0


def test_another_customers_invoice_is_not_there(company: Company, buyer: Any) -> None:
    number = company.invoice(customer_id=company.other_id).number
    buyer.get(f"/invoices/{company.invoice().number}/pay")
    assert buyer.post(f"/invoices/{number}/pay/payfast", data={"key": KEY}).status_code == 404


def test_a_paid_invoice_is_not_paid_again(company: Company, buyer: Any) -> None:
    invoice = company.invoice()
    company.confirm(company.claimed(invoice))
    buyer.get("/invoices")
    assert buyer.post(f"/invoices/{invoice.number}/pay/payfast", data={"key": KEY}).status_code == 409
    assert "with PayFast" not in buyer.get(f"/invoices/{invoice.number}/pay").get_data(as_text=True)


def test_coming_back_confirms_nothing_and_says_so(company: Company, payfast: PayFastHere, buyer: Any) -> None:
    begun = payfast.begin(company.invoice())
    page = buyer.get(f"/online/{begun.token}/back").get_data(as_text=True)
    assert "has yet to confirm" in page and 'http-equiv="refresh"' in page
    assert payfast.state(begun) is PaymentState.PENDING
    piece = buyer.get(f"/online/{begun.token}/back", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "hx-get" in piece and "<html" not in piece


def test_turning_back_changes_nothing_and_shows_other_ways(company: Company, payfast: PayFastHere, buyer: Any) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    page = buyer.get(f"/online/{begun.token}/cancelled").get_data(as_text=True)
    assert "EFT always works" in page and f"/invoices/{invoice.number}/pay" in page
    assert payfast.state(begun) is PaymentState.PENDING


@pytest.mark.parametrize(
    ("deed", "words"), [(Deed.PAY, "PayFast confirmed R\u00a0100.00"), (Deed.FAIL, "It was not paid")]
)
def test_the_page_of_a_decided_payment_says_how_it_ended(
    company: Company, payfast: PayFastHere, buyer: Any, deed: Deed, words: str
) -> None:
    begun = payfast.begin(company.invoice())
    payfast.tell(payfast.notice(begun, deed))
    page = buyer.get(f"/online/{begun.token}", follow_redirects=True).get_data(as_text=True)
    assert words in page and "refresh" not in page


def test_money_of_payfast_pays_the_invoice_and_its_fee_is_our_cost(company: Company, payfast: PayFastHere) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    payfast.tell(payfast.notice(begun))
    paid = company.payment(begun.payment_id)
    assert (paid.state, paid.received, paid.bank_account_id) == (PaymentState.CONFIRMED, R100, None)
    assert not company.balance(invoice)
    assert online.clearing_of("payfast") == Money.zar(97_00)
    fee, receipt = ledger.journals_page(source=f"payment:{begun.payment_id}").items
    assert (fee.kind, fee.amount, receipt.kind) == (JournalKind.FEE, Money.zar(3_00), JournalKind.RECEIPT)


def test_a_payout_moves_money_from_the_gateway_to_the_bank(company: Company, payfast: PayFastHere) -> None:
    payfast.tell(payfast.notice(payfast.begin(company.invoice())))
    payout = lambda: online.record_payout(  # noqa: E731
        "payfast", Money.zar(97_00), company.bank_id, clock.today(), source="bank-line:1/1"
    )
    journal_id = company.do(payout)
    assert ledger.journal(journal_id).kind is JournalKind.PAYOUT
    assert not online.clearing_of("payfast")
    with pytest.raises(Exception, match="bank-line:1/1"):
        transaction(payout)


def test_customers_hear_that_payfast_confirmed(company: Company, payfast: PayFastHere, buyer: Any) -> None:
    invoice = company.invoice()
    payfast.tell(payfast.notice(payfast.begin(invoice)))
    jobs.run_pending(strict=True)
    assert "PayFast confirmed R\u00a0100.00" in buyer.get("/account/notices").get_data(as_text=True)
    assert "Confirmed by PayFast" in buyer.get(f"/invoices/{invoice.number}").get_data(as_text=True)


def test_payfast_that_is_off_is_not_there_at_all(app: Any, company: Company, payfast: PayFastHere, buyer: Any) -> None:
    invoice, begun = company.invoice(), payfast.begin(company.invoice())
    body, settings = payfast.notice(begun), app.extensions["settings"]
    app.extensions["settings"] = replace(settings, gateways=replace(settings.gateways, payfast=None))
    try:
        assert "PayFast" not in buyer.get(f"/invoices/{invoice.number}/pay").get_data(as_text=True)
        assert buyer.post(f"/invoices/{invoice.number}/pay/payfast", data={"key": KEY}).status_code == 404
        assert payfast.post(body) == 404
        for path in ("", "/back", "/cancelled"):
            assert buyer.get(f"/online/{begun.token}{path}").status_code == 404
    finally:
        app.extensions["settings"] = settings
    assert notices() == []


@pytest.mark.parametrize("name", ["peach", "nobody", "payfast "])
def test_a_gateway_nobody_knows_is_not_there(company: Company, buyer: Any, name: str) -> None:
    number = company.invoice().number
    buyer.get(f"/invoices/{number}/pay")
    assert buyer.post(f"/invoices/{number}/pay/{name}", data={"key": KEY}).status_code == 404
    assert buyer.post(f"/webhooks/{name}", data=b"x=y", bare=True).status_code == 404


def test_nothing_is_pending_for_longer_than_fifteen_minutes(company: Company, payfast: PayFastHere) -> None:
    with clock.at(clock.now() - timedelta(minutes=14, seconds=1)):
        old = payfast.begin(company.invoice())
    young = payfast.begin(company.invoice())
    from portal.payments.tasks import SWEEP

    transaction(lambda: jobs.enqueue(SWEEP, {}))
    jobs.run_pending(strict=True)
    assert (payfast.state(old), payfast.state(young)) == (PaymentState.EXPIRED, PaymentState.PENDING)
    transaction(lambda: online.end(young.payment_id))
    payfast.tell(payfast.notice(replace(old, state=PaymentState.PENDING)))
    assert payfast.state(old) is PaymentState.CONFIRMED
    transaction(lambda: online.end(old.payment_id))
    assert payfast.state(old) is PaymentState.CONFIRMED


def test_who_turned_back_is_no_payment_that_was_given_up(company: Company, payfast: PayFastHere, buyer: Any) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    transaction(lambda: online.end(begun.payment_id))
    assert payments.waiting(which=Waiting.ENDED).items == ()
    assert f"PAY-{begun.payment_id:06d}" not in buyer.get(f"/invoices/{invoice.number}").get_data(as_text=True)


def test_a_payment_that_was_made_after_all_is_not_said_to_be_missing(
    company: Company, payfast: PayFastHere, buyer: Any
) -> None:
    begun = payfast.begin(company.invoice())
    payfast.tell(payfast.notice(begun))
    page = buyer.get(f"/online/{begun.token}/cancelled", follow_redirects=True).get_data(as_text=True)
    assert "PayFast confirmed" in page and "no payment" not in page


def test_while_payfast_is_away_an_invoice_is_paid_by_eft(company: Company, payfast: PayFastHere) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    payfast.answer = away
    payfast.tell(payfast.notice(begun))
    assert payfast.state(begun) is PaymentState.PENDING
    company.confirm(company.claimed(invoice))
    assert not company.balance(invoice)


def test_the_sandbox_of_the_tests_is_the_one_the_portal_knows(app: Any) -> None:
    assert app.extensions["settings"].gateways == ALL
