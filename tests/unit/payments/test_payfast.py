"""PayFast's own rules: how it signs, what its notices look like, and what is none of its notices."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.form import fields_of
from portal.payments.gateways.payfast import PayFast
from portal.payments.gateways.payfast.notice import event_of
from portal.payments.gateways.payfast.signature import is_signed, joined, php_urlencoded, signature
from portal.payments.types.online import Asked, Told
from portal.platform.gateway_settings import PayFastSettings

PASSPHRASE = "jt7NOE43FZPn"
OWN = PayFastSettings("10000100", "46f0cd694581a", PASSPHRASE, "https://www.payfast.co.za", ("127.0.0.1",))
TOKEN = "0123456789abcdef0123456789abcdef"
NOTICE = [
    ("m_payment_id", TOKEN), ("pf_payment_id", "1089250"), ("payment_status", "COMPLETE"),
    ("item_name", "Invoice INV-2026-000001"), ("item_description", ""), ("amount_gross", "200.00"),
    ("amount_fee", "-4.60"), ("amount_net", "195.40"), ("custom_str1", ""), ("name_first", "Zoë"),
    ("email_address", "zoe@karoo.example"), ("merchant_id", "10000100"),
]  # fmt: skip


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def written(fields: list[tuple[str, str]], passphrase: str = PASSPHRASE) -> bytes:
    return joined([*fields, ("signature", signature(fields, passphrase))]).encode()


def changed(**values: str | None) -> list[tuple[str, str]]:
    return [(name, str(values.get(name, value))) for name, value in NOTICE if values.get(name, value) is not None]


@pytest.mark.parametrize(
    ("text", "written_as"),
    [
        ("two words", "two+words"), ("a/b", "a%2Fb"), ("R 1,50", "R+1%2C50"), ("é", "%C3%A9"), ("a-b_c.d", "a-b_c.d"),
        ("~", "%7E"), ("http://x.y/z?a=1&b", "http%3A%2F%2Fx.y%2Fz%3Fa%3D1%26b"), ("*", "%2A"), ("'", "%27"), ("", ""),
    ],
)  # fmt: skip
def test_text_is_written_as_php_writes_it(text: str, written_as: str) -> None:
    assert php_urlencoded(text) == written_as


def test_the_form_has_the_documented_order_and_its_signature() -> None:
    asked = Asked(
        TOKEN, Money.zar(1_234_56), "INV-2026-000001", " ap@karoo.example ", "https://p.example/back",
        "https://p.example/off", "https://p.example/webhooks/payfast",
    )  # fmt: skip
    form = PayFast(OWN).handover(asked)
    by_hand = (
        "merchant_id=10000100&merchant_key=46f0cd694581a&return_url=https%3A%2F%2Fp.example%2Fback"
        "&cancel_url=https%3A%2F%2Fp.example%2Foff&notify_url=https%3A%2F%2Fp.example%2Fwebhooks%2Fpayfast"
        "&email_address=ap%40karoo.example&m_payment_id=0123456789abcdef0123456789abcdef&amount=1234.56"
        "&item_name=Invoice+INV-2026-000001&passphrase=jt7NOE43FZPn"
    )
    assert form.url == "https://www.payfast.co.za/eng/process"
    assert form.fields[-1] == ("signature", md5(by_hand))
    assert ("email_address", "ap@karoo.example") in form.fields


def test_an_empty_field_is_left_out_of_the_form() -> None:
    form = PayFast(OWN).handover(Asked(TOKEN, Money.zar(100), "INV-1", "", "b", "c", "n"))
    assert "email_address" not in dict(form.fields)
    assert is_signed(form.fields[:-1], PASSPHRASE, form.fields[-1][1])


def test_a_notice_says_what_happened() -> None:
    event = event_of(written(NOTICE), PASSPHRASE, "10000100")
    assert (event.told, event.reference, event.gateway_id) == (Told.SETTLED, TOKEN, "1089250")
    assert (event.gross, event.fee) == (Money.zar(200_00), Money.zar(4_60))


def test_empty_fields_of_a_notice_are_signed_too() -> None:
    by_hand = (
        "m_payment_id=0123456789abcdef0123456789abcdef&pf_payment_id=1089250&payment_status=COMPLETE"
        "&item_name=Invoice+INV-2026-000001&item_description=&amount_gross=200.00&amount_fee=-4.60&amount_net=195.40"
        "&custom_str1=&name_first=Zo%C3%AB&email_address=zoe%40karoo.example&merchant_id=10000100"
    )
    signed = md5(f"{by_hand}&passphrase=jt7NOE43FZPn")
    assert event_of(f"{by_hand}&signature={signed}".encode(), PASSPHRASE, "10000100").told is Told.SETTLED


@pytest.mark.parametrize(
    ("status", "told"),
    [("COMPLETE", Told.SETTLED), ("PENDING", Told.PENDING), ("FAILED", Told.FAILED), ("CANCELLED", Told.FAILED)],
)
def test_each_status_of_payfast_is_known(status: str, told: Told) -> None:
    assert event_of(written(changed(payment_status=status)), PASSPHRASE, "10000100").told is told


def test_pending_and_failed_may_come_without_a_fee() -> None:
    body = written(changed(payment_status="FAILED", amount_fee="", amount_net=""))
    assert event_of(body, PASSPHRASE, "10000100").fee == Money.zar(0)


FORGED: dict[str, tuple[bytes, str]] = {
    "no signature": (joined(NOTICE).encode(), "signature"),
    "an empty signature": (joined([*NOTICE, ("signature", "")]).encode(), "signature"),
    "a wrong signature": (joined([*NOTICE, ("signature", "0" * 32)]).encode(), "signature"),
    "a signature that is no text of ours": (joined([*NOTICE, ("signature", "é")]).encode(), "signature"),
    "another passphrase": (written(NOTICE, "another"), "signature"),
    "no passphrase": (
        joined([*NOTICE, ("signature", md5(joined(NOTICE)))]).encode(), "signature",
    ),
    "fields in another order": (
        joined([*reversed(NOTICE), ("signature", signature(NOTICE, PASSPHRASE))]).encode(), "signature",
    ),
    "a field more": (
        joined([*NOTICE, ("custom_str2", "x"), ("signature", signature(NOTICE, PASSPHRASE))]).encode(), "signature",
    ),
    "a field after the signature": (written(NOTICE) + b"&custom_str2=x", "signature"),
    "a field less": (joined([*NOTICE[1:], ("signature", signature(NOTICE, PASSPHRASE))]).encode(), "signature"),
    "a field twice": (written([*NOTICE, ("amount_gross", "200.00")]), "shape"),
    "another merchant": (written(changed(merchant_id="10000101")), "merchant"),
    "no merchant": (written(changed(merchant_id=None)), "merchant"),
    "another currency": (written([*NOTICE, ("currency", "USD")]), "currency"),
    "an amount below nothing": (written(changed(amount_gross="-0.01", amount_fee="0.00", amount_net="-0.01")), "amount"),
    "nothing": (written(changed(amount_gross="0.00", amount_fee="0.00", amount_net="0.00")), "amount"),
    "an exponent": (written(changed(amount_gross="2e2")), "amount"),
    "no cents": (written(changed(amount_gross="200")), "amount"),
    "fractions of a cent": (written(changed(amount_gross="200.001")), "amount"),
    "foreign digits": (written(changed(amount_gross="２００.00")), "amount"),
    "not a number": (written(changed(amount_gross="NaN")), "amount"),
    "amounts that do not add up": (written(changed(amount_net="195.41")), "amount"),
    "a fee above the amount": (written(changed(amount_fee="-300.00", amount_net="-100.00")), "amount"),
    "a fee that is given": (written(changed(amount_fee="4.60", amount_net="204.60")), "amount"),
    "a status nobody knows": (written(changed(payment_status="complete")), "status"),
    "no status": (written(changed(payment_status=None)), "status"),
    "no number of theirs": (written(changed(pf_payment_id="")), "shape"),
    "no number of ours": (written(changed(m_payment_id="' OR 1=1 --")), "shape"),
    "no form at all": (b'{"payment_status": "COMPLETE"}', "shape"),
    "nothing at all": (b"", "shape"),
    "bytes that are no text": (b"m_payment_id=%ff&signature=x", "shape"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_what_is_no_notice_of_payfast_is_refused(name: str) -> None:
    body, check = FORGED[name]
    with pytest.raises(NoticeRefused) as refused:
        event_of(body, PASSPHRASE, "10000100")
    assert refused.value.check == check


FIELDS = st.lists(
    st.tuples(st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12), st.text(max_size=20)),
    min_size=1, max_size=12, unique_by=lambda each: each[0],
)  # fmt: skip


@given(FIELDS.filter(lambda fields: all(value.isprintable() for _, value in fields)))
def test_what_is_written_is_read_as_it_was(fields: list[tuple[str, str]]) -> None:
    assert fields_of(joined(fields).encode()) == fields


@given(FIELDS, st.data())
def test_any_other_value_has_another_signature(fields: list[tuple[str, str]], data: Any) -> None:
    place = data.draw(st.integers(0, len(fields) - 1))
    value = data.draw(st.text(max_size=20).filter(lambda text: text != fields[place][1]))
    other = [*fields[:place], (fields[place][0], value), *fields[place + 1 :]]
    assert not is_signed(other, PASSPHRASE, signature(fields, PASSPHRASE))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with pytest.raises(NoticeRefused):
        event_of(body, PASSPHRASE, "10000100")


@pytest.mark.parametrize("address", ["197.97.145.144", "197.97.145.159", "2001:db8::1"])
def test_an_address_of_a_network_in_the_settings_is_payfasts(address: str) -> None:
    PayFast(replace(OWN, hosts=("197.97.145.144/28", "2001:db8::/64"))).check_source(address)


@pytest.mark.parametrize("address", ["197.97.145.143", "197.97.145.160", "2001:db9::1", "", "nobody"])
def test_an_address_of_no_network_is_not(address: str) -> None:
    with pytest.raises(NoticeRefused, match="none of PayFast"):
        PayFast(replace(OWN, hosts=("197.97.145.144/28", "2001:db8::/64"))).check_source(address)
