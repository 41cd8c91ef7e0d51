"""What matching is told and what it answers: plain values, amounts in whole cents (docs/rules/reconciliation.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.banking.match.rules import BUILT_IN
from portal.banking.types.rules import AsideRule


class Outcome(StrEnum):
    """What became of a line: done, offered to a person, unknown, or none of our customers' money."""

    MATCHED = "matched"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer: code, name, its own reference, and payer texts that people confirmed before."""

    code: str
    name: str
    reference: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """An open invoice: what it still needs, in cents."""

    number: str
    reference: str
    customer: str
    balance: int
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """How much goes to which invoice, in cents."""

    invoice: str
    amount: int


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """A payment that was verified or claimed and has no statement line yet. by_hand: a person saw it at the bank and
    confirmed it already, on this value date or near it; its line is only found, and it pays nothing more.
    """

    id: str
    customer: str
    amount: int
    reference: str
    on: date
    verified: bool
    shares: tuple[Share, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A statement line."""

    id: str
    on: date
    amount: int
    description: str
    reference: str

    @property
    def text(self) -> str:
        """Everything the bank printed, description and reference set apart so that nothing is read across them."""
        return f"{self.description}     {self.reference}".strip()


@dataclass(frozen=True, slots=True)
class Case:
    """A closed world: nothing else is known. accounts: the numbers of our own bank accounts; rules: what sets aside."""

    today: date
    accounts: tuple[str, ...]
    customers: tuple[Payer, ...]
    invoices: tuple[Owed, ...]
    payments: tuple[OnTheWay, ...]
    lines: tuple[Line, ...]
    rules: tuple[AsideRule, ...] = BUILT_IN


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a person may choose: an invoice or a payment, and why it is offered."""

    why: str
    invoice: str | None = None
    payment: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one line. rule: the id in docs/rules/reconciliation.md; reasons: the evidence in words.

    takes_back: the line this reversal undoes. customer: whose money it is, where that is certain.
    """

    line: str
    outcome: Outcome
    rule: str
    reasons: tuple[str, ...]
    customer: str | None = None
    payment: str | None = None
    shares: tuple[Share, ...] = ()
    left_over: int = 0
    candidates: tuple[Candidate, ...] = field(default=())
    takes_back: str | None = None
