"""Ozow: a form with a hash sends the buyer there; a notice with a hash comes back, and Ozow is asked about it.

Source: docs/rules/gateways.md, G10.
"""

from __future__ import annotations

from urllib.parse import urlencode

from portal.core.errors import Unavailable
from portal.payments.gateways.ozow import notice
from portal.payments.gateways.ozow.signature import ASKED, hash_of
from portal.payments.types.online import LABELS, OZOW, Asked, GatewayEvent, Handover, Posted
from portal.platform import outbound
from portal.platform.gateway_settings import OzowSettings

#: so many characters of ours reach the bank statement
_BANK_REFERENCE = 20


class Ozow:
    """Our site at Ozow."""

    code, label = OZOW, LABELS[OZOW]
    pays_by = "instant EFT from your bank"
    signed_by: tuple[str, ...] = ()

    def __init__(self, settings: OzowSettings) -> None:
        self._own = settings

    def handover(self, asked: Asked) -> Handover:
        """The form in the order that Ozow documents, with its hash."""
        values = {
            "SiteCode": self._own.site_code, "CountryCode": "ZA", "CurrencyCode": "ZAR", "Amount": asked.amount.plain,
            "TransactionReference": asked.token, "BankReference": asked.invoice_number[:_BANK_REFERENCE],
            "CancelUrl": asked.cancel_url, "ErrorUrl": asked.back_url, "SuccessUrl": asked.back_url,
            "NotifyUrl": asked.notify_url, "IsTest": "true" if self._own.test else "false",
        }  # fmt: skip
        fields = tuple((name, values[name]) for name in ASKED)
        check = hash_of((value for _, value in fields), self._own.private_key, key_as_is=self._own.key_as_is)
        return Handover(self._own.url, (*fields, ("HashCheck", check)))

    def read(self, posted: Posted) -> GatewayEvent:
        """What the notice says. Raises NoticeRefused."""
        return notice.event_of(posted.body, self._own)

    def check_source(self, address: str) -> None:
        """Ozow names no addresses: the hash and its own word are what counts."""

    def ask_back(self, posted: Posted, event: GatewayEvent) -> GatewayEvent:
        """Ask Ozow for the payment by our reference. Anything but a clear answer counts as none."""
        query = urlencode({"siteCode": self._own.site_code, "transactionReference": event.reference})
        answer = outbound.ask(
            "GET", f"{self._own.api_url}/GetTransactionByReference?{query}",
            headers={"ApiKey": self._own.api_key, "Accept": "application/json"},
        )  # fmt: skip
        if answer.status != 200:
            raise Unavailable(f"Ozow gave no usable answer (status {answer.status})")
        notice.check_answer(answer.text, event)
        return event
