"""The words of cancelling: what of an order has not left, and what comes off its invoice for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.core.money import Money
from portal.orders.types import OrderInfo, State
from portal.orders.types.deliveries import OpenLine

#: Where an order can be cancelled; a draft is its company's own, and what left is taken back by a credit note alone.
CANCELLABLE = frozenset({State.PLACED, State.HELD, State.RELEASED, State.PART_DELIVERED})


@dataclass(frozen=True, slots=True)
class Credit:
    """What a cancellation takes off the invoice. balance: what is to pay after it; freed: paid, and credit from then on."""

    invoice_number: str
    quantities: Mapping[int, Decimal]
    total: Money
    balance: Money
    freed: Money


@dataclass(frozen=True, slots=True)
class Rest:
    """What of an order has not left the warehouse. credit: None where nothing comes off an invoice."""

    order: OrderInfo
    lines: tuple[OpenLine, ...]
    credit: Credit | None

    @property
    def whole(self) -> bool:
        """Whether nothing of the order has left, so that all of it ends."""
        return not self.order.has_left

    @property
    def mark(self) -> str:
        """Changes with anything that a cancellation would do, so that it does what was seen."""
        pieces = "-".join(str(line.left) for line in self.lines)
        credit = f"{self.credit.total.plain}:{self.credit.freed.plain}" if self.credit else "nothing"
        return f"{self.order.state.value}:{pieces}:{credit}"


def to_credit(lines: Iterable[OpenLine], credited: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Position of a line → how much of it comes off the invoice because it is not delivered any more.

    credited: what earlier credit notes took back, by position. They count as of these goods first: what was meant
    for goods that came back can still be credited by hand, what was credited twice could not be taken back.
    Source: docs/rules/release.md R12.
    """
    found = {}
    for position, line in enumerate(lines, 1):
        quantity = line.left - credited.get(position, Decimal(0))
        if quantity > 0:
            found[position] = Decimal(quantity)
    return found
