"""The words of rules that set lines aside, as pages show and change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.banking.types import LineInfo, LineState


class AsideKind(StrEnum):
    """What a rule recognises. Fees and reversals are money out, transfers and income money in."""

    FEE = "fee"
    REVERSAL = "reversal"
    TRANSFER = "transfer"
    INCOME = "income"


@dataclass(frozen=True, slots=True)
class AsideRule:
    """One rule. code: its own for ever; name: what people call it; phrases: any of them is enough.

    A phrase is words as the bank prints them, in any case. ``A|B`` is either word, ``*`` is anything between, a
    leading ``^`` asks for the beginning of the description. A space may be missing in print.
    """

    code: str
    kind: AsideKind
    name: str
    phrases: tuple[str, ...]
    place: int = 100
    active: bool = True


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as it stands. built_in: it came with the portal; version: 0 while nobody changed it."""

    rule: AsideRule
    built_in: bool
    changed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a rule: who, when, and what it became."""

    actor: str
    at: datetime
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have said about lines that came: how many were looked at, and those that it fits."""

    looked_at: int
    hits: tuple[LineInfo, ...]

    @property
    def of_customers(self) -> int:
        """How many of the hits were booked as a customer's money: the rule would have been wrong there."""
        return sum(each.state is LineState.ALLOCATED for each in self.hits)
