"""What a product is beside its name and price: barcode, hazard, specifications, pictures, papers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.errors import BadInput

LONGEST_ALT = 160
LONGEST_TITLE = 120
MOST_SPECS = 40
MOST_PICTURES = 12
LARGEST_PACK = 100_000
_LENGTHS = (8, 12, 13, 14)
_UN = re.compile(r"(?:UN)?\s*([0-9]{4})\Z")


class DocumentKind(StrEnum):
    """What a paper of a product is."""

    SDS = "sds"
    DATASHEET = "datasheet"
    CERTIFICATE = "certificate"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """One picture. hash: in its address. alt: what it shows, for who cannot see it; empty: the product's name."""

    id: int
    hash: str
    alt: str


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """One PDF of a product. size: in bytes."""

    id: int
    kind: DocumentKind
    title: str
    size: int
    added_at: datetime


def barcode_of(written: str) -> str | None:
    """The barcode somebody wrote, None for none. Raises BadInput when its check digit does not fit.

    GTIN-8, -12, -13 or -14: figures from the right weigh 3 and 1 in turn, the last makes their sum a multiple of ten.
    """
    figures = re.sub(r"[\s-]", "", written)
    if not figures:
        return None
    if not (figures.isascii() and figures.isdigit() and len(figures) in _LENGTHS):
        raise BadInput("A barcode has 8, 12, 13 or 14 figures, like 6001234567895.", field="barcode")
    if check_digit(figures[:-1]) != int(figures[-1]):
        raise BadInput(
            f"The last figure of this barcode would be {check_digit(figures[:-1])}. Scan it again.", field="barcode"
        )
    return figures


def check_digit(figures: str) -> int:
    """The figure that goes behind these."""
    return -sum(int(figure) * (1 if place % 2 else 3) for place, figure in enumerate(reversed(figures))) % 10


def un_number_of(written: str) -> str:
    """The four figures of a UN number, empty for none. Raises BadInput."""
    if not written.strip():
        return ""
    found = _UN.match(written.strip().upper())
    if found is None:
        raise BadInput("A UN number has four figures, like 1263.", field="un_number")
    return found[1]


def specs_of(written: str) -> tuple[tuple[str, str], ...]:
    """Rows of a specifications table, written one a line as ``Bore: 12.7 mm``. Raises BadInput."""
    rows = []
    for line in written.splitlines():
        if not line.strip():
            continue
        name, mark, value = (part.strip() for part in line.partition(":"))
        if not (mark and name and value) or len(name) > 80 or len(value) > 300:
            raise BadInput(f"Write one thing a line, like “Bore: 12.7 mm”, not “{line.strip()[:60]}”.", field="specs")
        rows.append((name, value))
    if len(rows) > MOST_SPECS:
        raise BadInput(f"A table has at most {MOST_SPECS} lines.", field="specs")
    return tuple(rows)


def specs_text(rows: Iterable[tuple[str, str]]) -> str:
    """The same as somebody would write it."""
    return "\n".join(f"{name}: {value}" for name, value in rows)
