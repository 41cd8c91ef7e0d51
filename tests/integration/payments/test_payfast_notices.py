"""PayFast's notices: kept as they come, judged by five checks, and followed once. What fails one check changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.core.errors import Unavailable
from portal.core.money import Money
from portal.payments.models import GatewayNotice
from portal.payments.sandbox.deeds import Deed
from portal.payments.types import PaymentState
from portal.payments.types.online import OnlineInfo
from portal.platform import jobs, outbound
from portal.platform.db import db
from tests.integration.payments.company import Company
from tests.integration.payments.payfast import (
    OWN,
    PayFastHere,
    away,
    changed,
    counted,
    fields_of,
    money_rows,
    notices,
    now_due,
    waiting_judges,
    written,
)

Forge = Callable[[PayFastHere, OnlineInfo, bytes], bytes]


def vouched(payfast: PayFastHere, body: bytes) -> bytes:
    """PayFast would say VALID of it: only one check may stand in its way."""
    payfast.sandbox.sent.add(body.rpartition(b"&signature=")[0].decode())
    return body


def other_payment(payfast: PayFastHere, _begun: OnlineInfo, body: bytes) -> bytes:
    """The number of a payment that settled already, on the name of this one."""
    other = payfast.begin(payfast.company.invoice())
    order = payfast.notice(other)
    payfast.tell(order)
    number = dict(fields_of(order))["pf_payment_id"]
    return changed(body, pf_payment_id=number)


BROKEN: dict[str, tuple[str, Forge]] = {
    "no signature": ("signature", lambda _p, _b, body: body.rpartition(b"&signature=")[0]),
    "an empty signature": ("signature", lambda _p, _b, body: body[:-32]),
    "a wrong signature": ("signature", lambda _p, _b, body: body[:-32] + b"0" * 32),
    "another passphrase": ("signature", lambda _p, _b, body: written(fields_of(body), "another")),
    "fields in another order": (
        "signature",
        lambda _p, _b, body: b"&".join([*body.split(b"&")[1::-1], *body.split(b"&")[2:]]),
    ),
    "a field more": ("signature", lambda _p, _b, body: b"custom_str5=x&" + body),
    "a field after the signature": ("signature", lambda _p, _b, body: body + b"&custom_str5=x"),
    "a field twice": ("shape", lambda _p, _b, body: body + b"&amount_gross=100.00"),
    "another merchant": ("merchant", lambda _p, _b, body: changed(body, merchant_id="10000999")),
    "another currency": ("currency", lambda _p, _b, body: written([*fields_of(body), ("currency", "USD")])),
    "one cent more": ("amount", lambda _p, _b, body: changed(body, amount_gross="100.01", amount_net="97.01")),
    "one cent less": ("amount", lambda _p, _b, body: changed(body, amount_gross="99.99", amount_net="96.99")),
    "below nothing": ("amount", lambda _p, _b, body: changed(body, amount_gross="-0.01", amount_net="-3.01")),
    "an exponent": ("amount", lambda _p, _b, body: changed(body, amount_gross="1e2")),
    "a payment nobody knows": ("payment", lambda _p, _b, body: changed(body, m_payment_id="f" * 32)),
    "the number of another payment": ("payment", other_payment),
    "a status nobody knows": ("status", lambda _p, _b, body: changed(body, payment_status="DONE")),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_forged_notice_is_kept_refused_audited_and_changes_nothing(
    company: Company, payfast: PayFastHere, name: str
) -> None:
    check, forge = BROKEN[name]
    begun = payfast.begin(company.invoice())
    forged = vouched(payfast, forge(payfast, begun, payfast.notice(begun)))
    before, kept, refusals = money_rows(), len(notices()), counted("gateway.refused")
    payfast.tell(forged)
    assert notices()[kept:] == [("refused", check)]
    assert counted("gateway.refused") == refusals + 1
    assert money_rows() == before
    assert payfast.state(begun) is PaymentState.PENDING


@pytest.mark.parametrize(
    "deed", [Deed.UNSIGNED, Deed.WRONG_SIGNER, Deed.OTHER_AMOUNT, Deed.OTHER_MERCHANT, Deed.NEVER_SENT]
)
def test_no_lie_of_the_sandbox_is_believed(company: Company, payfast: PayFastHere, deed: Deed) -> None:
    begun = payfast.begin(company.invoice())
    before = money_rows()
    payfast.tell(payfast.notice(begun, deed))
    assert [state for state, _ in notices()] == ["refused"]
    assert money_rows() == before


def test_the_same_notice_unchanged_is_believed(company: Company, payfast: PayFastHere) -> None:
    """The control of all above: each of them is this notice with one thing changed."""
    begun = payfast.begin(company.invoice())
    payfast.tell(payfast.notice(begun))
    assert notices() == [("done", "")]
    assert payfast.state(begun) is PaymentState.CONFIRMED


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "::1", ""])
def test_a_right_notice_from_a_strange_address_is_refused(company: Company, payfast: PayFastHere, address: str) -> None:
    begun = payfast.begin(company.invoice())
    body = payfast.notice(begun)
    payfast.tell(body, address)
    assert notices() == [("refused", "source")]
    assert payfast.asked == []
    payfast.tell(body)
    assert notices() == [("refused", "source"), ("done", "")], "the stranger's copy stood in the way of the true one"


def test_what_a_stranger_writes_into_forwarded_headers_is_not_believed(
    app: Any, company: Company, payfast: PayFastHere
) -> None:
    begun = payfast.begin(company.invoice())
    answer = app.test_client().post(
        "/webhooks/payfast", data=payfast.notice(begun), bare=True, environ_base={"REMOTE_ADDR": "203.0.113.9"},
        headers={"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "Referer": "https://www.payfast.co.za/"},
    )  # fmt: skip
    assert answer.status_code == 200
    payfast.work()
    assert notices() == [("refused", "source")]


def test_a_notice_that_payfast_denies_is_refused(company: Company, payfast: PayFastHere) -> None:
    begun = payfast.begin(company.invoice())
    payfast.answer = lambda: outbound.Answer(200, "INVALID")
    payfast.tell(payfast.notice(begun))
    assert notices() == [("refused", "confirmation")]
    assert payfast.state(begun) is PaymentState.PENDING


@pytest.mark.parametrize(
    "answer",
    [
        away, lambda: outbound.Answer(500, "VALID"), lambda: outbound.Answer(302, "VALID"),
        lambda: outbound.Answer(200, "<html>Maintenance</html>"), lambda: outbound.Answer(200, ""),
        lambda: outbound.Answer(200, "VALIDATED"), lambda: outbound.Answer(200, "valid"),
        lambda: outbound.Answer(404, "INVALID"),
    ],
)  # fmt: skip
def test_no_clear_answer_of_payfast_applies_nothing_and_is_asked_again(
    company: Company, payfast: PayFastHere, answer: Any
) -> None:
    begun = payfast.begin(company.invoice())
    before, payfast.answer = money_rows(), answer
    payfast.tell(payfast.notice(begun))
    assert (notices(), money_rows(), waiting_judges()) == ([("received", "")], before, 1)
    payfast.answer = None
    now_due()
    payfast.work()
    assert notices() == [("done", "")]
    assert payfast.state(begun) is PaymentState.CONFIRMED


def test_when_no_name_server_answers_nothing_is_decided(
    company: Company, payfast: PayFastHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_hosts: tuple[str, ...]) -> frozenset[str]:
        raise Unavailable("no name server")

    with monkeypatch.context() as patched:
        patched.setattr(outbound, "addresses_of", unknown)
        payfast.tell(payfast.notice(payfast.begin(company.invoice())))
    assert (notices(), waiting_judges()) == ([("received", "")], 1)


def test_a_notice_nobody_could_ask_about_waits_for_staff_or_for_payfast_to_send_it_again(
    company: Company, payfast: PayFastHere
) -> None:
    begun = payfast.begin(company.invoice())
    body, payfast.answer = payfast.notice(begun), away
    payfast.tell(body)
    for _ in range(8):
        now_due()
        payfast.work()
    assert (notices(), waiting_judges()) == ([("unanswered", "")], 0)
    assert counted("gateway.unanswered") == 1
    payfast.answer = None
    payfast.tell(body)
    assert notices() == [("done", "")]
    assert payfast.state(begun) is PaymentState.CONFIRMED


def test_a_true_notice_refused_by_circumstance_is_judged_when_payfast_sends_it_again(
    company: Company, payfast: PayFastHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = payfast.begin(company.invoice())
    body = payfast.notice(begun)
    with monkeypatch.context() as patched:
        patched.setattr(outbound, "addresses_of", lambda _hosts: frozenset({"203.0.113.77"}))
        payfast.tell(body)
    assert notices() == [("refused", "source")]
    payfast.tell(body)
    assert notices() == [("done", "")]
    assert payfast.state(begun) is PaymentState.CONFIRMED


def test_a_job_that_staff_try_again_judges_an_unanswered_notice(company: Company, payfast: PayFastHere) -> None:
    begun = payfast.begin(company.invoice())
    payfast.answer = away
    payfast.tell(payfast.notice(begun))
    for _ in range(8):
        now_due()
        payfast.work()
    (failed,) = jobs.failed()
    payfast.answer = None
    company.do(lambda: jobs.retry(failed.id))
    payfast.work()
    assert payfast.state(begun) is PaymentState.CONFIRMED


def test_the_body_is_kept_as_it_came_before_anybody_looks_at_it(company: Company, payfast: PayFastHere) -> None:
    body = b"not%zz a form \xff\x00 of anybody"
    assert payfast.post(body) == 200
    assert db.session.scalars(select(GatewayNotice.body)).one() == body
    assert waiting_judges() == 1


def test_the_same_notice_again_is_acknowledged_and_kept_once(company: Company, payfast: PayFastHere) -> None:
    begun = payfast.begin(company.invoice())
    body = payfast.notice(begun)
    for _ in range(3):
        assert payfast.post(body) == 200
    assert (len(notices()), waiting_judges()) == (1, 1)
    payfast.work()
    assert payfast.post(body) == 200
    assert (notices(), waiting_judges()) == ([("done", "")], 0)


@pytest.mark.parametrize("statement", ["UPDATE gateway_notice SET body = 'x'", "DELETE FROM gateway_notice",
                                       "UPDATE gateway_event SET amount_cents = 1", "DELETE FROM gateway_event",
                                       "UPDATE online_payment SET amount_cents = 1", "DELETE FROM online_payment"])  # fmt: skip
def test_the_database_itself_keeps_what_was_told(company: Company, payfast: PayFastHere, statement: str) -> None:
    payfast.tell(payfast.notice(payfast.begin(company.invoice())))
    with pytest.raises(Exception, match=r"kept|stays|never deleted"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_a_body_that_is_no_notice_by_its_size_is_not_kept(app: Any, company: Company, payfast: PayFastHere) -> None:
    assert payfast.post(b"x=" + b"y" * 70_000) == 413
    unsaid = app.test_client().post(
        "/webhooks/payfast", bare=True, input_stream=io.BytesIO(b"x=" + b"y" * 70_000),
        environ_base={"REMOTE_ADDR": "127.0.0.1", "wsgi.input_terminated": True},
    )  # fmt: skip
    assert unsaid.status_code == 413
    assert notices() == []


def test_strangers_are_counted_and_payfast_is_not(app: Any, company: Company, payfast: PayFastHere) -> None:
    begun = payfast.begin(company.invoice())
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, rate_limit_enabled=True)
    try:
        found = [payfast.post(b"x=%d" % number, "203.0.113.9") for number in range(61)]
        assert (found[:60], found[60]) == ([200] * 60, 429)
        assert {payfast.post(payfast.notice(begun), "203.0.113.9") for _ in range(5)} == {200}
    finally:
        app.extensions["settings"] = settings


def test_a_second_payment_of_the_same_form_is_other_money(company: Company, payfast: PayFastHere) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    first, second = payfast.notice(begun), payfast.notice(begun)
    payfast.tell(first)
    payfast.tell(second)
    assert not company.balance(invoice)
    from portal.ledger import service as ledger

    assert ledger.credit_of(company.customer_id) == Money.zar(100_00)
    payfast.tell(first, "127.0.0.1")
    assert ledger.credit_of(company.customer_id) == Money.zar(100_00)


def test_the_passphrase_is_never_shown(app: Any) -> None:
    assert OWN.passphrase not in repr(app.extensions["settings"]) and OWN.merchant_key not in repr(OWN)
