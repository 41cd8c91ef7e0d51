"""What the gateways' interfaces are asked, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from portal.payments.sandbox.deeds import Sent
from portal.payments.sandbox.ozow import OzowSandbox
from portal.payments.sandbox.payfast import Sandbox
from portal.payments.sandbox.stripe import StripeSandbox
from portal.payments.sandbox.yoco import YocoSandbox

TEXT, JSON = "text/plain", "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to an interface. headers: by their names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. location: where to send the browser; sends: notices that follow, and where they go."""

    status: int
    kind: str
    text: str
    location: str = ""
    sends: Sequence[Sent] = ()
    to: str = ""


def answer(payfast: Sandbox, ozow: OzowSandbox, yoco: YocoSandbox, stripe: StripeSandbox, asked: Asked) -> Reply | None:
    """The answer to a question, None for an address that is no interface's."""
    if asked.path == "/eng/query/validate":
        return Reply(200, TEXT, payfast.validate(asked.body))
    if asked.path == "/ozow/GetTransactionByReference":
        status, text = ozow.answer(asked.query.get("transactionReference", ""), asked.headers.get("apikey", ""))
        return Reply(status, JSON, text)
    if asked.path.startswith("/yoco/api/checkouts"):
        return _yoco(yoco, asked)
    return _stripe(stripe, asked) if asked.path.startswith("/stripe/v1/") else None


def _yoco(yoco: YocoSandbox, asked: Asked) -> Reply:
    key = asked.headers.get("idempotency-key", "")
    if asked.headers.get("authorization") != f"Bearer {yoco.settings.secret_key}" or not key:
        return Reply(403, JSON, json.dumps({"description": "The key is unknown."}))
    wanted = json.loads(asked.body)
    if not asked.path.endswith("/refund"):
        return Reply(200, JSON, json.dumps(yoco.opened(wanted, key)))
    number = asked.path.split("/")[-2]
    status, said, sends = yoco.refund(number, wanted, key)
    return Reply(status, JSON, json.dumps(said), sends=sends, to=yoco.notify_url(number) if sends else "")


def _stripe(stripe: StripeSandbox, asked: Asked) -> Reply:
    key, wanted = asked.headers.get("idempotency-key", ""), dict(parse_qsl(asked.body))
    if asked.headers.get("authorization") != f"Bearer {stripe.settings.secret_key}":
        return _said(401, {"error": {"type": "authentication_error", "message": "Invalid API Key provided"}})
    what, _, number = asked.path.removeprefix("/stripe/v1/").partition("/")
    if asked.method == "POST" and what == "checkout":
        return _said(200, stripe.opened(wanted, key))
    if asked.method == "GET" and what == "payment_intents" and (found := stripe.payment(number)) is not None:
        return _said(200, found)
    if what == "refunds" and asked.method == "GET":
        return _said(200, stripe.listed(asked.query.get("payment_intent", "")))
    if what == "refunds":
        status, said, sends = stripe.refund(wanted, key)
        to = stripe.notify_url(stripe.page_of(wanted["payment_intent"])) if sends else ""
        return Reply(status, JSON, json.dumps(said), sends=sends, to=to)
    return _said(404, {"error": {"type": "invalid_request_error", "message": "No such thing", "code": "missing"}})


def _said(status: int, found: object) -> Reply:
    return Reply(status, JSON, json.dumps(found))
