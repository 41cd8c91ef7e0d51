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
from portal.catalog.types.prices import (
    CURRENCIES,
    LONGEST_LIST_NAME,
    MICROS,
    RATE_COUNTS_DAYS,
    ListDraft,
    ListedPrice,
    ListInfo,
    Offer,
    Price,
    Rate,
    Step,
    converted,
    price_from,
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
    "CURRENCIES",
    "LARGEST_COUNT",
    "LONGEST_LIST_NAME",
    "LONGEST_WORD",
    "LONGEST_WORDS",
    "MICROS",
    "MOST_WORDS",
    "RATE_COUNTS_DAYS",
    "BrokenStock",
    "CategoryInfo",
    "Filled",
    "ListDraft",
    "ListInfo",
    "ListedPrice",
    "MovementKind",
    "Offer",
    "Price",
    "ProductDraft",
    "ProductInfo",
    "Rate",
    "SortBy",
    "Step",
    "StockLevel",
    "converted",
    "index_words",
    "next_prefix",
    "plain_words",
    "price_from",
]
