"""The tree of errors that mean something to a person; views turn them into words."""


class DomainError(Exception):
    """Something a person asked for cannot be done, for a reason they can be told."""


class NotFound(DomainError):
    """No such thing, or it belongs to somebody else: a stranger cannot tell which."""


class IllegalMove(DomainError):
    """A state machine was asked for a move it does not have; pages answer 409."""

    def __init__(self, thing: str, state: str, wanted: str) -> None:
        super().__init__(f"{thing} is {state} and cannot become {wanted}")
        self.thing, self.state, self.wanted = thing, state, wanted


class Conflict(DomainError):
    """Somebody else was faster, or the same thing was sent twice; pages answer 409."""


class BadInput(DomainError):
    """A value that cannot be accepted; the message says what is wrong and shows a right example."""

    def __init__(self, words: str, *, field: str | None = None) -> None:
        super().__init__(words)
        self.words, self.field = words, field


class Unavailable(DomainError):
    """Something we depend on does not answer; pages answer 503 with Retry-After."""
