"""The words of chasing late money fairly: ladders of reminders, disputes, promises, interest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.core.vat import half_up
from portal.invoices.types import InvoiceInfo

MOST_STEPS, LONGEST_SUBJECT, LONGEST_WORDS = 5, 120, 1_000
#: A promise may name a day at most so far ahead; money may take so long to our bank after it.
LONGEST_PROMISE, GRACE = timedelta(days=60), timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Step:
    """One mail of a ladder, so many days after the due day."""

    days: int
    subject: str
    words: str


#: What holds until our staff write their own.
USUAL = (
    Step(3, "A friendly reminder", "Perhaps this slipped through. If you paid in the meantime, send us the proof."),
    Step(14, "Your account is overdue", "These invoices are still open. Pay them now, or tell us what keeps you."),
    Step(30, "Final reminder", "Without your payment within seven days we hold further orders on account."),
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps that hold for somebody. own: written for this customer alone. No steps: never reminded."""

    steps: tuple[Step, ...]
    version: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice that reached a step. level: counted from 1."""

    invoice: InvoiceInfo
    level: int
    days: int


def due_steps(
    invoices: Iterable[InvoiceInfo],
    steps: Sequence[Step],
    reached: Mapping[int, int],
    spared: Collection[int],
    today: date,
) -> tuple[Due, ...]:
    """The invoices of one customer that are to be reminded of today, each at the highest step it has reached.

    reached: by invoice id, the highest step it was reminded at. spared: invoices with a promise that still runs.
    Never while a proof is under way, or while the invoice is disputed. Source: docs/rules/reminders.md R1 to R4.
    """
    found = []
    for each in invoices:
        days = each.days_overdue(today)
        level = sum(days >= step.days for step in steps) if days else 0
        if each.proof_under_way or each.disputed or each.id in spared or level <= reached.get(each.id, 0):
            continue
        found.append(Due(each, level, days))
    return tuple(found)


def interest(balance: Money, rate: int, days: int) -> Money:
    """Simple interest for some days of a year of 365; rate: hundredths of a percent a year. Half a cent counts as one."""
    return Money(half_up(Fraction(balance.cents * rate * days, 10_000 * 365)), balance.currency)


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    CLOSED = "closed"


def check_dispute_open(dispute_id: int, state: DisputeState) -> None:
    """Raise IllegalMove for a dispute that is closed."""
    if state is not DisputeState.OPEN:
        raise IllegalMove(f"dispute {dispute_id}", state.value, "answered")


class PromiseState(StrEnum):
    """What became of a promise to pay."""

    RUNNING = "running"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class DisputeInfo:
    """What a customer says is wrong with an invoice, and what we answered."""

    id: int
    invoice_id: int
    invoice_number: str
    customer_id: int
    recipient: str
    state: DisputeState
    words: str
    raised_by: str
    raised_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ReminderInfo:
    """A reminder that was sent."""

    id: int
    invoice_number: str
    customer_code: str
    recipient: str
    level: int
    balance: Money
    days_overdue: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """Something said about an invoice: a dispute with its answer, a promise for a day, a reminder of a level."""

    kind: str
    state: str
    words: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    day: date | None
    level: int
