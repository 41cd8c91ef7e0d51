"""Stripe as it behaves: makes pages, tells of payments, refunds and disputes by signed events, and answers for them."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core import clock
from portal.payments.gateways.stripe.notice import HEADER
from portal.payments.sandbox import deeds
from portal.payments.sandbox.deeds import Deed, Sent, Shown
from portal.platform.gateway_settings import StripeSettings

WORDS: Mapping[Deed, str] = {each: said for each, said in deeds.WORDS.items() if each is not Deed.OTHER_MERCHANT}
#: what Stripe keeps of R 100.00 here
_FEE_PERCENT = 3
_KINDS = {
    Deed.PAY: ("checkout.session.completed", "payment_intent.succeeded"),
    Deed.PAY_SLOWLY: ("payment_intent.processing", "payment_intent.succeeded"),
    Deed.TWICE: ("payment_intent.succeeded",) * 3,
    Deed.DISORDER: ("payment_intent.succeeded", "payment_intent.processing", "payment_intent.payment_failed"),
    Deed.FAIL: ("payment_intent.payment_failed",),
    Deed.FAIL_THEN_PAY: ("payment_intent.payment_failed", "payment_intent.succeeded"),
    Deed.REFUND: ("refund.created", "payment_intent.succeeded"),
    Deed.DISPUTE: ("payment_intent.succeeded", "charge.dispute.funds_withdrawn"),
    Deed.SILENT: (),
}
_STATUS = {"succeeded": "succeeded", "processing": "processing", "payment_failed": "requires_payment_method"}


@dataclass(slots=True)
class StripeSandbox:
    """One account at Stripe. payments: by their numbers; pages: by theirs, with the payment of each."""

    settings: StripeSettings
    pages: dict[str, dict[str, str]] = field(default_factory=dict)
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def opened(self, wanted: Mapping[str, str], key: str) -> dict[str, Any]:
        """``POST /v1/checkout/sessions``: the same key gives the same page."""
        with self._lock:
            if key in self.answers:
                return self.answers[key]
            number, payment = f"cs_live_{secrets.token_hex(16)}", f"pi_{secrets.token_hex(12)}"
            token = wanted["payment_intent_data[metadata][token]"]
            self.pages[number] = dict(wanted) | {"payment": payment}
            cents = int(wanted["line_items[0][price_data][unit_amount]"])
            self.payments[payment] = {"amount": cents, "token": token, "paid": False, "back": 0, "disputed": False}
            url = f"{self.settings.pay_url}/stripe/pay/{number}"
            self.answers[key] = {"id": number, "object": "checkout.session", "url": url}
            return self.answers[key]

    def payment(self, number: str) -> dict[str, Any] | None:
        """``GET /v1/payment_intents/<id>`` with its charge and what was kept of it."""
        if (said := self.payments.get(number)) is None:
            return None
        charge = {
            "id": f"ch_{number[3:]}", "object": "charge", "amount_refunded": said["back"], "disputed": said["disputed"],
            "balance_transaction": {
                "object": "balance_transaction", "currency": "zar", "fee": said["amount"] * _FEE_PERCENT // 100,
            },
        }  # fmt: skip
        return self._intent(number, "succeeded" if said["paid"] else "processing") | {"latest_charge": charge}

    def listed(self, payment: str) -> dict[str, Any]:
        """``GET /v1/refunds``."""
        found = [each for each in self.refunds if each["payment_intent"] == payment]
        return {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}

    def refund(self, wanted: Mapping[str, str], key: str) -> tuple[int, dict[str, Any], list[Sent]]:
        """``POST /v1/refunds``: status, answer, and the event that follows when it is a new one."""
        number, cents = wanted["payment_intent"], int(wanted["amount"])
        with self._lock:
            if key in self.answers:
                return 200, self.answers[key], []
            said = self.payments.get(number)
            if said is None or said["back"] + cents > said["amount"]:
                words = "The amount is more than is left of the payment."
                return 400, {"error": {"type": "invalid_request_error", "message": words}}, []
            made = self._refund(number, cents, {"refund": wanted["metadata[refund]"], "token": said["token"]})
            self.answers[key] = made
        return 200, made, [self.sent("refund.created", made)]

    def _refund(self, number: str, cents: int, metadata: Mapping[str, str]) -> dict[str, Any]:
        made = {
            "id": f"re_{secrets.token_hex(12)}", "object": "refund", "amount": cents, "currency": "zar",
            "payment_intent": number, "status": "succeeded", "metadata": dict(metadata),
        }  # fmt: skip
        self.payments[number]["back"] += cents
        self.refunds.append(made)
        return made

    def shown(self, number: str) -> Shown | None:
        """What the page of a payment shows; events go to the shop it came from."""
        if (page := self.pages.get(number)) is None:
            return None
        cents = self.payments[page["payment"]]["amount"]
        urls = (page["success_url"], page["cancel_url"], self.notify_url(number))
        item = page["line_items[0][price_data][product_data][name]"]
        return Shown(number, item, f"{cents // 100}.{cents % 100:02d}", *urls)

    def notify_url(self, number: str) -> str:
        """Where events go: registered once at Stripe, known here by where buyers come from."""
        return f"{'/'.join(self.pages[number]['success_url'].split('/')[:3])}/webhooks/stripe"

    def page_of(self, payment: str) -> str:
        """The page on which a payment was begun."""
        return next(number for number, page in self.pages.items() if page["payment"] == payment)

    def sends(self, number: str, deed: Deed) -> list[Sent]:
        """What a button makes it send."""
        payment = self.pages[number]["payment"]
        kinds = _KINDS.get(deed, ("payment_intent.succeeded",))
        if deed not in {Deed.FAIL, Deed.NEVER_SENT}:
            self.payments[payment]["paid"] = True
        changes: dict[str, object] = {"amount_received": 100, "amount": 100} if deed is Deed.OTHER_AMOUNT else {}
        objects = [(kind, self.about(kind, number) | changes) for kind in kinds]
        live = deed is not Deed.TRIED_OUT
        sent = [self.sent(kind, about, live=live) for kind, about in objects]
        if deed in {Deed.UNSIGNED, Deed.WRONG_SIGNER, Deed.STALE}:
            return [Sent(each.body, lambda body=each.body: self._lied(body, deed)) for each in sent]  # type: ignore[misc]
        return sent

    def _lied(self, body: bytes, deed: Deed) -> Mapping[str, str]:
        if deed is Deed.UNSIGNED:
            return {"Content-Type": "application/json"}
        moment = int(clock.now().timestamp()) - (3600 if deed is Deed.STALE else 0)
        return headers(body, "whsec_another" if deed is Deed.WRONG_SIGNER else self.settings.signing, moment)

    def about(self, kind: str, number: str) -> dict[str, Any]:
        """The object that an event tells of, and what it does to the payment."""
        payment = self.pages[number]["payment"]
        said = self.payments[payment]
        if kind.startswith("checkout"):
            return {
                "id": number, "object": "checkout.session", "client_reference_id": said["token"], "currency": "zar",
                "payment_intent": payment, "payment_status": "paid", "amount_total": said["amount"],
            }  # fmt: skip
        if kind.startswith("refund"):
            return self._refund(payment, said["amount"], {})
        if kind.startswith("charge"):
            said["disputed"] = True
            return {
                "id": f"dp_{secrets.token_hex(12)}", "object": "dispute", "amount": said["amount"], "currency": "zar",
                "payment_intent": payment, "status": "needs_response",
            }  # fmt: skip
        return self._intent(payment, _STATUS[kind.rpartition(".")[2]])

    def _intent(self, number: str, status: str) -> dict[str, Any]:
        said = self.payments[number]
        return {
            "id": number, "object": "payment_intent", "amount": said["amount"], "currency": "zar", "status": status,
            "amount_received": said["amount"] if status == "succeeded" else 0, "metadata": {"token": said["token"]},
        }  # fmt: skip

    def sent(self, kind: str, about: Mapping[str, object], *, live: bool = True) -> Sent:
        """One event, well signed whenever it is sent."""
        event = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": kind, "livemode": live}
        body = json.dumps(event | {"data": {"object": dict(about)}}).encode()
        return Sent(body, lambda: headers(body, self.settings.signing, int(clock.now().timestamp())))


def headers(body: bytes, secret: str, moment: int) -> Mapping[str, str]:
    """The header that signs an event, for this moment in Unix seconds; written here without Stripe's library."""
    digest = hmac.digest(secret.encode(), f"{moment}.".encode() + body, "sha256").hex()
    return {"Content-Type": "application/json", HEADER: f"t={moment},v1={digest}"}
