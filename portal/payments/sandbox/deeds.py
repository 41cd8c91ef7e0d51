"""What a buyer, or whoever plays with the sandbox, lets happen there; and what a gateway sends because of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """One button of the sandbox's page."""

    PAY = "pay"
    PAY_SLOWLY = "pay-slowly"
    TWICE = "twice"
    DISORDER = "disorder"
    FAIL = "fail"
    FAIL_THEN_PAY = "fail-then-pay"
    SILENT = "silent"
    REFUND = "refund"
    DISPUTE = "dispute"
    UNSIGNED = "lie-unsigned"
    WRONG_SIGNER = "lie-signer"
    OTHER_AMOUNT = "lie-amount"
    OTHER_MERCHANT = "lie-merchant"
    NEVER_SENT = "lie-never-sent"
    STALE = "lie-stale"
    TRIED_OUT = "lie-test"


#: in the words of the sandbox's page
WORDS = {
    Deed.PAY: "Pay",
    Deed.PAY_SLOWLY: "Pay: pending first, then complete",
    Deed.TWICE: "Pay, and send the notice three times",
    Deed.DISORDER: "Pay: complete first, a late pending and failed after it",
    Deed.FAIL: "Let the payment fail",
    Deed.FAIL_THEN_PAY: "Fail first, then pay",
    Deed.SILENT: "Pay, and tell nothing",
    Deed.REFUND: "Pay, and pay all of it back: the refund is told first",
    Deed.DISPUTE: "Pay, and have the payer’s bank dispute it",
    Deed.UNSIGNED: "Lie: a notice without a signature",
    Deed.WRONG_SIGNER: "Lie: signed with another passphrase",
    Deed.OTHER_AMOUNT: "Lie: another amount",
    Deed.OTHER_MERCHANT: "Lie: another merchant",
    Deed.NEVER_SENT: "Lie: well signed, but never sent by the gateway",
    Deed.STALE: "Lie: signed an hour ago",
    Deed.TRIED_OUT: "Lie: in test mode",
}
#: what only gateways with refunds, disputes, test mode and times of signing can do
OF_LATER_GATEWAYS = frozenset({Deed.REFUND, Deed.DISPUTE, Deed.STALE, Deed.TRIED_OUT})


class Refused(Exception):
    """The gateway would show an error page instead of taking the buyer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page to pay on shows. notify_url: where its notices go; amount: like ``12.50``."""

    number: str
    item: str
    amount: str
    back_url: str
    cancel_url: str
    notify_url: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One notice. headers: made anew each time it is sent, since a signature tells when that was."""

    body: bytes
    headers: Callable[[], Mapping[str, str]]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form(body: bytes) -> Sent:
    """A notice that is a form and carries its own signature."""
    return Sent(body, lambda: FORM)
