"""What payments refuse."""

from __future__ import annotations

from portal.core.errors import BadInput, Conflict, DomainError


class WrongShares(BadInput):
    """The split over invoices does not fit the payment: too much, twice the same, or somebody else's invoice."""


class ProofUsed(Conflict):
    """The document stands behind a payment already; one document is at most one payment."""


class NoCredit(Conflict):
    """Nothing of the payment is left as credit, or it is no money at all."""


class AboveLimit(Conflict):
    """The amount is more than one person, or the rule, may decide."""


class NotSmall(AboveLimit):
    """The rest of an invoice is more than may be written off as cents."""


class RefundUnderWay(Conflict):
    """The payment's credit is being given back at this moment."""


class NoticeRefused(DomainError):
    """A gateway's notice that must change nothing. check: which rule refused it, a word for logs and metrics."""

    def __init__(self, check: str, words: str) -> None:
        super().__init__(words)
        self.check = check


class NothingToFollow(DomainError):
    """A gateway's genuine notice of something that moves no money of ours."""
