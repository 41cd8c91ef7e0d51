"""Tables of the catalogue: what is sold, and what of it is on the shelf."""

from __future__ import annotations

from portal.catalog.models.goods import Category, Product, ProductWord
from portal.catalog.models.stock import TRIGGERS, BackOrder, Movement, Reservation, Stock

__all__ = ["TRIGGERS", "BackOrder", "Category", "Movement", "Product", "ProductWord", "Reservation", "Stock"]
