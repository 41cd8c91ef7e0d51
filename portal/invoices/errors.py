"""What can go wrong with an invoice."""

from __future__ import annotations

from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money


class NotIssuable(BadInput):
    """The invoice would lack something that the VAT Act wants on it; nothing was issued."""


class MoreThanOwed(Conflict):
    """More money was to be put against an invoice than it still needs."""

    def __init__(self, number: str, balance: Money, amount: Money) -> None:
        super().__init__(f"{number} needs {balance}; {amount} is more than that")
        self.number, self.balance, self.amount = number, balance, amount


class PayLinkRefused(NotFound):
    """The link is not one of ours, or somebody changed it."""


class PayLinkExpired(NotFound):
    """The link was ours and its time is over."""
