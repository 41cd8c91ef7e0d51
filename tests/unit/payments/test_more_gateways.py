"""The rules of Ozow, Yoco and Stripe themselves: how each signs, and what is none of its notices."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Unavailable
from portal.core.money import Money
from portal.payments.errors import NothingToFollow, NoticeRefused
from portal.payments.gateways.ozow import Ozow
from portal.payments.gateways.ozow import notice as of_ozow
from portal.payments.gateways.ozow.signature import hash_of, is_hash
from portal.payments.gateways.sealed import values_of
from portal.payments.gateways.stripe import _settled as settled_by_stripe
from portal.payments.gateways.stripe import notice as of_stripe
from portal.payments.gateways.yoco import notice as of_yoco
from portal.payments.gateways.yoco.signature import signature
from portal.payments.sandbox.stripe import headers
from portal.payments.types.online import Asked, GatewayEvent, Posted, Told
from portal.platform import gateway_settings

ALL = gateway_settings.sandbox(8710)
assert ALL.ozow and ALL.yoco and ALL.stripe
OZOW, YOCO, STRIPE = ALL.ozow, ALL.yoco, ALL.stripe
TOKEN = "0123456789abcdef0123456789abcdef"
NOW = datetime.fromtimestamp(1_750_000_000, UTC)
INTENT = {
    "id": "pi_1", "object": "payment_intent", "amount": 200_00, "amount_received": 200_00, "currency": "zar",
    "status": "succeeded", "metadata": {"token": TOKEN},
}  # fmt: skip


def event(kind: str = "payment_intent.succeeded", **about: object) -> bytes:
    values = {"id": "evt_1", "object": "event", "type": kind, "livemode": True, "data": {"object": INTENT | about}}
    return json.dumps(values).encode()


def came(body: bytes, moment: int | None = None, secret: str = STRIPE.signing) -> Posted:
    when = int(NOW.timestamp()) if moment is None else moment
    return Posted(body, headers(body, secret, when)["Stripe-Signature"], NOW)


def test_ozows_hash_is_over_the_documented_order_in_lower_case() -> None:
    by_hand = (
        "san-san-001zazar200.00" + TOKEN + "inv-2026-000417https://p.example/offhttps://p.example/back"
        "https://p.example/backhttps://p.example/webhooks/ozowfalsesandbox-only-private-key"
    )
    asked = Asked(
        TOKEN, Money.zar(200_00), "INV-2026-000417", "", "https://p.example/back", "https://p.example/off",
        "https://p.example/webhooks/ozow",
    )  # fmt: skip
    form = dict(Ozow(OZOW).handover(asked).fields)
    assert form["HashCheck"] == hashlib.sha512(by_hand.encode()).hexdigest()
    assert len(form["BankReference"]) <= 20 and form["IsTest"] == "false"
    assert dict(Ozow(replace(OZOW, test=True)).handover(asked).fields)["IsTest"] == "true"


def test_ozows_key_may_enter_the_hash_as_it_is() -> None:
    assert hash_of(["A"], "KEY", key_as_is=True) == hashlib.sha512(b"aKEY").hexdigest()
    assert hash_of(["A"], "KEY") == hashlib.sha512(b"akey").hexdigest()


def test_zeros_at_the_beginning_of_ozows_hash_may_be_missing() -> None:
    assert is_hash("AB1", "00ab1") and not is_hash("", "00ab1") and not is_hash("ab10", "00ab1")


ANSWER = {
    "transactionId": "t-1", "transactionReference": TOKEN, "currencyCode": "ZAR", "amount": 200.0, "status": "Complete",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({}, None), ({"amount": 200}, None), ({"amount": "200.00"}, None), ({"amount": 199.99}, NoticeRefused),
        ({"amount": 200.001}, NoticeRefused), ({"amount": True}, NoticeRefused), ({"amount": "x"}, NoticeRefused),
        ({"currencyCode": "USD"}, NoticeRefused), ({"transactionId": "t-2"}, Unavailable),
        ({"transactionReference": "x"}, NoticeRefused), ({"status": "Cancelled"}, NoticeRefused),
        ({"status": "PendingInvestigation"}, Unavailable), ({"status": "Unheard"}, Unavailable),
    ],
)  # fmt: skip
def test_ozows_own_word_is_compared_to_the_cent(change: dict[str, object], error: type[Exception] | None) -> None:
    told = GatewayEvent(Told.SETTLED, TOKEN, "t-1", Money.zar(200_00), Money.zar(0))
    text = json.dumps([ANSWER | change])
    if error is None:
        of_ozow.check_answer(text, told)
        return
    with pytest.raises(error):
        of_ozow.check_answer(text, told)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "<html>", "null"])
def test_what_is_no_answer_of_ozow_decides_nothing(text: str) -> None:
    with pytest.raises(Unavailable):
        of_ozow.check_answer(text, GatewayEvent(Told.SETTLED, TOKEN, "t-1", Money.zar(200_00), Money.zar(0)))


def test_yoco_signs_as_standard_webhooks_do() -> None:
    text = b"msg_1.1750000000." + b'{"a": 1}'
    wanted = base64.b64encode(hmac.new(YOCO.signing, text, hashlib.sha256).digest()).decode()
    assert signature(YOCO.signing, "msg_1", "1750000000", b'{"a": 1}') == f"v1,{wanted}"


@pytest.mark.parametrize("moment", ["1750000000", "1749999820", "1750000180"])
@pytest.mark.parametrize("beside", ["", "v1,AAAA ", "v2,x "])
def test_one_of_yocos_signatures_is_enough_within_three_minutes(moment: str, beside: str) -> None:
    body = json.dumps({"type": "customer.created"}).encode()
    signed = f"msg_1\n{moment}\n{beside}{signature(YOCO.signing, 'msg_1', moment, body)}"
    with pytest.raises(NothingToFollow):
        of_yoco.event_of(Posted(body, signed, NOW), YOCO)


@pytest.mark.parametrize(
    ("number", "moment"),
    [("msg_1", "1749999819"), ("msg_1", "1750000181"), ("", "1750000000"), ("msg_1", "x"), ("m", "")],
)
def test_a_yoco_event_of_another_time_or_without_its_headers_is_refused(number: str, moment: str) -> None:
    body = b"{}"
    signed = f"{number}\n{moment}\n{signature(YOCO.signing, number, moment, body)}"
    with pytest.raises(NoticeRefused):
        of_yoco.event_of(Posted(body, signed, NOW), YOCO)


def test_stripes_own_library_verifies_our_fixtures() -> None:
    body = event()
    signed = headers(body, STRIPE.signing, int(time.time()))["Stripe-Signature"]
    found = stripe.Webhook.construct_event(body, signed, STRIPE.signing)  # type: ignore[no-untyped-call]
    assert found.type == "payment_intent.succeeded"


def test_we_verify_what_stripes_own_library_signs() -> None:
    body = event()
    signed = stripe.WebhookSignature.generate_signature_header(body.decode(), STRIPE.signing, int(NOW.timestamp()))
    found = of_stripe.event_of(Posted(body, signed, NOW), STRIPE)
    assert (found.told, found.reference, found.gateway_id) == (Told.SETTLED, TOKEN, "pi_1")
    assert found.gross == Money.zar(200_00)


@pytest.mark.parametrize(("moment", "right"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_stripe_signs_within_five_minutes(moment: int, right: bool) -> None:
    posted = came(event(), int(NOW.timestamp()) + moment)
    if right:
        assert of_stripe.event_of(posted, STRIPE).told is Told.SETTLED
        return
    with pytest.raises(NoticeRefused) as refused:
        of_stripe.event_of(posted, STRIPE)
    assert refused.value.check == "age"


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=x", "t=x,v1=y", "t=1750000000,v1=", "t=1=2,v1=x", ",", "t", "=,=", "t=1,v1=é"]
)
def test_a_header_that_is_no_signature_of_stripe_is_refused(header: str) -> None:
    with pytest.raises(NoticeRefused) as refused:
        of_stripe.event_of(Posted(event(), header, NOW), STRIPE)
    assert refused.value.check == "signature"


@pytest.mark.parametrize("kind", ["charge.dispute.created", "charge.dispute.closed", "charge.dispute.updated"])
def test_a_dispute_moves_money_only_when_the_money_is_withdrawn(kind: str) -> None:
    with pytest.raises(NothingToFollow):
        of_stripe.event_of(came(event(kind, **REFUND, status="warning_needs_response")), STRIPE)


@pytest.mark.parametrize(
    ("booked", "fee"),
    [({"currency": "zar", "fee": 600}, 600), ({"currency": "usd", "fee": 47}, 0), ({"currency": "zar"}, None),
     ({"currency": "zar", "fee": 200_00}, None), ({}, None)],
)  # fmt: skip
def test_what_stripe_keeps_is_read_in_rand_alone(booked: dict[str, object], fee: int | None) -> None:
    told = GatewayEvent(Told.SETTLED, TOKEN, "pi_1", Money.zar(200_00), Money.zar(0))
    facts = {"status": "succeeded", "amount_received": 200_00}
    if fee is None:
        with pytest.raises(Unavailable):
            settled_by_stripe(told, facts, {"balance_transaction": booked})
        return
    assert settled_by_stripe(told, facts, {"balance_transaction": booked}).fee == Money.zar(fee)


REFUND = {"id": "re_1", "object": "refund", "amount": 50_00, "payment_intent": "pi_1", "currency": "zar"}


@pytest.mark.parametrize(
    ("kind", "about", "told"),
    [
        ("payment_intent.processing", {"status": "processing"}, Told.PENDING),
        ("payment_intent.payment_failed", {"status": "requires_payment_method"}, Told.FAILED),
        ("payment_intent.canceled", {"status": "canceled"}, Told.FAILED),
        ("refund.updated", REFUND | {"status": "succeeded"}, Told.REFUNDED),
        ("refund.failed", REFUND | {"status": "failed"}, Told.KEPT),
        ("charge.dispute.funds_withdrawn", REFUND | {"id": "dp_1"}, Told.DISPUTED),
        ("charge.dispute.funds_reinstated", REFUND | {"id": "dp_1"}, Told.KEPT),
    ],
)
def test_each_event_of_stripe_is_known(kind: str, about: dict[str, object], told: Told) -> None:
    assert of_stripe.event_of(came(event(kind, **about)), STRIPE).told is told


@pytest.mark.parametrize(
    ("paid", "told"), [("paid", Told.SETTLED), ("unpaid", Told.PENDING), ("no_payment_required", Told.PENDING)]
)
def test_a_page_of_stripe_that_is_completed_is_money_only_when_it_is_paid(paid: str, told: Told) -> None:
    about = {"client_reference_id": TOKEN, "payment_intent": "pi_1", "payment_status": paid, "amount_total": 200_00}
    assert of_stripe.event_of(came(event("checkout.session.completed", **about)), STRIPE).told is told


def test_a_page_of_stripe_that_expires_has_no_payment_yet() -> None:
    about = {"client_reference_id": TOKEN, "payment_intent": None, "payment_status": "unpaid", "amount_total": 200_00}
    found = of_stripe.event_of(came(event("checkout.session.expired", **about)), STRIPE)
    assert (found.told, found.gateway_id, found.reference) == (Told.FAILED, TOKEN, TOKEN)


@pytest.mark.parametrize("about", [{"status": "processing"}, {"amount_received": 2e4}, {"amount_received": True},
                                   {"amount_received": "20000"}, {"currency": "usd"}, {"id": "pi 1"}, {"id": None},
                                   {"metadata": {"token": "' OR 1=1"}}])  # fmt: skip
def test_a_signed_event_of_stripe_that_cannot_be_is_refused(about: dict[str, object]) -> None:
    with pytest.raises(NoticeRefused):
        of_stripe.event_of(came(event(**about)), STRIPE)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(body: bytes) -> None:
    with pytest.raises(NoticeRefused):
        of_stripe.event_of(Posted(body, "t=1,v1=00", NOW), STRIPE)
    with pytest.raises(NoticeRefused):
        of_yoco.event_of(Posted(body, "a\n1\nv1,b", NOW), YOCO)
    with pytest.raises(NoticeRefused):
        of_ozow.event_of(body, OZOW)


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 2}', b"[]", b"1", b"NaN", b'{"a": NaN}', b"\xff", b"[" * 9000])
def test_json_is_read_strictly(body: bytes) -> None:
    with pytest.raises(NoticeRefused):
        values_of(body)
