"""Tables of the catalogue: what is sold, and what of it is on the shelf."""

from __future__ import annotations

from portal.catalog.models.goods import Category, Product, ProductDocument, ProductPicture, ProductWord, WordSlip
from portal.catalog.models.imports import CatalogImport
from portal.catalog.models.prices import ExchangeRate, ListedPrice, PriceList, PriceListCustomer
from portal.catalog.models.stock import TRIGGERS, BackOrder, Movement, Reservation, Stock

__all__ = [
    "TRIGGERS",
    "BackOrder",
    "CatalogImport",
    "Category",
    "ExchangeRate",
    "ListedPrice",
    "Movement",
    "PriceList",
    "PriceListCustomer",
    "Product",
    "ProductDocument",
    "ProductPicture",
    "ProductWord",
    "Reservation",
    "Stock",
    "WordSlip",
]
