"""What the demo company sells: categories, products and their pictures. Invented articles, no maker's names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from portal.core.money import Money
from portal.demo.drawing import products as drawing

_PRODUCTS = Path(__file__).with_name("products.csv")


@dataclass(frozen=True, slots=True)
class CategoryName:
    """A shelf: its address, name and the icon of the sprite that stands for it."""

    slug: str
    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class ProductName:
    """One article. price: for one unit, without VAT. kind and accent: what its picture shows."""

    sku: str
    name: str
    category: str
    unit: str
    pack: str
    price: Money
    description: str
    kind: str
    accent: str

    @property
    def picture(self) -> bytes:
        """WebP, 600 × 450, drawn when asked for."""
        return drawing.picture(self.kind, self.accent)


CATEGORIES = (
    CategoryName("hydraulics", "Hydraulics and hoses", "link-2"),
    CategoryName("fittings", "Pipe, fittings and valves", "split"),
    CategoryName("drilling", "Drilling and cutting", "layers"),
    CategoryName("ppe", "Safety wear", "hard-hat"),
    CategoryName("drives", "Bearings and drives", "cog"),
    CategoryName("pumps", "Pumps and water", "gauge"),
    CategoryName("electrical", "Cable and electrical", "sun"),
    CategoryName("lubricants", "Oils and lubricants", "droplets"),
    CategoryName("welding", "Welding and gas", "flame"),
    CategoryName("tools", "Hand tools", "wrench"),
    CategoryName("site", "Site and packaging", "package"),
)


def _products() -> tuple[ProductName, ...]:
    with _PRODUCTS.open(encoding="utf-8", newline="") as file:
        return tuple(
            ProductName(price=Money.zar(int(row.pop("cents"))), **row) for row in csv.DictReader(file, delimiter="|")
        )


PRODUCTS: tuple[ProductName, ...] = _products()
