"""Notices of Ozow, Yoco and Stripe: what is forged, changed, old or tried out changes nothing; the true one counts once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy.exc import OperationalError

from portal.core import clock
from portal.core.money import Money
from portal.payments.sandbox.deeds import Deed
from portal.payments.sandbox.ozow import written
from portal.payments.sandbox.stripe import headers as stripe_headers
from portal.payments.sandbox.yoco import headers as yoco_headers
from portal.payments.service import online
from portal.payments.types import PaymentState
from tests.integration.payments.company import Company
from tests.integration.payments.gateways import GatewayHere
from tests.integration.payments.payfast import counted, money_rows, notices, now_due, waiting_judges

Posted = tuple[bytes, Mapping[str, str]]


def signed(gateway: GatewayHere, body: bytes, *, ago: int = 0, wrong: bool = False) -> Posted:
    """JSON as this gateway signs it."""
    own, moment = gateway.own, int(time.time()) - ago
    if gateway.code == "yoco":
        assert own.yoco
        return body, yoco_headers(body, b"another" if wrong else own.yoco.signing, moment)
    assert own.stripe
    return body, stripe_headers(body, "whsec_another" if wrong else own.stripe.signing, moment)


def about(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    event = json.loads(body)
    return event, event["payload"] if "payload" in event else event["data"]["object"]


def forged(gateway: GatewayHere, body: bytes, how: str) -> tuple[Posted, str]:
    """One thing changed in a true notice, and the check that has to find it."""
    if gateway.code == "ozow":
        return _ozow(gateway, body, how)
    return _sealed(gateway, body, how)


def _ozow(gateway: GatewayHere, body: bytes, how: str) -> tuple[Posted, str]:
    assert gateway.own.ozow
    key = gateway.own.ozow.private_key
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    given = fields.pop("Hash")
    bare = urlencode(fields).encode()
    made: dict[str, tuple[bytes, str]] = {
        "none": (bare, "signature"),
        "empty": (bare + b"&Hash=", "signature"),
        "wrong": (bare + b"&Hash=" + b"1" * 128, "signature"),
        "other secret": (written(fields, "another"), "signature"),
        "changed after signing": (urlencode(fields | {"Amount": "1.00", "Hash": given}).encode(), "signature"),
        "values swapped": (
            urlencode(fields | {"Status": fields["CurrencyCode"], "CurrencyCode": fields["Status"], "Hash": given}).encode(),
            "signature",
        ),
        "extra": (body + b"&Extra=1", "shape"),
        "twice": (body + b"&Amount=100.00", "shape"),
        "other merchant": (written(fields | {"SiteCode": "OTH-OTH-001"}, key), "merchant"),
        "other currency": (written(fields | {"CurrencyCode": "USD"}, key), "currency"),
        "below nothing": (written(fields | {"Amount": "-0.01"}, key), "amount"),
        "exponent": (written(fields | {"Amount": "1e2"}, key), "amount"),
        "one cent more": (written(fields | {"Amount": "100.01"}, key), "amount"),
        "one cent less": (written(fields | {"Amount": "99.99"}, key), "amount"),
        "tried out": (written(fields | {"IsTest": "true"}, key), "test"),
        "nobody's": (written(fields | {"TransactionReference": "f" * 32}, key), "payment"),
        "no notice": (b"\xff\x00 nothing", "shape"),
    }  # fmt: skip
    forged_body, check = made[how]
    return (forged_body, {}), check


def _sealed(gateway: GatewayHere, body: bytes, how: str) -> tuple[Posted, str]:
    right, headers = signed(gateway, body)
    event, said = about(body)
    named = {"yoco": "webhook-signature", "stripe": "Stripe-Signature"}[gateway.code]
    amount = "amount" if gateway.code == "yoco" else "amount_received"

    def other(**values: Any) -> Posted:
        said.update(values)
        return signed(gateway, json.dumps(event).encode())

    without = {name: value for name, value in headers.items() if name != named}
    whose = {"metadata": {"checkoutId": "ch_nobody", "token": "f" * 32}}
    mode = signed(
        gateway, body.replace(b'"mode": "live"', b'"mode": "test"').replace(b'"livemode": true', b'"livemode": false')
    )
    made: dict[str, Callable[[], tuple[Posted, str]]] = {
        "none": lambda: ((right, without), "signature"),
        "empty": lambda: ((right, without | {named: ""}), "signature"),
        "wrong": lambda: ((right, without | {named: f"t={int(time.time())},v1={'0' * 64}"}), "signature"),
        "other secret": lambda: (signed(gateway, body, wrong=True), "signature"),
        "changed after signing": lambda: ((body.replace(b"10000", b"10001"), headers), "signature"),
        "values swapped": lambda: ((right[::-1], headers), "signature"),
        "extra": lambda: ((body[:-1] + b', "extra": 1}', headers), "signature"),
        "twice": lambda: (signed(gateway, body[:-1] + b', "type": "payment.succeeded"}'), "shape"),
        "other merchant": lambda: (signed(gateway, body, wrong=True), "signature"),
        "other currency": lambda: (other(currency="usd"), "currency"),
        "below nothing": lambda: (other(**{amount: -1}), "amount"),
        "exponent": lambda: (signed(gateway, body.replace(b"10000", b"1e4")), "amount"),
        "one cent more": lambda: (other(**{amount: 10001}), "amount"),
        "one cent less": lambda: (other(**{amount: 9999}), "amount"),
        "tried out": lambda: (mode, "test"),
        "nobody's": lambda: (other(**whose), "payment"),
        "no notice": lambda: (signed(gateway, b"[1]"), "shape"),
    }  # fmt: skip
    return made[how]()


EACH = (
    "none", "empty", "wrong", "other secret", "changed after signing", "values swapped", "extra", "twice",
    "other merchant", "other currency", "below nothing", "exponent", "one cent more", "one cent less", "tried out",
    "nobody's", "no notice",
)  # fmt: skip


def true_notice(gateway: GatewayHere, begun: Any) -> bytes:
    """The one that says that it is paid, of the payment itself."""
    return gateway.sends(begun)[-1].body


@pytest.mark.parametrize("how", EACH)
def test_a_forged_notice_is_kept_refused_audited_and_changes_nothing(
    company: Company, gateway: GatewayHere, how: str
) -> None:
    begun = gateway.begin(company.invoice())
    (body, headers), check = forged(gateway, true_notice(gateway, begun), how)
    before = money_rows()
    assert gateway.post(body, headers) == 200
    gateway.work()
    assert notices() == [("refused", check)]
    assert counted("gateway.refused") == 1
    assert money_rows() == before
    assert gateway.state(begun) is PaymentState.PENDING


def test_the_same_notice_unchanged_is_believed(company: Company, gateway: GatewayHere) -> None:
    """The control of all above."""
    invoice = company.invoice()
    begun = gateway.begin(invoice)
    for sent in gateway.sends(begun):
        gateway.tell(sent)
    assert {state for state, _ in notices()} == {"done"}
    assert gateway.state(begun) is PaymentState.CONFIRMED
    assert not company.balance(invoice)
    kept = Money.zar(97_00) if gateway.code == "stripe" else Money.zar(100_00)
    assert online.clearing_of(gateway.code) == kept


LIES = [deed for deed in Deed if deed.value.startswith("lie-")]


@pytest.mark.parametrize("deed", LIES)
def test_no_lie_of_the_sandbox_is_believed(company: Company, gateway: GatewayHere, deed: Deed) -> None:
    begun = gateway.begin(company.invoice())
    from portal.payments.sandbox.server import _WORDS

    if deed not in _WORDS[gateway.code]:
        return
    before = money_rows()
    for sent in gateway.sends(begun, deed):
        gateway.tell(sent)
    # a payment that Ozow does not know when it is asked may be known in a moment: asked again, and counted never
    waits = gateway.code == "ozow" and deed is Deed.NEVER_SENT
    assert {state for state, _ in notices()} == {"received" if waits else "refused"}
    assert money_rows() == before


def test_a_notice_whose_transaction_runs_again_is_kept_whole(
    company: Company, gateway: GatewayHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, real, times = gateway.begin(company.invoice()), online.take_notice, []

    def once_in_vain(*facts: Any) -> None:
        real(*facts)
        times.append(facts)
        if len(times) == 1:
            raise OperationalError("INSERT", {}, Exception(1213, "Deadlock found"))

    monkeypatch.setattr(online, "take_notice", once_in_vain)
    gateway.tell(gateway.sends(begun)[-1])
    assert len(times) == 2 and times[0][2].body == times[1][2].body != b""
    assert gateway.state(begun) is PaymentState.CONFIRMED


@pytest.mark.parametrize("ago", [301, -301])
def test_a_signature_of_another_time_is_refused_and_a_retry_with_a_new_one_counts(
    company: Company, gateway: GatewayHere, ago: int
) -> None:
    if gateway.code == "ozow":
        return
    begun = gateway.begin(company.invoice())
    body = true_notice(gateway, begun)
    assert gateway.post(*signed(gateway, body, ago=ago)) == 200
    gateway.work()
    assert notices() == [("refused", "age")]
    assert gateway.post(*signed(gateway, body)) == 200
    gateway.work()
    assert notices()[1:] == [("done", "")]
    assert gateway.state(begun) is PaymentState.CONFIRMED


def test_a_notice_that_is_judged_much_later_was_signed_when_it_came(company: Company, gateway: GatewayHere) -> None:
    begun = gateway.begin(company.invoice())
    sent = gateway.sends(begun)[-1]
    assert gateway.post(sent.body, sent.headers()) == 200
    with clock.at(clock.now() + timedelta(hours=2)):
        gateway.work()
    assert notices() == [("done", "")]


def test_what_moves_no_money_of_ours_is_acknowledged_and_kept(company: Company, gateway: GatewayHere) -> None:
    if gateway.code == "ozow":
        return
    body = json.dumps({"object": "event", "type": "customer.created", "livemode": True, "data": {}}).encode()
    assert gateway.post(*signed(gateway, body)) == 200
    gateway.work()
    assert notices() == [("done", "")]


@pytest.mark.parametrize("mood", ["down", "malformed"])
def test_no_clear_answer_applies_nothing_and_is_asked_again(company: Company, gateway: GatewayHere, mood: str) -> None:
    if gateway.code == "yoco":
        return
    begun = gateway.begin(company.invoice())
    sent = gateway.sends(begun)[-1]
    before, gateway.server.mood = money_rows(), mood
    gateway.tell(sent)
    assert (notices(), money_rows(), waiting_judges()) == ([("received", "")], before, 1)
    gateway.server.mood = "well"
    now_due()
    gateway.work()
    assert gateway.state(begun) is PaymentState.CONFIRMED


def test_a_gateway_that_is_off_is_not_there(app: Any, company: Company, gateway: GatewayHere) -> None:
    begun = gateway.begin(company.invoice())
    sent = gateway.sends(begun)[-1]
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, gateways=replace(settings.gateways, **{gateway.code: None}))
    assert gateway.post(sent.body, sent.headers()) == 404
    assert app.test_client().get(f"/online/{begun.token}").status_code == 404
    assert notices() == []
    app.extensions["settings"] = settings


def test_no_secret_is_shown(gateway: GatewayHere) -> None:
    own, shown = gateway.own, repr(gateway.own)
    assert own.ozow and own.yoco and own.stripe
    secrets = (own.ozow.private_key, own.ozow.api_key, own.yoco.secret_key, own.yoco.signing, own.stripe.secret_key)
    assert not any(str(each) in shown for each in (*secrets, own.stripe.signing))


def test_late_and_disordered_news_end_in_money(company: Company, gateway: GatewayHere) -> None:
    for deed in (Deed.TWICE, Deed.DISORDER, Deed.FAIL_THEN_PAY):
        begun = gateway.begin(company.invoice())
        for sent in gateway.sends(begun, deed):
            gateway.tell(sent)
        assert gateway.state(begun) is PaymentState.CONFIRMED, deed


def test_a_payment_that_fails_leaves_the_invoice_to_be_paid_by_eft(company: Company, gateway: GatewayHere) -> None:
    invoice = company.invoice()
    begun = gateway.begin(invoice)
    for sent in gateway.sends(begun, Deed.FAIL):
        gateway.tell(sent)
    assert gateway.state(begun) is PaymentState.REJECTED
    company.confirm(company.claimed(invoice))
    assert not company.balance(invoice)
