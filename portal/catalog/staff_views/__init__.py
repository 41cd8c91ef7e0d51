"""The catalogue as our staff see and change it: products, the shelf, prices, tables of them."""

from portal.catalog.staff_views import goods, imports, prices, stock
from portal.catalog.staff_views.blueprint import blueprint

__all__ = ["blueprint", "goods", "imports", "prices", "stock"]
