"""How the columns of a file that no layout fits were said to be meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.banking.types import ReadLine

#: What a column may hold, in the order in which a page offers it.
ROLES: Mapping[str, str] = {
    "date": "Day",
    "description": "Description",
    "reference": "Reference",
    "amount": "Amount, in and out",
    "credit": "Money in",
    "debit": "Money out",
    "fee": "Fee",
    "balance": "Balance",
}


@dataclass(frozen=True, slots=True)
class Naming:
    """Columns as a person names them. heading: the row of the headings from 1, 0 where there is none.

    roles: role → column from 0. turned: whether money out is printed without a sign and money in with one.
    """

    heading: int
    roles: Mapping[str, int]
    turned: bool = False


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file with its columns named: the first rows as they stand, and the statement that they then make.

    problem: why they make none yet, in words; row: where.
    """

    naming: Naming
    headings: tuple[str, ...]
    sample: tuple[tuple[int, tuple[str, ...]], ...]
    width: int
    lines: tuple[ReadLine, ...] = ()
    count: int = 0
    proved: bool = False
    problem: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column holds what. signature: of the heading row; skip: how many rows stand above the lines, it included.

    roles: role → column from 0. turned: whether money out is printed without a sign and money in with one.
    """

    id: int
    account_id: int
    name: str
    signature: str
    roles: Mapping[str, int]
    headings: tuple[str, ...]
    turned: bool
    active: bool
    changed_at: datetime
    version: int
