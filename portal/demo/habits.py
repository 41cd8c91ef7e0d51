"""How customers of the demo pay: mostly right, sometimes short, late, careless or false. Plain rules, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from random import Random

from portal.core import reference as references
from portal.core.money import Money
from portal.demo import names
from portal.demo.drawing.facts import Form, ProofFacts, Style


class Intent(StrEnum):
    """What a customer does about an invoice."""

    EXACT = "exact"
    SEVERAL = "several"  # with the next invoice, in one payment
    UNANNOUNCED = "unannounced"  # money at the bank, no proof
    OPEN = "open"  # nothing yet
    SHORT = "short"
    OVER = "over"
    NO_REFERENCE = "no_reference"
    SCHEDULED = "scheduled"  # a payment that was only planned
    TWICE = "twice"  # the same proof sent again
    BLURRED = "blurred"  # and sent again, legibly
    NOT_A_PROOF = "not_a_proof"
    FORGED_PICTURE = "forged_picture"
    FORGED_PDF = "forged_pdf"
    NEVER_ARRIVED = "never_arrived"  # a good proof of money that never comes


I = Intent  # noqa: E741
#: what becomes of the first forty invoices; the very first ones are what a small company shows too
_FIRST = (
    I.EXACT, I.SHORT, I.EXACT, I.UNANNOUNCED, I.OPEN, I.FORGED_PICTURE, I.TWICE, I.EXACT, I.SEVERAL, I.EXACT,
    I.UNANNOUNCED, I.NO_REFERENCE, I.EXACT, I.BLURRED, I.EXACT, I.UNANNOUNCED, I.EXACT, I.EXACT, I.NOT_A_PROOF, I.EXACT,
    I.UNANNOUNCED, I.OPEN, I.EXACT, I.OVER, I.EXACT, I.UNANNOUNCED, I.FORGED_PDF, I.EXACT, I.EXACT, I.UNANNOUNCED,
    I.SEVERAL, I.EXACT, I.UNANNOUNCED, I.SCHEDULED, I.EXACT, I.EXACT, I.NEVER_ARRIVED, I.UNANNOUNCED, I.EXACT, I.EXACT,
)  # fmt: skip
#: and of all later ones: less that must be read from a picture, which costs seconds each
_LATER = tuple({I.FORGED_PICTURE: I.FORGED_PDF, I.BLURRED: I.UNANNOUNCED}.get(each, each) for each in _FIRST)
PDF_FORMS = frozenset({Form.PDF, Form.PDF_ENCRYPTED, Form.PDF_PAGE2, Form.EML})
#: how the first good proofs come
_FIRST_FORMS = (
    Form.PDF, Form.PDF, Form.SCREENSHOT_PHONE, Form.PDF, Form.PDF_ENCRYPTED, Form.PDF, Form.EML, Form.PDF,
    Form.PDF, Form.PHOTO, Form.PDF, Form.PDF_ENCRYPTED, Form.PDF, Form.PDF_PAGE2, Form.PDF, Form.PDF,
    Form.PDF, Form.PDF, Form.PDF, Form.PDF_ENCRYPTED, Form.PDF, Form.PDF, Form.PDF_PAGE2, Form.PDF,
)  # fmt: skip
_LATER_FORMS = tuple(form if form in PDF_FORMS else Form.PDF for form in _FIRST_FORMS)
_STYLES = {
    "FNB": (Style.FNB,),
    "Standard Bank": (Style.STANDARD, Style.STANDARD, Style.STANDARD_WEB),
    "Absa": (Style.ABSA, Style.ABSA, Style.ABSA_AF),
    "Nedbank": (Style.NEDBANK,),
    "Capitec": (Style.CAPITEC, Style.CAPITEC, Style.CAPITEC_OLD),
}


def intents() -> Iterator[Intent]:
    """What the customers do, invoice after invoice, for ever."""
    yield from _FIRST
    while True:
        yield from _LATER


def forms() -> Iterator[Form]:
    """How their proofs come, one after another, for ever."""
    yield from _FIRST_FORMS
    while True:
        yield from _LATER_FORMS


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid: number, reference and amount of one invoice, or of several in one payment."""

    numbers: tuple[str, ...]
    references: tuple[str, ...]
    amount: Money


def style_of(customer: names.CustomerName, random: Random) -> Style:
    """Which of its bank's documents a customer sends; now and then one that no layout knows."""
    if random.random() < 0.04:
        return random.choice((Style.CARD, Style.COLUMN))
    return random.choice(_STYLES[customer.bank])


def facts_of(
    intent: Intent, customer: names.CustomerName, bill: Bill, paid_on: date, paid_at: time, random: Random
) -> ProofFacts:
    """What the customer's bank confirms. A forger's facts are the genuine ones, before the forging."""
    account = random.choices(names.OUR_ACCOUNTS, (85, 9, 6))[0]
    return ProofFacts(
        amount=_amount(intent, bill.amount),
        paid_on=paid_on,
        paid_at=paid_at,
        reference=None if intent is Intent.NO_REFERENCE else typed(bill, random),
        beneficiary_account=account.number,
        beneficiary_bank=account.bank,
        branch=account.branch,
        payer_name=customer.name.upper(),
        payer_account=customer.account,
        own_reference=random.choice(("360 degree", "supplies", "spares", bill.numbers[0])),
        payment_type="immediate" if random.random() < 0.2 else "normal",
        status="scheduled" if intent is Intent.SCHEDULED else "made",
        words=random.random() < 0.3,
        seed=random.randrange(10_000),
    )


def typed(bill: Bill, random: Random) -> str:
    """What the payer types into the reference field: usually what the pay page says."""
    shown = [references.show(each) for each in bill.references]
    if len(shown) > 1:
        return " ".join(bill.references)
    chance = random.random()
    if chance < 0.70:
        return shown[0]
    if chance < 0.85:
        return shown[0].replace(" ", "").lower()
    if chance < 0.95:
        return bill.numbers[0]
    return f"PAYMENT {bill.references[0]}"


def _amount(intent: Intent, owed: Money) -> Money:
    if intent is Intent.SHORT:
        return Money(owed.cents * 4 // 5 // 100 * 100, owed.currency)
    if intent is Intent.OVER:
        return owed + Money.zar(250_00)
    if intent in {Intent.FORGED_PICTURE, Intent.FORGED_PDF}:
        return Money(max(owed.cents // 10, 100), owed.currency)
    return owed
