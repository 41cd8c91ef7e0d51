"""PayFast: a signed form sends the buyer there; a notice comes back, which PayFast itself is asked about.

Source: docs/rules/gateways.md, G1 to G4.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from portal.core.errors import Unavailable
from portal.payments.errors import NoticeRefused
from portal.payments.gateways.form import Field
from portal.payments.gateways.payfast import notice
from portal.payments.gateways.payfast.signature import joined, signature
from portal.payments.types.online import LABELS, PAYFAST, Asked, GatewayEvent, Handover, Posted
from portal.platform import outbound
from portal.platform.gateway_settings import PayFastSettings


class PayFast:
    """Our account at PayFast."""

    code, label = PAYFAST, LABELS[PAYFAST]
    pays_by = "card or instant EFT"
    signed_by: tuple[str, ...] = ()

    def __init__(self, settings: PayFastSettings) -> None:
        self._own = settings

    def handover(self, asked: Asked) -> Handover:
        """The form in the order that PayFast documents; empty fields are left out, values stripped, as it signs them."""
        order = (
            ("merchant_id", self._own.merchant_id), ("merchant_key", self._own.merchant_key),
            ("return_url", asked.back_url), ("cancel_url", asked.cancel_url), ("notify_url", asked.notify_url),
            ("email_address", asked.email), ("m_payment_id", asked.token), ("amount", asked.amount.plain),
            ("item_name", f"Invoice {asked.invoice_number}"),
        )  # fmt: skip
        fields: list[Field] = [(name, value.strip()) for name, value in order if value.strip()]
        signed = (*fields, (notice.SIGNATURE, signature(fields, self._own.passphrase)))
        return Handover(f"{self._own.url}/eng/process", signed)

    def read(self, posted: Posted) -> GatewayEvent:
        """What the notice says. Raises NoticeRefused."""
        return notice.event_of(posted.body, self._own.passphrase, self._own.merchant_id)

    def check_source(self, address: str) -> None:
        """By the networks in our settings and the addresses that host names have at this moment.

        Raises NoticeRefused; Unavailable when no name can be resolved.
        """
        networks = [host for host in self._own.hosts if "/" in host]
        names = tuple(host for host in self._own.hosts if "/" not in host)
        if _is_in(address, networks) or (names and address in outbound.addresses_of(names)):
            return
        raise NoticeRefused("source", f"{address or 'Nobody'} is none of PayFast’s addresses.")

    def ask_back(self, posted: Posted, event: GatewayEvent) -> GatewayEvent:
        """Send the signed fields back and demand ``VALID``. Anything but a clear yes or no counts as no answer."""
        said = joined(notice.signed_fields(posted.body, self._own.passphrase))
        answer = outbound.post_form(f"{self._own.url}/eng/query/validate", said.encode())
        word = answer.text.strip()
        if answer.status == 200 and word == "INVALID":
            raise NoticeRefused("confirmation", "PayFast says that it did not send this.")
        if answer.status != 200 or word != "VALID":
            raise Unavailable(f"PayFast gave no usable answer (status {answer.status})")
        return event


def _is_in(address: str, networks: Iterable[str]) -> bool:
    """Whether an address belongs to one of these networks, which are ``197.97.145.144/28`` and the like."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(network, strict=False) for network in networks)
