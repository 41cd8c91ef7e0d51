"""What the dashboard says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.core.money import Money

#: the dashboard looks back this many days for money and this many weeks for rates
DAYS = 30
WEEKS = 12
#: straight-through rate the house aims at, in per mille
GOAL = 850
AGES = ("Not due", "1 to 30 days", "31 to 60", "61 to 90", "Over 90")
WAITS = ("under 30 min", "30 min to 1 h", "1 to 2 h", "over 2 h")


@dataclass(frozen=True, slots=True)
class DayOfMoney:
    """One day: what the bank showed, and what is only verified (by the day the payer paid)."""

    day: date
    confirmed: Money
    verified: Money


@dataclass(frozen=True, slots=True)
class Week:
    """One week of proofs that got an answer. by_rule: those no person had to decide."""

    starts: date
    answered: int
    by_rule: int

    @property
    def per_mille(self) -> int | None:
        """The straight-through rate; None when nothing was answered."""
        return None if not self.answered else self.by_rule * 1000 // self.answered


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that waits: proofs for a person (by how long, as in WAITS), verified payments for the bank."""

    reviews: tuple[int, ...]
    oldest_review: datetime | None
    payments: int
    payments_sum: Money

    @property
    def review_count(self) -> int:
        """All proofs that wait for a person."""
        return sum(self.reviews)


@dataclass(frozen=True, slots=True)
class Late:
    """A verified payment whose money should be at the bank by now."""

    payment_id: int
    proof: str | None
    customer: str
    amount: Money
    expected_on: date


@dataclass(frozen=True, slots=True)
class Debtor:
    """A customer with overdue invoices; since is the oldest due date among them."""

    code: str
    name: str
    overdue: Money
    since: date


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything on the first page of our staff. debtors: open balances by age, as in AGES."""

    today: date
    money: tuple[DayOfMoney, ...]
    debtors: tuple[Money, ...]
    waiting: Waiting
    weeks: tuple[Week, ...]
    late: tuple[Late, ...]
    largest: tuple[Debtor, ...]
    any_payment: bool


@dataclass(frozen=True, slots=True)
class SentStatement:
    """One statement that was sent, as lists show it."""

    id: int
    customer_code: str
    customer_name: str
    first: date
    last: date
    closing: Money
    email: str
    sent_by: str
    sent_at: datetime
