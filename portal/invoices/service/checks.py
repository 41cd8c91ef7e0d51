"""What must always hold of invoices; the ledger's self-check asks."""

from __future__ import annotations

from collections.abc import Iterator

from portal.core.money import Money
from portal.invoices import queries
from portal.invoices.models import CreditNote, Invoice
from portal.invoices.queries import credit_notes
from portal.invoices.service import crediting
from portal.invoices.service.issuing import SERIES
from portal.ledger import service as ledger
from portal.ledger.types import Broken

STATES = "invoices: state and balance agree"
SUMS = "invoices: lines add up to the invoice"
NUMBERS = "invoices: numbers without gaps"
CREDITS = "invoices: credit notes add up to what came off"
_MOST_ROWS = 20
#: Older invoices were checked when they were new, and their lines cannot change.
_NEWEST = 5_000


def register_invariants() -> None:
    """Add the rules of this feature to the self-check."""
    ledger.invariant(STATES, _states)
    ledger.invariant(SUMS, _sums)
    ledger.invariant(NUMBERS, _numbers)
    ledger.invariant(CREDITS, _credits)


def _states() -> Iterator[Broken]:
    for info in queries.state_disagrees(_MOST_ROWS):
        yield Broken(
            STATES,
            info.number,
            f"{info.state.value} with {info.balance} of {info.total} to pay",
            info.customer_id,
            info.id,
        )


def _sums() -> Iterator[Broken]:
    for number in queries.lines_disagree(_NEWEST, _MOST_ROWS):
        yield Broken(SUMS, number, "the sum of its lines is another")


def _numbers() -> Iterator[Broken]:
    for series, column in ((SERIES, Invoice.number), (crediting.SERIES, CreditNote.number)):
        for year, last, count, highest in queries.series_counts(series, column):
            if count != last or (last and highest != f"{series}-{year}-{last:06d}"):
                words = f"the last number is {last}, {count} documents carry one, the highest is {highest or 'none'}"
                yield Broken(NUMBERS, f"{series} {year}", words)


def _credits() -> Iterator[Broken]:
    for number, stored, counted in credit_notes.sums_disagree(_MOST_ROWS):
        words = f"{Money(stored)} came off it, its credit notes come to {Money(counted)}"
        yield Broken(CREDITS, number, words)
    for number in credit_notes.lines_disagree(_MOST_ROWS):
        yield Broken(CREDITS, number, "the sum of its lines is another")
