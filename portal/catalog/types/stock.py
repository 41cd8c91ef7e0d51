"""The words of the shelf: what is there, what is promised, and why it changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: More than any shelf holds, and far below what a column holds.
LARGEST_COUNT = 99_999_999
LONGEST_WORDS = 200


class MovementKind(StrEnum):
    """Why the number on the shelf changed."""

    RECEIVED = "received"
    DELIVERED = "delivered"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What of a product is on the shelf. reserved: promised to orders; never more than is there."""

    on_hand: int
    reserved: int
    reorder_level: int

    @property
    def available(self) -> int:
        """What the next order can have at once."""
        return self.on_hand - self.reserved

    @property
    def low(self) -> bool:
        """Whether it is time to order again."""
        return self.available <= self.reorder_level


@dataclass(frozen=True, slots=True)
class Filled:
    """An order that waited got so much of a product."""

    order_number: str
    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class BrokenStock:
    """A product whose shelf breaks a rule that always holds, and how."""

    sku: str
    words: str
