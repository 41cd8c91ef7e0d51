"""What can go wrong with an order."""

from __future__ import annotations

from portal.core.errors import BadInput, Conflict


class CartEmpty(BadInput):
    """There is nothing in the cart, or nothing that is still sold."""


class CartChanged(Conflict):
    """The cart is not the one the person looked at when they ordered."""


class NeedsCreditNote(Conflict):
    """The order has its invoice, which a credit note lowers; nobody has looked at that yet."""


class NotEvidence(BadInput):
    """The file is not a picture that we take as proof of a delivery."""


class OwnOrder(Conflict):
    """A person wants to approve what they ordered themselves."""


class PricesOld(Conflict):
    """What was offered or asked for cannot be had at its price any more."""
