"""What the books refuse."""

from __future__ import annotations

from portal.core.errors import Conflict, DomainError


class Unbalanced(DomainError):
    """A journal whose debits and credits differ, or whose lines are not whole positive amounts of one currency."""


class AlreadyPosted(Conflict):
    """The same event was posted before; a journal is written once for its source."""

    def __init__(self, kind: str, source: str) -> None:
        super().__init__(f"{source} has its {kind} journal already")
        self.kind, self.source = kind, source
