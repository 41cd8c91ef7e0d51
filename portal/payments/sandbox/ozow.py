"""Ozow as it behaves: takes a form with a hash, tells what became of it, and answers for its payments when asked."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from portal.payments.gateways.form import Field
from portal.payments.gateways.ozow.signature import ASKED, TOLD, hash_of, is_hash
from portal.payments.sandbox import deeds
from portal.payments.sandbox.deeds import Deed, Refused, Sent, Shown, form
from portal.platform.gateway_settings import OzowSettings

WORDS: Mapping[Deed, str] = {
    each: said for each, said in deeds.WORDS.items() if each not in {Deed.REFUND, Deed.DISPUTE, Deed.STALE}
}
_STATUSES = {
    Deed.PAY_SLOWLY: ("PendingInvestigation", "Complete"),
    Deed.TWICE: ("Complete",) * 3,
    Deed.DISORDER: ("Complete", "PendingInvestigation", "Abandoned"),
    Deed.FAIL: ("Error",),
    Deed.FAIL_THEN_PAY: ("Cancelled", "Complete"),
    Deed.SILENT: (),
}
_LIES = {
    Deed.OTHER_AMOUNT: {"Amount": "1.00"},
    Deed.OTHER_MERCHANT: {"SiteCode": "OTH-OTH-001"},
    Deed.TRIED_OUT: {"IsTest": "true"},
}


@dataclass(slots=True)
class OzowSandbox:
    """One site's Ozow. orders: the forms it took, by its own number; ended: what it says when it is asked."""

    settings: OzowSettings
    orders: dict[str, dict[str, str]] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, fields: list[Field]) -> str:
        """A form that a shop sent its buyer with; gives the payment's number. Raises Refused."""
        said = dict(fields)
        wanted = hash_of((said.get(name, "") for name in ASKED), self.settings.private_key)
        if said.get("SiteCode") != self.settings.site_code:
            raise Refused("SiteCode is unknown.")
        if not is_hash(said.get("HashCheck", ""), wanted):
            raise Refused("HashCheck value has failed.")
        number = str(uuid.uuid4())
        with self._lock:
            self.orders[number] = said
        return number

    def shown(self, number: str) -> Shown | None:
        """What the page of a payment shows."""
        if (said := self.orders.get(number)) is None:
            return None
        urls = (said["SuccessUrl"], said["CancelUrl"], said["NotifyUrl"])
        return Shown(number, said["BankReference"], said["Amount"], *urls)

    def sends(self, number: str, deed: Deed) -> list[Sent]:
        """What a button makes it send."""
        return [form(body) for body in self.notices(number, deed)]

    def notices(self, number: str, deed: Deed) -> list[bytes]:
        """The bodies of the notices a deed makes Ozow send, in their order."""
        statuses = _STATUSES.get(deed, ("Complete",))
        if deed is not Deed.NEVER_SENT and statuses:
            self.ended[number] = "Complete" if "Complete" in statuses else statuses[-1]
        fields = [self.fields(number, status) | _LIES.get(deed, {}) for status in statuses]
        key = "another" if deed is Deed.WRONG_SIGNER else self.settings.private_key
        return [written(each, None if deed is Deed.UNSIGNED else key) for each in fields]

    def fields(self, number: str, status: str) -> dict[str, str]:
        """What a notice says, without its hash."""
        said = self.orders[number]
        return {
            "SiteCode": said["SiteCode"], "TransactionId": number, "TransactionReference": said["TransactionReference"],
            "Amount": said["Amount"], "Status": status, "Optional1": "", "Optional2": "", "Optional3": "",
            "Optional4": "", "Optional5": "", "CurrencyCode": said["CurrencyCode"], "IsTest": said["IsTest"],
            "StatusMessage": "", "SubStatus": "Success" if status == "Complete" else "", "BankName": "Sandbox Bank",
        }  # fmt: skip

    def answer(self, reference: str, api_key: str) -> tuple[int, str]:
        """What ``GetTransactionByReference`` answers."""
        if api_key != self.settings.api_key:
            return 401, "Unauthorized"
        found = [
            {
                "transactionId": number, "transactionReference": reference, "currencyCode": said["CurrencyCode"],
                "amount": "@", "status": self.ended[number], "at": said["Amount"],
            }
            for number, said in self.orders.items()
            if said["TransactionReference"] == reference and number in self.ended
        ]  # fmt: skip
        written = json.dumps(found)
        for each in found:  # a number as Ozow writes it, and no float on its way there
            written = written.replace('"@"', str(Decimal(each.pop("at")).normalize()), 1)
        return 200, written


def written(fields: dict[str, str], private_key: str | None) -> bytes:
    """A notice as it is posted; without a key it has no hash."""
    if private_key is None:
        return urlencode(fields).encode()
    check = hash_of((fields.get(name, "") for name in TOLD), private_key)
    return urlencode([*fields.items(), ("Hash", check)]).encode()
