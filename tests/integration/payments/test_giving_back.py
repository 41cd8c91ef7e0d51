"""Refunds through the gateway: asked once however often it is asked, paid by its notice, two people above the limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.errors import Conflict, NotFound
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.errors import SamePerson
from portal.payments import service as payments
from portal.payments.models import GatewayNotice
from portal.payments.sandbox.deeds import Deed
from portal.payments.service import online
from portal.payments.types import PaymentState
from portal.payments.types.giving import RefundInfo, RefundState
from portal.payments.types.online import OnlineInfo
from portal.platform import jobs
from portal.platform.db import db
from portal.platform.models import Mail
from tests.integration.payments.company import R100, Company, new_key
from tests.integration.payments.gateways import GatewayHere, running
from tests.integration.payments.payfast import now_due

R40 = Money.zar(40_00)


@pytest.fixture(params=["yoco", "stripe"])
def gateway(app: Any, company: Company, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Those that pay back by themselves."""
    yield from running(app, company, request.param, monkeypatch)


def credit(gateway: GatewayHere, amount: Money = R100) -> OnlineInfo:
    """The gateway settled a payment of an invoice that other money had paid meanwhile: all of it is credit."""
    invoice = gateway.company.invoice(amount)
    begun = gateway.begin(invoice)
    gateway.company.confirm(gateway.company.claimed(invoice))
    gateway.tell(gateway.sends(begun)[-1])
    assert payments.payment(begun.payment_id).credit == amount
    db.session.rollback()
    return begun


def ask(gateway: GatewayHere, begun: OnlineInfo, amount: Money = R40) -> RefundInfo:
    by, key = gateway.company.clerk_id, new_key()
    made: RefundInfo = gateway.company.do(
        lambda: payments.ask_refund(begun.payment_id, amount, None, "Paid twice", key=key, by=by)
    )
    return made


def of(refund: RefundInfo) -> RefundInfo:
    db.session.rollback()
    found: RefundInfo = payments.refund(refund.id)
    db.session.rollback()
    return found


def paid_back(gateway: GatewayHere) -> list[int]:
    """Cents of every refund that the gateway made."""
    if gateway.code == "yoco":
        return [cents for _, cents in gateway.server.yoco.refunds]
    return [each["amount"] for each in gateway.server.stripe.refunds]


def test_a_refund_is_asked_paid_by_its_notice_and_the_customer_is_told(company: Company, gateway: GatewayHere) -> None:
    begun = credit(gateway)
    held = online.clearing_of(gateway.code)
    refund = ask(gateway, begun)
    assert (refund.state, refund.via) == (RefundState.APPROVED, gateway.code)
    gateway.work()
    assert (of(refund).state, paid_back(gateway)) == (RefundState.SENT, [40_00])
    gateway.tell_late()
    found = of(refund)
    assert (found.state, found.paid_on) == (RefundState.PAID, clock.today())
    assert online.clearing_of(gateway.code) == held - R40
    assert ledger.credit_of(company.customer_id) == Money.zar(60_00)
    assert gateway.state(begun) is PaymentState.CONFIRMED
    jobs.run_pending(strict=True)
    assert db.session.scalar(select(func.count(Mail.id)).where(Mail.event == "refund_paid")) == 1


def test_its_notice_may_come_before_the_answer_and_twice(company: Company, gateway: GatewayHere) -> None:
    begun = credit(gateway)
    refund = ask(gateway, begun)
    from portal.payments.service.online import giving_back

    answer = giving_back.ask(refund.id)
    assert answer is not None and answer.number
    assert (len(paid_back(gateway)), of(refund).state) == (1, RefundState.APPROVED)
    if gateway.code == "yoco":
        page = begun.page
        sent = gateway.server.yoco.event("refund.succeeded", page, id=answer.number, amount=40_00)
    else:
        sent = gateway.server.stripe.sent("refund.created", gateway.server.stripe.refunds[0])
    for _ in range(2):
        assert gateway.post(sent.body, sent.headers()) == 200
    gateway.work()
    assert of(refund).state is RefundState.PAID
    gateway.company.do(lambda: giving_back.asked(refund.id, answer))
    assert of(refund).state is RefundState.PAID
    assert paid_back(gateway) == [40_00]


