"""What staff see of statements and lines."""

from __future__ import annotations

from sqlalchemy import ScalarSelect

from portal.banking import queries
from portal.banking.types import ImportInfo, LineInfo, Tally
from portal.core import clock
from portal.platform.paging import Page

PAGE_SIZE = 25
SHOWN_IMPORTS = 8


def lines(which: str = "", after: str | None = None, limit: int = PAGE_SIZE) -> Page[LineInfo]:
    """Lines that wait for a person, oldest first; *certain*: about to be booked; *booked* and *aside*: newest first."""
    return queries.lines_page(which, after, limit)


def line(line_id: int) -> LineInfo:
    """One line. Raises NotFound."""
    return queries.line(line_id)


def tally() -> Tally:
    """The figures above the work list."""
    return queries.tally(clock.today())


def imports() -> list[ImportInfo]:
    """The last imports, newest first."""
    return queries.imports(SHOWN_IMPORTS)


def left_count() -> ScalarSelect[int]:
    """How many lines wait for a person, as a part of another question."""
    return queries.left_count()
