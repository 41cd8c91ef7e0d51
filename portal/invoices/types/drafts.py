"""Invoices that staff write by hand, until they are issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.invoices.types import ISSUE_WITHIN_DAYS, InvoiceDocument, InvoiceDraft, LegalForm


class DraftState(StrEnum):
    """Where a draft stands; issued and discarded ones stay as they are."""

    DRAFT = "draft"
    ISSUED = "issued"
    DISCARDED = "discarded"


def check_draft_move(draft_id: int, state: DraftState, wanted: DraftState) -> None:
    """Raise IllegalMove unless the draft is still one."""
    if state is not DraftState.DRAFT:
        raise IllegalMove(f"draft {draft_id}", state.value, wanted.value)


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """A draft as lists show it. version goes into the form that changes it."""

    id: int
    customer_id: int
    customer_code: str
    customer_name: str
    total: Money
    state: DraftState
    invoice_number: str | None
    written_by: str
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with what it would become. refused: why it cannot be issued as it stands."""

    info: DraftInfo
    draft: InvoiceDraft
    document: InvoiceDocument | None
    refused: str

    @property
    def form(self) -> LegalForm | None:
        """How much the invoice would have to say."""
        return LegalForm.of(self.document.info.total) if self.document else None


def days_late(supplied_on: date | None, today: date) -> int:
    """How many days after the last lawful day an invoice would be issued; 0 when it is in time."""
    return 0 if supplied_on is None else max(0, (today - supplied_on).days - ISSUE_WITHIN_DAYS)
