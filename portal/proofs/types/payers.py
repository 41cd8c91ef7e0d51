"""Payers as documents print them, and what people decided about them before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer as a document prints it, in comparable form; empty where nothing is printed."""

    name_key: str
    account_key: str
    layout: str

    @property
    def known(self) -> bool:
        """Whether there is anything to remember it by."""
        return bool(self.name_key or self.account_key)


@dataclass(frozen=True, slots=True)
class Mark:
    """One decision: for (sign 1) or against (sign -1), on a day."""

    sign: int
    day: date


@dataclass(frozen=True, slots=True)
class Memory:
    """A payer and the customer it paid for, with the decisions behind it that still count."""

    id: int
    payer: Payer
    customer_id: int
    marks: tuple[Mark, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer whom this payer may be paying for. score: above LEAST, for the order of candidates only."""

    customer_id: int
    memory_id: int
    score: float
    times: int
