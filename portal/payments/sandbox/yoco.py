"""Yoco as it behaves: makes pages, tells of payments and refunds by signed events, and pays back when it is asked."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core import clock
from portal.payments.gateways.yoco.signature import HEADERS, signature
from portal.payments.sandbox import deeds
from portal.payments.sandbox.deeds import Deed, Sent, Shown
from portal.platform.gateway_settings import YocoSettings

WORDS: Mapping[Deed, str] = {
    each: said for each, said in deeds.WORDS.items()
    if each not in {Deed.DISPUTE, Deed.PAY_SLOWLY, Deed.OTHER_MERCHANT, Deed.NEVER_SENT}
}  # fmt: skip
_KINDS = {
    Deed.TWICE: ("payment.succeeded",) * 3,
    Deed.DISORDER: ("payment.succeeded", "payment.failed"),
    Deed.FAIL: ("payment.failed",),
    Deed.FAIL_THEN_PAY: ("payment.failed", "payment.succeeded"),
    Deed.REFUND: ("refund.succeeded", "payment.succeeded"),
    Deed.SILENT: (),
}
_LIES: dict[Deed, dict[str, object]] = {Deed.OTHER_AMOUNT: {"amount": 100}, Deed.TRIED_OUT: {"mode": "test"}}


@dataclass(slots=True)
class YocoSandbox:
    """One account at Yoco. pages: what was asked for, by the page's number; answers: by key, so that each is one."""

    settings: YocoSettings
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[tuple[str, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def opened(self, wanted: dict[str, Any], key: str) -> dict[str, Any]:
        """``POST /api/checkouts``: the same key gives the same page."""
        with self._lock:
            if key in self.answers:
                return self.answers[key]
            number = f"ch_{secrets.token_hex(10)}"
            self.pages[number] = wanted | {"payment": f"p_{secrets.token_hex(10)}"}
            url = f"{self.settings.pay_url}/yoco/pay/{number}"
            self.answers[key] = {"id": number, "redirectUrl": url, "status": "created", "amount": wanted["amount"]}
            return self.answers[key]

    def refund(self, number: str, wanted: dict[str, Any], key: str) -> tuple[int, dict[str, Any], list[Sent]]:
        """``POST /api/checkouts/<id>/refund``: status, answer, and the event that follows when it is a new one."""
        with self._lock:
            if key in self.answers:
                return 202, self.answers[key], []
            back = sum(cents for page, cents in self.refunds if page == number)
            if number not in self.pages or back + wanted["amount"] > self.pages[number]["amount"]:
                return 422, {"displayMessage": "The amount is more than is left of the payment."}, []
            made = f"rfd_{secrets.token_hex(8)}"
            self.refunds.append((number, wanted["amount"]))
            self.answers[key] = {"id": number, "refundId": made, "status": "successful"}
            return 202, self.answers[key], [self.event("refund.succeeded", number, id=made, amount=wanted["amount"])]

    def shown(self, number: str) -> Shown | None:
        """What the page of a payment shows; events go to the shop it came from."""
        if (said := self.pages.get(number)) is None:
            return None
        amount = f"{said['amount'] // 100}.{said['amount'] % 100:02d}"
        return Shown(number, said["externalId"], amount, said["successUrl"], said["cancelUrl"], self.notify_url(number))

    def notify_url(self, number: str) -> str:
        """Where events go: registered once at Yoco, known here by where buyers come from."""
        return f"{'/'.join(self.pages[number]['successUrl'].split('/')[:3])}/webhooks/yoco"

    def sends(self, number: str, deed: Deed) -> list[Sent]:
        """What a button makes it send."""
        changes = _LIES.get(deed, {})
        sent = [self.event(kind, number, **changes) for kind in _KINDS.get(deed, ("payment.succeeded",))]
        if deed in {Deed.UNSIGNED, Deed.WRONG_SIGNER, Deed.STALE}:
            return [Sent(each.body, lambda body=each.body: self._lied(body, deed)) for each in sent]  # type: ignore[misc]
        return sent

    def _lied(self, body: bytes, deed: Deed) -> Mapping[str, str]:
        if deed is Deed.UNSIGNED:
            return {"Content-Type": "application/json"}
        moment = int(clock.now().timestamp()) - (3600 if deed is Deed.STALE else 0)
        return headers(body, b"another" if deed is Deed.WRONG_SIGNER else self.settings.signing, moment)

    def event(self, kind: str, number: str, **changes: object) -> Sent:
        """One event of a page's payment, well signed whenever it is sent."""
        said, refund = self.pages[number], kind.startswith("refund")
        payload = {
            "id": f"rfd_{number[3:]}" if refund else said["payment"], "type": "refund" if refund else "payment",
            "amount": said["amount"], "currency": said["currency"], "mode": "live",
            "status": kind.rpartition(".")[2], "metadata": {"checkoutId": number},
        } | ({"paymentId": said["payment"]} if refund else {}) | changes  # fmt: skip
        body = json.dumps({"id": f"evt_{secrets.token_hex(8)}", "type": kind, "payload": payload}).encode()
        return Sent(body, lambda: headers(body, self.settings.signing, int(clock.now().timestamp())))


def headers(body: bytes, key: bytes, moment: int) -> Mapping[str, str]:
    """The three headers of a webhook, for this moment in Unix seconds."""
    number = f"msg_{secrets.token_hex(8)}"
    values = (number, str(moment), signature(key, number, str(moment), body))
    return {"Content-Type": "application/json", **dict(zip(HEADERS, values, strict=True))}