def test_while_the_gateway_is_away_it_is_asked_again_and_pays_once(company: Company, gateway: GatewayHere) -> None:
    begun = credit(gateway)
    refund = ask(gateway, begun)
    gateway.server.mood = "down"  # it does what it is asked, and the answer is lost
    for _ in range(3):
        gateway.work()
        now_due()
    assert of(refund).state is RefundState.APPROVED
    gateway.server.mood = "well"
    gateway.work()
    assert of(refund).state is RefundState.SENT
    assert paid_back(gateway) == [40_00]


def test_what_the_gateway_refuses_is_credit_again_with_its_words(company: Company, gateway: GatewayHere) -> None:
    begun = credit(gateway)
    if gateway.code == "yoco":
        gateway.server.yoco.refunds.append((begun.page, 100_00))
    else:
        next(iter(gateway.server.stripe.payments.values()))["back"] = 100_00
    refund = ask(gateway, begun)
    gateway.work()
    found = of(refund)
    assert found.state is RefundState.RETURNED and "more than is left" in found.decision
    assert ledger.credit_of(company.customer_id) == R100


def test_a_refund_that_fails_after_all_is_credit_again(company: Company, gateway: GatewayHere) -> None:
    begun = credit(gateway)
    refund = ask(gateway, begun)
    gateway.work()
    gateway.tell_late()
    number = of(refund).gateway_number
    if gateway.code == "yoco":
        sent = gateway.server.yoco.event("refund.failed", begun.page, id=number, amount=40_00)
    else:
        about = gateway.server.stripe.refunds[0] | {"status": "failed"}
        sent = gateway.server.stripe.sent("refund.failed", about)
    gateway.tell(sent)
    assert of(refund).state is RefundState.RETURNED
    assert ledger.credit_of(company.customer_id) == R100


def test_above_the_limit_nobody_is_asked_before_a_second_person_agrees(company: Company, gateway: GatewayHere) -> None:
    begun = credit(gateway, Money.zar(2_000_00))
    refund = ask(gateway, begun, Money.zar(2_000_00))
    gateway.work()
    assert (of(refund).state, paid_back(gateway)) == (RefundState.ASKED, [])
    decide = lambda by: payments.decide_refund(refund.id, True, "", key=new_key(), by=by)  # noqa: E731
    with pytest.raises(SamePerson):
        gateway.company.do(lambda: decide(company.clerk_id))
    db.session.rollback()
    gateway.company.do(lambda: decide(company.clerk_id + 1))
    gateway.work()
    assert (of(refund).state, paid_back(gateway)) == (RefundState.SENT, [2_000_00])


def test_what_the_gateway_was_asked_for_is_neither_declined_nor_paid_by_the_bank(
    company: Company, gateway: GatewayHere
) -> None:
    refund = ask(gateway, credit(gateway))
    with pytest.raises(Conflict, match="asked to pay it back"):
        company.do(lambda: payments.decide_refund(refund.id, False, "No", key=new_key(), by=company.clerk_id))
    db.session.rollback()
    with pytest.raises(Conflict, match="through its gateway"):
        company.do(lambda: payments.send_refunds([refund.id], company.bank_id, key=new_key(), by=company.clerk_id))
    db.session.rollback()


def test_what_the_gateway_has_taken_is_made_credit_again_by_its_word_alone(
    company: Company, gateway: GatewayHere
) -> None:
    refund = ask(gateway, credit(gateway))
    gateway.work()
    assert of(refund).state is RefundState.SENT
    with pytest.raises(Conflict):
        company.do(lambda: payments.return_refund(refund.id, "Too slow", key=new_key(), by=company.clerk_id))
    gateway.tell_late()
    assert of(refund).state is RefundState.PAID


def test_a_refund_of_money_that_the_bank_brought_does_not_go_back_by_the_gateway(
    company: Company, gateway: GatewayHere
) -> None:
    begun = gateway.begin(company.invoice())
    assert not payments.goes_back(begun.payment_id)
    gateway.tell(gateway.sends(begun)[-1])
    assert payments.goes_back(begun.payment_id)


