"""What the books refuse."""

from __future__ import annotations

from datetime import date

from portal.core.errors import BadInput, Conflict, DomainError


class Unbalanced(DomainError):
    """A journal whose debits and credits differ, or whose lines are not whole positive amounts of one currency."""


class AlreadyPosted(Conflict):
    """The same event was posted before; a journal is written once for its source."""

    def __init__(self, kind: str, source: str) -> None:
        super().__init__(f"{source} has its {kind} journal already")
        self.kind, self.source = kind, source


class PeriodClosed(BadInput):
    """The value date lies in a month whose books are closed."""

    def __init__(self, closed_until: date) -> None:
        words = f"The books are closed up to {closed_until:%d %B %Y}. Use a later day, or have the month opened again."
        super().__init__(words, field="value_date")
        self.closed_until = closed_until


class SamePerson(Conflict):
    """Two people are needed, and this is the same one again."""
