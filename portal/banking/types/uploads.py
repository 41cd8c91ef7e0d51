"""The words of looking at a statement file before it is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.money import Money


class UploadState(StrEnum):
    """A file that was kept: read and not imported, refused, or imported."""

    DRAFT = "draft"
    REFUSED = "refused"
    MADE = "made"


class Fate(StrEnum):
    """What importing would make of a line: booked by itself, left for a person, set aside, or here already."""

    ALONE = "alone"
    WAITS = "waits"
    ASIDE = "aside"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of a file as the preview shows it. pays: invoices or a payment; why: the evidence in words."""

    row: int
    day: date
    amount: Money
    fee: Money
    balance: Money | None
    description: str
    reference: str
    fate: Fate
    pays: str
    why: str


@dataclass(frozen=True, slots=True)
class UploadInfo:
    """A file that was kept, and what was found in it.

    seen: digest of what would be added; the button that imports sends it back. matched: whether lines were held
    against what is open (very long files are matched after the import).
    """

    id: int
    account_id: int
    file_name: str
    sha256: str
    state: UploadState
    layout: str
    currency: str
    refusal: str
    refused_row: int | None
    counts: Mapping[Fate, int]
    first: date | None
    last: date | None
    opening: Money | None
    closing: Money | None
    moved: Money
    proved: bool
    matched: bool
    gap: str
    seen: str
    preview_key: str
    looked_at: datetime
    statement_id: int | None
    mapping_id: int | None

    @property
    def refused(self) -> bool:
        """Whether the file is no statement, or does not prove itself."""
        return self.state is UploadState.REFUSED

    @property
    def new(self) -> int:
        """How many lines importing would add."""
        return sum(count for fate, count in self.counts.items() if fate is not Fate.HERE)

    @property
    def total(self) -> int:
        """How many lines the file has."""
        return sum(self.counts.values())
