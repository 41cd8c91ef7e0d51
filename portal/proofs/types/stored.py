"""A proof as the portal keeps it: its states, its moves and what pages need of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.proofs.types import Reading, Share, Verdict


class ProofState(StrEnum):
    """Where a proof stands (design.md 5)."""

    RECEIVED = "received"
    READING = "reading"
    VERIFIED = "verified"
    REVIEW = "review"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    REJECTED = "rejected"


_S = ProofState
MOVES: dict[ProofState, frozenset[ProofState]] = {
    # review: the reading was given up before it began; a person looks
    _S.RECEIVED: frozenset({_S.READING, _S.UNREADABLE, _S.REVIEW}),
    _S.READING: frozenset({_S.VERIFIED, _S.REVIEW, _S.DUPLICATE, _S.UNREADABLE}),
    # reading: a reading that was given up is tried again
    _S.REVIEW: frozenset({_S.VERIFIED, _S.REJECTED, _S.READING}),
    _S.DUPLICATE: frozenset({_S.REVIEW}),
    _S.UNREADABLE: frozenset({_S.REVIEW}),
    _S.VERIFIED: frozenset({_S.REVIEW}),
    _S.REJECTED: frozenset(),
}
#: A verdict is there, whatever it is; the page need not ask again.
FINAL = frozenset(ProofState) - {_S.RECEIVED, _S.READING}


def check_move(state: ProofState, wanted: ProofState) -> None:
    """Raise IllegalMove for a move that design.md 5 does not have."""
    if wanted not in MOVES[state]:
        raise IllegalMove("This proof", state.value, wanted.value)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a proof, and how: ``portal``, ``share`` (from another app), ``link`` (signed, without an account), ``api`` or ``mail``."""

    customer_id: int
    user_id: int | None
    via: str


@dataclass(frozen=True, slots=True)
class Upload:
    """One file, already stored. size is bytes."""

    key: str
    sha256: str
    size: int
    media_type: str
    file_name: str


PROOF_HEADS = ("Proof", "Customer", "Sent", "State", "File", "Amount", "Paid on", "Bank", "Reference", "Invoices named")


@dataclass(frozen=True, slots=True)
class ProofInfo:
    """One proof, as lists and pages show it. customer_name is the name its invoices were issued to."""

    id: int
    public_id: str
    state: ProofState
    customer_id: int
    customer_name: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    via: str
    created_at: datetime
    claimed_invoices: tuple[str, ...]
    amount: Money | None
    paid_on: date | None
    bank: str | None
    reference: str | None
    version: int

    def cells(self) -> tuple[str | date | Money | None, ...]:
        """One row of a file, under PROOF_HEADS."""
        return (
            self.public_id, self.customer_name, self.created_at, self.state.value, self.file_name, self.amount,
            self.paid_on, self.bank, self.reference, ", ".join(self.claimed_invoices),
        )  # fmt: skip

    @property
    def final(self) -> bool:
        """Whether the reading is over."""
        return self.state in FINAL


@dataclass(frozen=True, slots=True)
class DecisionInfo:
    """What a person decided, and the words the customer reads."""

    action: str
    by: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProofDetail:
    """One proof with its reading, its verdict and what people decided."""

    info: ProofInfo
    reading: Reading | None
    verdict: Verdict | None
    decisions: tuple[DecisionInfo, ...]
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a clerk accepts: amount, day and shares may differ from what was read. why is for the audit."""

    amount: Money
    paid_on: date
    shares: tuple[Share, ...]
    why: str
