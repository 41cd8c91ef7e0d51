"""Looking at the shelf: what is low, what moved, who waits."""

from __future__ import annotations

from portal.catalog.queries import shelves as queries
from portal.catalog.types import MovementFilter, MovementInfo, Shelf, ShelfFilter, Waiting
from portal.platform.paging import Page, asked_for

_PAGE = 50
_MOST_ORDERS = 50


def shelves(
    wanted: ShelfFilter = ShelfFilter.ALL, search: str = "", after: str | None = None, limit: int = _PAGE
) -> Page[Shelf]:
    """One page of the products that stock is kept of. LOW: those at or below their reorder level."""
    return queries.shelves_page(wanted, asked_for(search), after, limit)


def movements(wanted: MovementFilter, after: str | None = None, limit: int = _PAGE) -> Page[MovementInfo]:
    """One page of movements, newest first."""
    return queries.movements_page(wanted, after, limit)


def back_orders(after: str | None = None, limit: int = _PAGE) -> Page[Waiting]:
    """One page of what orders wait for, the longest waiting first."""
    return queries.back_orders_page(after, limit)


def orders_of_product(product_id: int) -> tuple[list[Waiting], list[Waiting]]:
    """Orders that have a product reserved, and orders that wait for it; fifty of each at most, oldest first."""
    return queries.orders_of(product_id, _MOST_ORDERS)
