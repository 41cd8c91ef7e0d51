"""Reading Yoco's events: payments that succeeded or failed, and refunds.

Source: docs/rules/gateways.md, G11; developer.yoco.com, "Webhooks".
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.money import Money
from portal.payments.errors import NothingToFollow, NoticeRefused
from portal.payments.gateways.sealed import cents, demand_rand, inner, number, reference, text, values_of
from portal.payments.gateways.yoco.signature import check
from portal.payments.types.online import GatewayEvent, Posted, Told
from portal.platform.gateway_settings import YocoSettings

_PAYMENTS = {"payment.succeeded": Told.SETTLED, "payment.failed": Told.FAILED}
_REFUNDS = {"refund.succeeded": Told.REFUNDED, "refund.failed": Told.KEPT}


def event_of(posted: Posted, own: YocoSettings) -> GatewayEvent:
    """What an event says, once its signature is right. Raises NoticeRefused, NothingToFollow."""
    check(posted, own.signing)
    values = values_of(posted.body)
    kind, payload = text(values, "type"), inner(values, "payload")
    told = (_PAYMENTS | _REFUNDS).get(kind)
    if told is None:
        raise NothingToFollow(f"Yoco told of {kind[:40] or 'nothing'}; that moves no money of ours.")
    if text(payload, "mode") != "live":
        raise NoticeRefused("test", "It was tried out; no money moved.")
    demand_rand(payload)
    page = reference(inner(payload, "metadata"), "checkoutId")
    if not page:
        raise NoticeRefused("shape", "The notice does not say which payment it is of.")
    return _event(told, page, payload)


def _event(told: Told, page: str, payload: Mapping[str, object]) -> GatewayEvent:
    gross, nothing = Money.zar(cents(payload, "amount")), Money.zar(0)
    if told in _PAYMENTS.values():
        if text(payload, "status") != ("succeeded" if told is Told.SETTLED else "failed"):
            raise NoticeRefused("status", "The event and its payment say different things.")
        return GatewayEvent(told, page, number(payload, "id"), gross, nothing)
    ours = text(inner(payload, "metadata"), "refund")
    return GatewayEvent(told, page, number(payload, "paymentId"), gross, nothing, number(payload, "id"), ours)
