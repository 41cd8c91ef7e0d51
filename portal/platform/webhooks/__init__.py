"""Events of customers, sent to addresses that they register (Standard Webhooks)."""

from portal.platform.webhooks.keeping import (
    address,
    addresses_of,
    deliveries,
    delivery,
    register_address,
    remove,
    replay,
    rotate,
    send_test,
    switch,
)
from portal.platform.webhooks.sending import register, when_off
from portal.platform.webhooks.telling import tell

__all__ = [
    "address",
    "addresses_of",
    "deliveries",
    "delivery",
    "register",
    "register_address",
    "remove",
    "replay",
    "rotate",
    "send_test",
    "switch",
    "tell",
    "when_off",
]
