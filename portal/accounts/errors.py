"""Why nobody was signed in, and why a password was not taken."""

from __future__ import annotations

from portal.core.errors import BadInput, DomainError


class SignInRefused(DomainError):
    """E-mail and password do not fit, or the person is switched off. Which of the two is never said (docs/rules/sign-in.md, S2)."""


class TooManyAttempts(DomainError):
    """Too many refused sign-ins; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many refused sign-ins")
        self.retry_after = retry_after


class LinkExpired(DomainError):
    """A link to set a password was used before, is too old, or was never ours."""


class WeakPassword(BadInput):
    """A password that would be guessed."""
