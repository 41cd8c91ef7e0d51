"""What can go wrong in the catalogue."""

from __future__ import annotations

from portal.core.errors import BadInput, Conflict


class NotAPicture(BadInput):
    """The file is no picture that we show."""


class NotEnoughStock(Conflict):
    """More of a product is to leave than its order and the shelf have."""


class StockNotKept(BadInput):
    """No stock is kept of this product, so nothing of it is received or counted."""


class NoExchangeRate(Conflict):
    """A price has to be converted, and no rate counts on that day."""


class NotADocument(BadInput):
    """The file is no PDF that we keep."""


class NotATable(BadInput):
    """The file is no table that we read; its words say what to do."""
