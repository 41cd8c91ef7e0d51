"""Reading Ozow's notice: which fields it has, whether its hash is right, and what it says.

Source: docs/rules/gateways.md, G10; hub.ozow.com, "Notification response".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from portal.core.errors import Unavailable
from portal.core.money import Money
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.form import fields_of
from portal.payments.gateways.ozow.signature import TOLD, hash_of, is_hash
from portal.payments.types.online import GatewayEvent, Told
from portal.platform.gateway_settings import OzowSettings

STATUS = {
    "Complete": Told.SETTLED, "Pending": Told.PENDING, "PendingInvestigation": Told.PENDING,
    "Cancelled": Told.FAILED, "Abandoned": Told.FAILED, "Error": Told.FAILED,
}  # fmt: skip
HASH = "Hash"
#: what Ozow adds for people; no hash covers it, so nothing of it is read
_BESIDE = frozenset({"SubStatus", "MaskedAccountNumber", "BankName", "SmartIndicators"})
_AMOUNT = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,40}")


def event_of(body: bytes, own: OzowSettings) -> GatewayEvent:
    """What a notice says, once hash, site and currency are right. Raises NoticeRefused with the check that failed."""
    said = dict(fields_of(body))
    if strange := said.keys() - {*TOLD, HASH} - _BESIDE:
        raise NoticeRefused("shape", f"Ozow’s notices have no field “{min(strange)[:20]}”.")
    wanted = hash_of((said.get(name, "") for name in TOLD), own.private_key, key_as_is=own.key_as_is)
    if not is_hash(said.get(HASH, ""), wanted):
        raise NoticeRefused("signature", "The hash is not Ozow’s.")
    if said.get("SiteCode") != own.site_code:
        raise NoticeRefused("merchant", "The notice is for another site.")
    if said.get("IsTest", "").lower() != "false":
        raise NoticeRefused("test", "It was tried out; no money moved.")
    told = STATUS.get(said.get("Status", ""))
    if told is None:
        raise NoticeRefused("status", f"Ozow does not name a status “{said.get('Status', '')[:20]}”.")
    if said.get("CurrencyCode") != "ZAR":
        raise NoticeRefused("currency", "The notice is in another currency than rand.")
    reference, number = said.get("TransactionReference", ""), said.get("TransactionId", "")
    if not _NUMBER.fullmatch(reference) or not _NUMBER.fullmatch(number):
        raise NoticeRefused("shape", "The notice does not say which payment it is of.")
    return GatewayEvent(told, reference, number, Money.zar(_cents(said.get("Amount", ""))), Money.zar(0))


def _cents(text: str) -> int:
    """Whole cents of ``12.50``; Ozow writes amounts in no other way. Raises NoticeRefused."""
    if not _AMOUNT.fullmatch(text) or not int(text.replace(".", "")):
        raise NoticeRefused("amount", "The amount of the notice is not written as Ozow writes amounts.")
    return int(text.replace(".", ""))


def check_answer(text: str, event: GatewayEvent) -> None:
    """Compare what Ozow says of a payment when it is asked with what the notice said.

    Raises NoticeRefused when Ozow knows it otherwise, Unavailable when the answer is none or the payment moves yet.
    """
    found = [each for each in _transactions(text) if each.get("transactionId") == event.gateway_id]
    if not found:  # it may know it in a moment; a forger's notice counts nothing by waiting
        raise Unavailable("Ozow knows no such payment yet")
    said = found[0]
    same = (said.get("transactionReference"), said.get("currencyCode")) == (event.reference, "ZAR")
    if not same or _in_cents(said.get("amount")) != event.gross.cents:
        raise NoticeRefused("confirmation", "Ozow knows this payment with other facts.")
    told = STATUS.get(str(said.get("status")))
    if told is event.told:
        return
    if told is Told.PENDING or told is None:
        raise Unavailable(f"Ozow has not decided (status {str(said.get('status'))[:20]})")
    raise NoticeRefused("confirmation", "Ozow says that it ended otherwise.")


def _transactions(text: str) -> list[Mapping[str, object]]:
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unavailable("Ozow gave no usable answer")
    return found


def _in_cents(value: object) -> int | None:
    """Whole cents of a number as JSON has it, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        cents = Decimal(value) * 100
    except InvalidOperation:
        return None
    return int(cents) if cents == cents.to_integral_value() else None
