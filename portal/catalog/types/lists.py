"""What the lists of the shelf show: levels, movements, who waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.catalog.types.stock import MovementKind, StockLevel


class ShelfFilter(StrEnum):
    """Which shelves a list shows."""

    ALL = "all"
    LOW = "low"

    @classmethod
    def of(cls, text: str | None) -> ShelfFilter:
        """The filter an address asks for; all when it asks for none of ours."""
        return next((each for each in cls if each == text), cls.ALL)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product with what is on its shelf."""

    product_id: int
    sku: str
    name: str
    unit: str
    active: bool
    level: StockLevel


@dataclass(frozen=True, slots=True)
class MovementInfo:
    """One movement. on_hand: what was there after it. order_number: for which order it left, empty for others."""

    id: int
    sku: str
    name: str
    unit: str
    kind: MovementKind
    quantity: int
    on_hand: int
    order_number: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that has a product reserved, or waits for it."""

    order_number: str
    sku: str
    name: str
    unit: str
    quantity: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements a list shows: of a product, of a kind, of an order, between two days."""

    sku: str = ""
    kind: MovementKind | None = None
    order_number: str = ""
    first_day: date | None = None
    last_day: date | None = None
