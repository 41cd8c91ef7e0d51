"""What the demo company sells: categories, products and their pictures. Invented articles, no maker's names."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from portal.catalog.types import check_digit
from portal.core.money import Money
from portal.demo.drawing import products as drawing

_SPECS = (
    ("Size", re.compile(r"\b[0-9/]+(?: [0-9/]+)? (?:inch|mm)\b")),
    ("Working pressure", re.compile(r"\b[0-9]+ bar\b")),
    ("Standard", re.compile(r"\b(?:SAE|SANS|ISO|EN|DIN) ?[0-9]+\b")),
)
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
    def specs(self) -> tuple[tuple[str, str], ...]:
        """What its name and text say, as a table."""
        said = f"{self.name}, {self.description}"
        found = ((label, pattern.search(said)) for label, pattern in _SPECS)
        return (("Sold as", self.pack), *((label, match[0]) for label, match in found if match))

    @property
    def un_number(self) -> str:
        """Sprays are aerosols (UN 1950); empty for what is not hazardous."""
        return "1950" if self.kind == "spray" else ""

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


def barcode_of(place: int) -> str:
    """A barcode of thirteen figures for the product at a place of our list."""
    figures = f"6009{place:08d}"
    return f"{figures}{check_digit(figures)}"


PRODUCTS: tuple[ProductName, ...] = _products()
