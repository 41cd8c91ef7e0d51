"""The catalogue as our staff see and change it: products, the shelf, prices."""

from portal.catalog.staff_views import goods, prices, stock
from portal.catalog.staff_views.blueprint import blueprint

__all__ = ["blueprint", "goods", "prices", "stock"]
