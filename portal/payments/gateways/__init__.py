"""Payment gateways behind one small interface (shape.Gateway). A gateway without its settings is not there at all."""

from __future__ import annotations

from portal.core.errors import NotFound
from portal.payments.gateways.payfast import PayFast
from portal.payments.gateways.shape import Gateway
from portal.payments.types.online import PAYFAST
from portal.platform import config


def active() -> dict[str, Gateway]:
    """The gateways that are switched on, by their code."""
    settings = config.current()
    return {} if settings.payfast is None else {PAYFAST: PayFast(settings.payfast)}


def named(code: str) -> Gateway:
    """One of them. Raises NotFound for a gateway that is off or that nobody knows."""
    found = active().get(code)
    if found is None:
        raise NotFound(f"no gateway {code}")
    return found


__all__ = ["Gateway", "active", "named"]
