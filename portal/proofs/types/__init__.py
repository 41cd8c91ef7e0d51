"""What the reader, the extractor, the matcher and the verdict hand to each other: frozen values.

Boxes are ``(x0, y0, x1, y1)`` in fractions of the page, origin top left. Pages count from 1.
Amounts are `Money`; dates are `date`; confidences run from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.core.errors import BadInput
from portal.core.money import Money

Box = tuple[float, float, float, float]

#: The fields of a reading, in the order people look at them (design.md 9). No other name exists.
FIELD_NAMES = (
    "amount", "currency", "date", "reference", "reference_normal", "beneficiary_account", "beneficiary_name",
    "beneficiary_bank", "payer_name", "payer_bank", "payer_account", "payment_type", "status", "document_type",
    "trace_id",
)  # fmt: skip

CHECK_CODES = (
    "amount", "reference", "beneficiary_account", "date", "not_seen_before", "tamper", "is_pop", "status", "confidence",
)  # fmt: skip

#: the one document_type that shows a payment
PROOF_OF_PAYMENT = "proof_of_payment"


class Outcome(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"


class VerdictCode(StrEnum):
    """What the portal decides by itself; only staff may make it rejected."""

    VERIFIED = "verified"
    REVIEW = "review"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Word:
    """One printed word, as an engine saw it."""

    text: str
    box: Box
    page: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document: its pixels' shape (at the rendering we show) and its words in reading order."""

    number: int
    width: int
    height: int
    words: tuple[Word, ...]
    engine: str  # "text" (the PDF's own layer) or "tesseract"
    #: degrees clockwise (0, 90, 180, 270) by which the stored picture is turned to stand upright
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value read from the page.

    ``value`` is text in the canonical form of design.md 9: amounts as ``12500.00``, dates ISO,
    references and accounts as printed.
    """

    value: str
    confidence: float
    page: int
    box: Box
    engine: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A hint of tampering or reuse. Severity is ``info``, ``warn`` or ``bad``; words are for staff."""

    code: str
    severity: str
    words: str
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one document."""

    ok: bool
    error: str | None
    engine: str
    pages: tuple[Page, ...]
    text: str
    fields: dict[str, FieldValue | None]
    signals: tuple[Signal, ...]
    ms: int
    layout: str | None
    versions: dict[str, str] = field(default_factory=dict)
    #: 64-bit difference hash of the first page, 16 hex digits; None when there is no picture
    picture_hash: str | None = None

    def value(self, name: str) -> str | None:
        """The text of a field; None when it was not read."""
        found = self.fields.get(name)
        return found.value if found is not None else None

    @property
    def amount(self) -> Money | None:
        """The amount read, rand where no currency is printed; None when there is none above zero."""
        text = self.value("amount")
        if text is None:
            return None
        try:
            amount = Money.parse(text, self.value("currency") or "ZAR")
        except (BadInput, ValueError):
            return None
        return amount if amount.cents > 0 else None

    @property
    def day(self) -> date | None:
        """The day the document says the money was paid."""
        try:
            return date.fromisoformat(self.value("date") or "")
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class OurAccount:
    """One of our own bank accounts. Number and branch are text: leading zeros matter."""

    bank: str
    branch: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice of this customer that still owes money."""

    number: str
    reference: str
    balance: Money
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class EarlierProof:
    """What an earlier proof said; any of the facts may be missing."""

    id: str
    sha256: str | None
    amount: Money | None
    date: date | None
    bank: str | None
    trace_id: str | None
    payer_account: str | None
    picture_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What the portal knew on the day it judged a document: the verdict's exact inputs."""

    today: date
    customer_code: str
    customer_name: str
    our_accounts: tuple[OurAccount, ...]
    open_invoices: tuple[OpenInvoice, ...]
    earlier_proofs: tuple[EarlierProof, ...]
    #: the customer's own reference (core.reference); None when it has none
    customer_reference: str | None = None
    max_age_days: int = 60
    #: of the file being judged, hex; None when it is not known
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the payment pays which invoice."""

    invoice: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Match:
    """Which invoices the payment is for, how that was found, and what is left over."""

    shares: tuple[Share, ...]
    left_over: Money
    #: "exact" | "repaired" | "customer" | "amount" | "none"
    how: str
    #: what was found and what was repaired, in plain words
    words: str
    #: positive when the payment is short of the invoices it names
    short_by: Money
    #: numbers of the invoices that the payer named, in the order of the document
    named: tuple[str, ...] = ()
    #: why a person must look at the naming; None when it may be relied upon
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule and its evidence."""

    code: str
    rule: str
    outcome: Outcome
    expected: str | None
    found: str | None
    page: int | None
    box: Box | None
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one reading in one case."""

    verdict: VerdictCode
    allocations: tuple[Share, ...]
    left_over: Money
    checks: tuple[Check, ...]
    signals: tuple[Signal, ...]
    duplicate_of: str | None
    #: the split a person may start from; the allocations themselves when verified
    suggested: tuple[Share, ...] = ()
