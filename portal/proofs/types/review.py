"""What a person who decides proofs works with: their desk, their terms, their clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.money import Money
from portal.proofs.types import Box, Share
from portal.proofs.types.stored import Acceptance, ProofInfo

#: the engine of a value that a person typed; nobody else vouches for it
PERSON = "person"
#: the name among a reading's versions under which the fields stand that a person corrected
CORRECTED = "corrected"
#: fields that can be read again at a place on the page, or typed, and what people call them
CORRECTABLE = {
    "amount": "Amount",
    "date": "Date",
    "reference": "Reference",
    "beneficiary_account": "Paid to",
    "trace_id": "Bank’s own number",
    "payer_account": "Payer’s account",
    "payer_name": "Payer",
}


class Whose(StrEnum):
    """Which part of the queue somebody works through."""

    TO_DO = ""
    MINE = "mine"
    ALL = "all"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Held:
    """A decision that has been made and takes effect at ``until``."""

    public_id: str
    customer_name: str
    action: str
    by: str
    mine: bool
    until: datetime
    amount: Money | None


@dataclass(frozen=True, slots=True)
class DeskInfo:
    """What is under way with one proof. Names are of people; None where nothing is."""

    assigned_to: int | None = None
    assignee: str | None = None
    note: str = ""
    asleep_until: datetime | None = None
    answered_at: datetime | None = None
    first_by: int | None = None
    first_name: str | None = None
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting proof with what is under way with it."""

    proof: ProofInfo
    desk: DeskInfo


@dataclass(frozen=True, slots=True)
class Around:
    """The proofs before and after one in a part of the queue, its place there, and how many wait in it."""

    before: str | None
    after: str | None
    place: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One proof among the others: those around it, what is under way with it, what this person can take back."""

    around: Around
    desk: DeskInfo
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """A decision as it is held: what was accepted, or the words of a rejection. seconds: from opening to deciding."""

    acceptance: Acceptance | None
    words: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says a field is: a place on the page to be read again, a typed value, or both.

    box: in fractions of the page, or None. value: as typed; empty where only the place is told.
    """

    field: str
    value: str
    page: int
    box: Box | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How long decisions took: the median in seconds, None where nothing was measured, and how many there were."""

    median: int | None
    decided: int


@dataclass(frozen=True, slots=True)
class Clock:
    """One person's pace today and in seven days, and everybody's in seven days."""

    today: Pace
    week: Pace
    everybody: Pace


@dataclass(frozen=True, slots=True)
class BankPage:
    """Where a bank lets anybody verify a payment. wants: (what the page calls it, the value) ready to copy."""

    bank: str
    url: str
    look_for: str
    wants: tuple[tuple[str, str], ...]


def terms_to_json(terms: Terms) -> dict[str, object]:
    """As it is kept; amounts as decimal text, days ISO."""
    told: dict[str, object] = {"words": terms.words, "seconds": terms.seconds}
    if terms.acceptance is not None:
        told["acceptance"] = acceptance_to_json(terms.acceptance)
    return told


def acceptance_to_json(accepted: Acceptance) -> dict[str, object]:
    """What is accepted, without why: two people who accept the same thing agree on this."""
    return {
        "amount": accepted.amount.plain,
        "currency": accepted.amount.currency,
        "paid_on": accepted.paid_on.isoformat(),
        "split": {share.invoice: share.amount.plain for share in accepted.shares},
    }


def acceptance_from_json(kept: dict[str, object], why: str) -> Acceptance:
    """The acceptance that `acceptance_to_json` was given. Raises KeyError and BadInput for anything else."""
    currency = str(kept["currency"])
    split = kept["split"]
    shares = split.items() if isinstance(split, dict) else ()
    return Acceptance(
        Money.parse(str(kept["amount"]), currency),
        date.fromisoformat(str(kept["paid_on"])),
        tuple(Share(str(number), Money.parse(str(part), currency)) for number, part in shares),
        why,
    )


def terms_from_json(kept: dict[str, object]) -> Terms:
    """The terms that `terms_to_json` was given."""
    words, seconds, told = str(kept["words"]), kept["seconds"], kept.get("acceptance")
    accepted = acceptance_from_json(told, words) if isinstance(told, dict) else None
    return Terms(accepted, words, seconds if isinstance(seconds, int) else None)
