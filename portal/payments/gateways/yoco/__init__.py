"""Yoco: it makes a page for each payment; its events come back, signed; refunds go through its interface.

Source: docs/rules/gateways.md, G11.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from portal.core.errors import Unavailable
from portal.payments.gateways.sealed import text
from portal.payments.gateways.yoco import notice
from portal.payments.gateways.yoco.signature import HEADERS
from portal.payments.types.online import (
    LABELS,
    YOCO,
    Asked,
    GatewayEvent,
    GiveBack,
    GivenBack,
    Handover,
    Opened,
    Posted,
)
from portal.platform import outbound
from portal.platform.gateway_settings import YocoSettings

#: a clear no; every other status but 200 leaves open whether it was done
_NO = frozenset({400, 404, 422})


class Yoco:
    """Our account at Yoco."""

    code, label = YOCO, LABELS[YOCO]
    pays_by = "card"
    signed_by = HEADERS

    def __init__(self, settings: YocoSettings) -> None:
        self._own = settings

    def handover(self, asked: Asked) -> Handover:
        """No form of ours: the page is made once the buyer goes on."""
        return Handover(self._own.pay_url)

    def open(self, asked: Asked) -> Opened:
        """The page of a payment; under the same key Yoco gives the same one. Raises Unavailable."""
        wanted = {
            "amount": asked.amount.cents, "currency": "ZAR", "successUrl": asked.back_url,
            "cancelUrl": asked.cancel_url, "failureUrl": asked.back_url, "externalId": asked.invoice_number,
            "metadata": {"token": asked.token},
        }  # fmt: skip
        answer = self._ask("/api/checkouts", wanted, f"open-{asked.token}")
        said = _object(answer)
        made = Opened(text(said, "id")[:120], text(said, "redirectUrl"))
        if answer.status not in {200, 201} or not made.number or not _same_host(made.url, self._own.pay_url):
            raise Unavailable(f"Yoco gave no usable answer (status {answer.status})")
        return made

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """Pay back, once for its key. Raises Unavailable when Yoco leaves open whether it does."""
        asked = {"amount": wanted.amount.cents, "metadata": {"refund": str(wanted.refund_id)}}
        answer = self._ask(f"/api/checkouts/{wanted.page}/refund", asked, wanted.key)
        said = _object(answer)
        if answer.status in _NO:
            return GivenBack(refused=text(said, "displayMessage") or text(said, "description") or "It gave no reason.")
        if answer.status not in {200, 201, 202} or not (number := text(said, "refundId")):
            raise Unavailable(f"Yoco gave no usable answer (status {answer.status})")
        return GivenBack(number[:40])

    def _ask(self, path: str, wanted: object, key: str) -> outbound.Answer:
        headers = {
            "Authorization": f"Bearer {self._own.secret_key}", "Content-Type": "application/json",
            "Idempotency-Key": key,
        }  # fmt: skip
        return outbound.ask("POST", f"{self._own.url}{path}", json.dumps(wanted).encode(), headers)

    def read(self, posted: Posted) -> GatewayEvent:
        """What an event says. Raises NoticeRefused, NothingToFollow."""
        return notice.event_of(posted, self._own)

    def check_source(self, address: str) -> None:
        """Yoco names no addresses: its signature is what counts."""

    def ask_back(self, posted: Posted, event: GatewayEvent) -> GatewayEvent:
        """Nobody is asked: only Yoco and we know the key that signed it."""
        return event


def _object(answer: outbound.Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _same_host(url: str, wanted: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(wanted)[:2]
