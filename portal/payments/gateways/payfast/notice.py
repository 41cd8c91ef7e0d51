"""Reading PayFast's notice (ITN): which fields it has, whether they are signed, and what they say.

Source: docs/rules/gateways.md, G3; developers.payfast.co.za, "Notify (ITN)".
"""

from __future__ import annotations

import re

from portal.core.money import Money
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.form import Field, fields_of
from portal.payments.gateways.payfast.signature import is_signed
from portal.payments.types.online import GatewayEvent, Told

SIGNATURE = "signature"
_STATUS = {"COMPLETE": Told.SETTLED, "PENDING": Told.PENDING, "FAILED": Told.FAILED, "CANCELLED": Told.FAILED}
_AMOUNT = re.compile(r"-?[0-9]{1,9}\.[0-9]{2}")
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,40}")


def signed_fields(body: bytes, passphrase: str) -> list[Field]:
    """What the signature covers, after checking it. It stands last, so that nothing can follow it unsigned.

    Raises NoticeRefused.
    """
    *fields, (last, given) = fields_of(body)
    if last != SIGNATURE:
        raise NoticeRefused("signature", "The notice does not end with its signature.")
    if not is_signed(fields, passphrase, given):
        raise NoticeRefused("signature", "The signature is not PayFast’s.")
    return fields


def event_of(body: bytes, passphrase: str, merchant_id: str) -> GatewayEvent:
    """What a notice says, once signature and merchant are right. Raises NoticeRefused with the check that failed."""
    said = dict(signed_fields(body, passphrase))
    if said.get("merchant_id") != merchant_id:
        raise NoticeRefused("merchant", "The notice is for another merchant.")
    told = _STATUS.get(said.get("payment_status", ""))
    if told is None:
        raise NoticeRefused("status", f"PayFast does not name a status “{said.get('payment_status', '')[:20]}”.")
    if said.get("currency", "ZAR") != "ZAR":
        raise NoticeRefused("currency", "The notice is in another currency than rand.")
    reference, number = said.get("m_payment_id", ""), said.get("pf_payment_id", "")
    if not _NUMBER.fullmatch(reference) or not _NUMBER.fullmatch(number):
        raise NoticeRefused("shape", "The notice does not say which payment it is of.")
    gross, fee = _cents(said.get("amount_gross", "")), -_cents(said.get("amount_fee") or "0.00")
    if gross <= 0 or not 0 <= fee < gross:
        raise NoticeRefused("amount", "The amounts of the notice cannot be.")
    if told is Told.SETTLED and _cents(said.get("amount_net", "")) != gross - fee:
        raise NoticeRefused("amount", "The amounts of the notice do not add up.")
    return GatewayEvent(told, reference, number, Money.zar(gross), Money.zar(fee))


def _cents(text: str) -> int:
    """Whole cents of ``-12.50``; PayFast writes amounts in no other way. Raises NoticeRefused."""
    if not _AMOUNT.fullmatch(text):
        raise NoticeRefused("amount", "An amount of the notice is not written as PayFast writes amounts.")
    return int(text.replace(".", ""))
