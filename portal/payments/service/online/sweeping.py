"""Payments that were handed to a gateway and of which nothing was heard: nobody waits for them for ever."""

from __future__ import annotations

from datetime import timedelta

from portal.core import clock
from portal.payments.queries import online
from portal.payments.service.moving import hold, step
from portal.payments.types import PaymentState
from portal.payments.types.online import LABELS

#: looked for every minute, so that nothing is pending for longer than fifteen
WAIT = timedelta(minutes=14)
_AT_ONCE = 500


def left_alone() -> list[int]:
    """Payments that are pending for longer than WAIT, oldest first."""
    return online.left_alone(clock.now() - WAIT, _AT_ONCE)


def end(payment_id: int) -> None:
    """End a payment of which its gateway told nothing in time; decided meanwhile, it stays as it is. Flushes.

    Its invoice can be paid in every way as before, and should the money come after all, it counts.
    Source: docs/rules/gateways.md, G8.
    """
    payment = hold(payment_id).payment
    if payment.state != PaymentState.PENDING:
        return
    label = LABELS.get(payment.method, payment.method)
    step(payment, PaymentState.EXPIRED, by=None, reason=f"{label} told us nothing within fifteen minutes.")
