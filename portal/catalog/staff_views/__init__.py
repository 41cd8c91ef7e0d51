"""The catalogue as our staff see and change it: products, the shelf, prices, tables of them."""

from portal.catalog.staff_views import files, goods, imports, prices, stock
from portal.catalog.staff_views.blueprint import blueprint

__all__ = ["blueprint", "files", "goods", "imports", "prices", "stock"]
