"""What other features and pages get of the catalogue: plain values, and the rules that need no database."""

from __future__ import annotations

from portal.catalog.types.goods import (
    LONGEST_WORD,
    MOST_WORDS,
    CategoryInfo,
    ProductDraft,
    ProductInfo,
    SortBy,
    index_words,
    next_prefix,
    plain_words,
)
from portal.catalog.types.stock import (
    LARGEST_COUNT,
    LONGEST_WORDS,
    BrokenStock,
    Filled,
    MovementKind,
    StockLevel,
)

__all__ = [
    "LARGEST_COUNT",
    "LONGEST_WORD",
    "LONGEST_WORDS",
    "MOST_WORDS",
    "BrokenStock",
    "CategoryInfo",
    "Filled",
    "MovementKind",
    "ProductDraft",
    "ProductInfo",
    "SortBy",
    "StockLevel",
    "index_words",
    "next_prefix",
    "plain_words",
]
