"""Values of what watches over automatic accepts: draws, opinions, the rate of wrong accepts, traits and recalls."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.money import Money
from portal.proofs.types.stored import ProofDetail, ProofInfo

#: shares and draws are counted in ten-thousandths
WHOLE = 10_000
RIGHT, WRONG = "right", "wrong"
#: what an automatic accept was made with, and what people call it
TRAITS = {
    "rules": "Rules",
    "layout": "Layout",
    "engine": "Engine",
    "reader": "Reader",
    "extract": "Extraction",
    "layouts": "Layout files",
    "tamper": "Tamper signals",
}
#: a recall of a single proof, found wrong by a person
ONE_PROOF = "proof"


def draw_of(public_id: str) -> int:
    """Where a proof falls, 0 to 9999, spread evenly and for ever the same; below the share, a person looks at it."""
    digest = hashlib.sha256(f"audit sample of {public_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % WHOLE


@dataclass(frozen=True, slots=True)
class Rate:
    """Wrong accepts among those that people looked at, with the interval that holds the true rate 95 times in 100."""

    looked: int
    wrong: int

    @property
    def rate(self) -> float | None:
        """The share that was wrong; None while nobody has looked."""
        return self.wrong / self.looked if self.looked else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest true share, by Wilson; nobody has looked: anything between none and all.

        Source: Wilson, E. B. (1927), Probable inference, JASA 22; docs/rules/learning.md, L5.
        """
        if not self.looked:
            return 0.0, 1.0
        z, n, p = 1.959964, self.looked, self.wrong / self.looked
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return (0.0 if not self.wrong else max(0.0, middle - half)), (
            1.0 if self.wrong == n else min(1.0, middle + half)
        )


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says of a document without seeing the verdict. amount and day as the document shows them."""

    accept: bool
    amount: Money | None
    paid_on: date | None
    invoices: tuple[str, ...]
    words: str = ""

    def agrees_with(self, accepted: Accepted) -> bool:
        """Whether the person would have done exactly what was done."""
        return (
            self.accept
            and self.amount == accepted.amount
            and self.paid_on == accepted.paid_on
            and set(self.invoices) == set(accepted.invoices)
        )


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted without a person."""

    amount: Money | None
    paid_on: date | None
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One drawn proof in the list. opinion_given: somebody has said what they see, and has not settled it yet."""

    public_id: str
    customer_name: str
    chosen_at: datetime
    draw: int
    share: int
    opinion_given: bool
    outcome: str | None
    by_name: str
    settled_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawn proof. open_invoices: number → what it owed when it was judged; accepted only once an opinion is given."""

    row: SampleRow
    detail: ProofDetail
    version: int
    open_invoices: dict[str, Money]
    opinion: Opinion | None
    accepted: Accepted | None
    traits: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TraitCount:
    """How many automatic accepts still stand that were made with this."""

    value: str
    count: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class AcceptRow:
    """One automatic accept. payment_state: of the payment behind it, None when there is none."""

    proof: ProofInfo
    accepted_at: datetime
    payment_id: int | None
    payment_state: str | None

    @property
    def confirmed(self) -> bool:
        """Whether the bank has shown the money: then it is listed and never sent back."""
        return self.payment_state == "confirmed"


@dataclass(frozen=True, slots=True)
class RecallRow:
    """A recall as the page lists it."""

    what: str
    value: str
    reason: str
    by_name: str
    started_at: datetime
    finished_at: datetime | None
    sent_back: int
    confirmed: int
