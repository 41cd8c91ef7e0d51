"""What can go wrong with a proof, in words for people."""

from __future__ import annotations

from portal.core.errors import BadInput, Conflict


class NotADocument(BadInput):
    """The file is not of a kind that can be a proof of payment."""


class AlreadyDecided(Conflict):
    """Somebody decided this proof in the meantime."""

    def __init__(self, by: str | None = None) -> None:
        super().__init__(
            f"{by} decided this proof in the meantime. Nothing of yours was saved."
            if by
            else "This proof was decided in the meantime. Nothing of yours was saved."
        )


class TooManyUploads(BadInput):
    """The customer's hourly or daily limit of uploads is reached."""