def test_what_goes_back_while_a_refund_is_under_way_is_kept_for_a_person(
    company: Company, gateway: GatewayHere
) -> None:
    whole = Money.zar(2_000_00)
    begun = credit(gateway, whole)
    refund = ask(gateway, begun, whole)  # waits for a second person
    if gateway.code == "yoco":
        all_of_it = gateway.server.yoco.event("refund.succeeded", begun.page, id="rfd_all")
    else:
        payment = gateway.server.stripe.pages[begun.page]["payment"]
        made = gateway.server.stripe._refund(payment, whole.cents, {})
        all_of_it = gateway.server.stripe.sent("refund.created", made)
    gateway.tell(all_of_it)
    assert gateway.state(begun) is PaymentState.CONFIRMED and of(refund).state is RefundState.ASKED
    words = db.session.scalars(select(GatewayNotice.words).order_by(GatewayNotice.id.desc())).first() or ""
    assert refund.name in words and "not taken back" in words


def test_a_refund_that_somebody_made_at_the_gateway_itself_is_no_refund_of_ours(
    company: Company, gateway: GatewayHere
) -> None:
    invoice = company.invoice()
    begun = gateway.begin(invoice)
    for sent in gateway.sends(begun, Deed.REFUND):
        gateway.tell(sent)
    assert gateway.state(begun) is PaymentState.REVERSED
    assert company.balance(invoice) == R100


def test_a_payment_of_payfast_is_not_paid_back_by_a_gateway(company: Company, gateway: GatewayHere) -> None:
    invoice = company.invoice()
    payment_id = company.claimed(invoice, amount=Money.zar(200_00))
    company.confirm(payment_id)
    with pytest.raises(NotFound):
        company.do(lambda: payments.ask_refund(payment_id, R40, None, "Why", key=new_key(), by=company.clerk_id))
    db.session.rollback()


def test_staff_pay_back_the_way_it_came_or_to_a_bank_account(
    company: Company, gateway: GatewayHere, signed_in: Callable[[str], Any]
) -> None:
    begun = credit(gateway)
    clerk, address = signed_in("clerk@us.example"), f"/staff/bank/payments/{begun.payment_id}/refund"
    page = clerk.get(address).get_data(as_text=True)
    assert "the way it came" in page and "Branch code" not in page
    assert "Branch code" in clerk.get(f"{address}?to=bank").get_data(as_text=True)
    answer = clerk.post(address, data={"amount": "40.00", "reason": "Paid twice", "key": new_key()})
    assert answer.status_code == 303
    page = clerk.get(answer.location).get_data(as_text=True)
    assert "is being asked" in page and "The card or account it came from" in page
    assert clerk.get("/staff/refunds").status_code == 200
    gateway.work()
    assert "Only if none comes" in clerk.get(answer.location).get_data(as_text=True)


def test_a_gateway_that_does_not_answer_leaves_the_invoice_payable(
    app: Any, company: Company, gateway: GatewayHere, signed_in: Callable[[str], Any]
) -> None:
    invoice = company.invoice()
    buyer = signed_in("buyer@karoo.example")
    buyer.get(f"/invoices/{invoice.number}/pay")
    left = buyer.post(f"/invoices/{invoice.number}/pay/{gateway.code}", data={"key": new_key()}).location
    page = buyer.get(left)
    assert f"{left}/go" in page.get_data(as_text=True)
    assert "form-action 'self' http://127.0.0.1:" in page.headers["Content-Security-Policy"]
    gateway.server.mood = "down"
    answer = buyer.post(f"{left}/go")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    words = answer.get_data(as_text=True)
    assert "EFT always works" in words and f"/invoices/{invoice.number}/pay" in words
    gateway.server.mood = "well"
    first, again = (buyer.post(f"{left}/go").location for _ in range(2))
    assert first == again and first.startswith(f"http://127.0.0.1:{gateway.own.sandbox_port}/{gateway.code}/pay/")
    company.confirm(company.claimed(invoice))
    assert not company.balance(invoice)
