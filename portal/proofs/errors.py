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


class ChangedMeanwhile(Conflict):
    """Something happened to the proof since its page was opened: an answer, a correction, a colleague."""

    def __init__(self, by: str | None = None) -> None:
        who = f"{by} changed" if by else "Somebody changed"
        super().__init__(f"{who} something on this proof in the meantime. Open it again; nothing of yours was saved.")


class SecondPerson(Conflict):
    """An acceptance above the limit needs two people, and this one is the first of them."""


class TookEffect(Conflict):
    """The decision cannot be taken back any more, or is somebody else's."""


class NothingRead(BadInput):
    """Nothing legible stands at the place that was drawn."""


class TooManyUploads(BadInput):
    """The customer's hourly or daily limit of uploads is reached."""
