"""What a drawn document says and what it came out as: frozen values shared by all drawing modules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from random import Random
from types import MappingProxyType

from portal.core.money import Money
from portal.demo.names import FNB_ACCOUNT, OUR_SHORT_NAME


class Style(StrEnum):
    """Whose document it looks like. CARD and COLUMN belong to banks for which no layout is known."""

    FNB = "fnb"
    STANDARD = "standard"
    STANDARD_WEB = "standard_web"
    ABSA = "absa"
    ABSA_AF = "absa_af"
    NEDBANK = "nedbank"
    CAPITEC = "capitec"
    CAPITEC_OLD = "capitec_old"
    CARD = "card"
    COLUMN = "column"


class Form(StrEnum):
    """How the document reaches us."""

    PDF = "pdf"
    PDF_ENCRYPTED = "pdf_encrypted"
    PDF_SCAN = "pdf_scan"
    PDF_PAGE2 = "pdf_page2"
    SCREENSHOT_PHONE = "screenshot_phone"
    SCREENSHOT_DESKTOP = "screenshot_desktop"
    DARK = "dark"
    PHOTO = "photo"
    PHOTO_HARD = "photo_hard"
    WHATSAPP = "whatsapp"
    ROTATED = "rotated"
    ROTATED_EXIF = "rotated_exif"
    BLURRED = "blurred"
    LOWRES = "lowres"
    EML = "eml"


STATUSES = ("made", "scheduled", "pending", "failed", "reversed")

#: the bank that issues each style's document, in the spelling of `payer_bank`
BANK_OF = MappingProxyType(
    {
        Style.FNB: "FNB",
        Style.STANDARD: "Standard Bank",
        Style.STANDARD_WEB: "Standard Bank",
        Style.ABSA: "Absa",
        Style.ABSA_AF: "Absa",
        Style.NEDBANK: "Nedbank",
        Style.CAPITEC: "Capitec",
        Style.CAPITEC_OLD: "Capitec",
        Style.CARD: "TymeBank",
        Style.COLUMN: "Investec",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFacts:
    """One payment, as the payer's bank would confirm it.

    Accounts are given in full; each bank's mask is applied when it prints them. A `trace_id` of None is
    derived from the other facts in the issuing bank's own form. `words` prints the amount in words where
    the layout has room for it; `words_of` lets the words tell another amount than the figures.
    """

    amount: Money
    paid_on: date
    reference: str | None
    paid_at: time = time(10, 15, 30)
    bank: str | None = None  # None: the bank of the style
    beneficiary_name: str = OUR_SHORT_NAME.upper()
    beneficiary_account: str = FNB_ACCOUNT.number
    beneficiary_bank: str = FNB_ACCOUNT.bank
    branch: str = FNB_ACCOUNT.branch
    payer_name: str = "KAROOVELD DRILLING (PTY) LTD"
    payer_account: str = "62550184433"
    own_reference: str = "360 supplies"
    trace_id: str | None = None
    payment_type: str | None = None  # "immediate" or "normal"; None: normal
    status: str = "made"
    words: bool = False
    words_of: Money | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"not a status: {self.status!r}")
        if self.payment_type not in (None, "immediate", "normal"):
            raise ValueError(f"not a payment type: {self.payment_type!r}")

    def random(self, purpose: str) -> Random:
        """A generator that gives the same numbers for the same facts and purpose, on every machine."""
        digest = hashlib.sha256(f"{purpose}|{self!r}".encode()).digest()
        return Random(int.from_bytes(digest[:8], "big"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn file, and under `printed` the fields as they stand on the paper.

    `printed` has the names of a reading's fields (amount and date canonical, the rest as printed);
    a field the document does not print is absent.
    """

    data: bytes
    media_type: str
    file_name: str
    printed: dict[str, str] = field(default_factory=dict)
    style: Style | None = None
    form: Form | None = None
    facts: ProofFacts | None = None

    @property
    def sha256(self) -> str:
        """Of the file's bytes, hex."""
        return hashlib.sha256(self.data).hexdigest()
