"""Payment gateways behind one small interface (shape.Gateway). A gateway without its settings is not there at all."""

from __future__ import annotations

from portal.core.errors import NotFound
from portal.payments.gateways.ozow import Ozow
from portal.payments.gateways.payfast import PayFast
from portal.payments.gateways.shape import Gateway, Hosted
from portal.payments.gateways.stripe import Stripe
from portal.payments.gateways.yoco import Yoco
from portal.payments.types.online import OZOW, PAYFAST, STRIPE, YOCO
from portal.platform import config


def active() -> dict[str, Gateway]:
    """The gateways that are switched on, by their code, in the order in which they are offered."""
    own, found = config.current().gateways, dict[str, Gateway]()
    if own.payfast is not None:
        found[PAYFAST] = PayFast(own.payfast)
    if own.ozow is not None:
        found[OZOW] = Ozow(own.ozow)
    return found | _hosted()


def _hosted() -> dict[str, Hosted]:
    own, found = config.current().gateways, dict[str, Hosted]()
    if own.yoco is not None:
        found[YOCO] = Yoco(own.yoco)
    if own.stripe is not None:
        found[STRIPE] = Stripe(own.stripe)
    return found


def named(code: str) -> Gateway:
    """One of them. Raises NotFound for a gateway that is off or that nobody knows."""
    found = active().get(code)
    if found is None:
        raise NotFound(f"no gateway {code}")
    return found


def hosted(code: str) -> Hosted:
    """One that makes pages and pays back by itself. Raises NotFound for every other."""
    found = _hosted().get(code)
    if found is None:
        raise NotFound(f"no gateway {code} that makes pages")
    return found


def is_hosted(code: str) -> bool:
    """Whether this gateway is on, makes pages and pays back by itself."""
    return code in _hosted()


__all__ = ["Gateway", "Hosted", "active", "hosted", "is_hosted", "named"]
