"""What banking refuses."""

from __future__ import annotations

from datetime import date

from portal.core.errors import BadInput, Conflict


class StatementRefused(BadInput):
    """A file that is no statement, or one that does not prove itself. ``row``: the first row that is wrong."""

    def __init__(self, words: str, row: int | None = None) -> None:
        super().__init__(words, field="file")
        self.row = row

    def __str__(self) -> str:
        return self.words


class MonthSigned(Conflict):
    """The month was signed off; it is opened again before a line of it is added or undone."""

    def __init__(self, month: date) -> None:
        super().__init__(f"{month:%B %Y} is signed off. Ask for it to be opened again first.")
        self.month = month


class BadCase(BadInput):
    """A reconciliation case that is not of the agreed form."""


class LineTaken(Conflict):
    """The line was decided already; what was decided is undone first."""
