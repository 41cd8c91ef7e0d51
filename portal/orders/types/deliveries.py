"""The words of delivering: what left, what is left, and who received it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from portal.core.errors import Conflict, IllegalMove
from portal.orders.types import OrderInfo

LONGEST_NOTE = 300
LONGEST_RECEIVER = 120


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    SENT = "sent"
    RECEIVED = "received"


#: From each state, those it may become.
DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.SENT: frozenset({DeliveryState.RECEIVED}),
    DeliveryState.RECEIVED: frozenset(),
}


def check_delivery_move(number: str, state: DeliveryState, wanted: DeliveryState) -> None:
    """Raise IllegalMove unless the table has this move."""
    if wanted not in DELIVERY_MOVES[state]:
        raise IllegalMove(number, state.value, wanted.value)


class DispatchFilter(StrEnum):
    """Which orders the dispatcher looks at."""

    RELEASED = "released"
    PART = "part"
    HELD = "held"
    WAITING = "waiting"

    @classmethod
    def of(cls, text: str | None) -> DispatchFilter:
        """The filter an address asks for; what may leave when it asks for none of ours."""
        return next((each for each in cls if each == text), cls.RELEASED)


class DeliveryFilter(StrEnum):
    """Which delivery notes a list shows."""

    ALL = "all"
    SENT = "sent"
    RECEIVED = "received"

    @classmethod
    def of(cls, text: str | None) -> DeliveryFilter:
        """The filter an address asks for."""
        return next((each for each in cls if each == text), cls.ALL)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One line of an order and how much of it has left. waits: how much of the rest is not in stock yet."""

    line_id: int
    product_id: int
    sku: str
    description: str
    unit: str
    ordered: int
    delivered: int
    waits: int = 0

    @property
    def left(self) -> int:
        """What is still to be delivered."""
        return self.ordered - self.delivered


def spread(lines: Iterable[OpenLine], awaited: Mapping[int, int]) -> tuple[OpenLine, ...]:
    """The lines with what each waits for; a product on several lines is short on the last of them first."""
    short, spread_lines = dict(awaited), []
    for line in reversed(tuple(lines)):
        waits = min(line.left, short.get(line.product_id, 0))
        short[line.product_id] = short.get(line.product_id, 0) - waits
        spread_lines.append(replace(line, waits=waits))
    return tuple(reversed(spread_lines))


DELIVERY_HEADS = (
    "Delivery note", "Customer", "Order", "PO number", "State", "Left", "Sent by", "Received", "Received by", "Deliver to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """A delivery as lists show it. evidence: whether there is a picture or signature."""

    id: int
    number: str
    order_number: str
    customer_id: int
    customer_name: str
    po_number: str
    address: tuple[str, ...]
    note: str
    state: DeliveryState
    sent_at: datetime
    sent_by: str
    received_at: datetime | None
    receiver: str
    recorded_by: str
    evidence: bool

    def cells(self) -> tuple[str | datetime | None, ...]:
        """One row of a file, under DELIVERY_HEADS."""
        return (
            self.number, self.customer_name, self.order_number, self.po_number, self.state.value, self.sent_at,
            self.sent_by, self.received_at, self.receiver, ", ".join(self.address),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """One line of a delivery note. left: what the order still waits for after all deliveries."""

    sku: str
    description: str
    unit: str
    quantity: int
    ordered: int


@dataclass(frozen=True, slots=True)
class DeliveryDetail:
    """A delivery with everything its page and its note show."""

    info: DeliveryInfo
    lines: tuple[DeliveredLine, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """An order at the dispatcher's desk: how many pieces have left of how many."""

    order: OrderInfo
    gone: int
    ordered: int


@dataclass(frozen=True, slots=True)
class PickLine:
    """One line of an order on the pick list."""

    order_number: str
    customer_name: str
    sku: str
    description: str
    unit: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One product to fetch for all orders that wait for it."""

    sku: str
    description: str
    unit: str
    quantity: int
    orders: tuple[PickLine, ...]


def to_pick(lines: Iterable[PickLine]) -> tuple[Pick, ...]:
    """The pick list: each product once, with the sum of what its orders wait for, by code."""
    by_sku: dict[str, list[PickLine]] = {}
    for line in lines:
        by_sku.setdefault(line.sku, []).append(line)
    return tuple(
        Pick(sku, rows[0].description, rows[0].unit, sum(row.quantity for row in rows), tuple(rows))
        for sku, rows in sorted(by_sku.items())
    )


def check_quantities(lines: Iterable[OpenLine], wanted: Mapping[int, int]) -> dict[int, int]:
    """Line id → quantity that leaves now, nothing left out above zero.

    Raises Conflict for a line of another order and for more than what is left of it.
    Source: docs/rules/orders.md O3.
    """
    known = {line.line_id: line for line in lines}
    if unknown := set(wanted) - set(known):
        raise Conflict(f"Line {min(unknown)} is not of this order. Open it again.")
    for line_id, quantity in wanted.items():
        line = known[line_id]
        if not 0 <= quantity <= line.left:
            raise Conflict(f"Of {line.sku}, {line.left} are left to deliver, not {quantity}. Open the order again.")
    return {line_id: quantity for line_id, quantity in wanted.items() if quantity}
