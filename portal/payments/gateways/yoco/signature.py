"""How Yoco signs, as Standard Webhooks do: HMAC-SHA256 over ``id.timestamp.body``, in base64, several signatures at most."""

from __future__ import annotations

import base64
import hmac

from portal.payments.errors import NoticeRefused
from portal.payments.gateways.sealed import check_age
from portal.payments.types.online import Posted

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE_S = 180


def signature(key: bytes, number: str, moment: str, body: bytes) -> str:
    """``v1,`` and the signature of a notice with this id and this time in Unix seconds."""
    digest = hmac.digest(key, b".".join((number.encode(), moment.encode(), body)), "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def check(posted: Posted, key: bytes) -> None:
    """Raise NoticeRefused unless one of its signatures is Yoco's and it was signed when it came."""
    number, moment, given = (*posted.signature.split("\n"), "", "", "")[:3]
    wanted = signature(key, number, moment, posted.body).encode()
    matches = [hmac.compare_digest(wanted, each.encode()) for each in given.split(" ")]
    if not number or not any(matches):
        raise NoticeRefused("signature", "The signature is not Yoco’s.")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        raise NoticeRefused("shape", "The notice does not say when it was signed.")
    check_age(int(moment), posted.at, TOLERANCE_S)
