"""Words by which a document takes back what it seems to say: this payment failed, waits, was cancelled.

A second pair of eyes beside the reading's own ``status``: a bank whose wording nobody has met must not slip through.
Only the head of the page counts, down to the last deciding field; disclaimers below speak of payments in general.
"""

from __future__ import annotations

import re

from portal.core.text import squeeze
from portal.proofs.types import Reading, Word

_DENIALS = re.compile(
    r"\b(?:un|not (?:been )?|in)success\w*|\bonsuksesvol\w*|\bnie (?:\w+ )?suksesvol\w*"
    r"|\bfail(?:ed|ure|s)\b|\bdeclined\b|\brejected\b|\brevers(?:ed|al)\b|\bcancell?ed\b|\bpending\b|\bon hold\b"
    r"|\b(?:re-?)?schedul\w+|\b(?:future|post)[- ]?dated\b|\bawait\w*|\bqueued\b|\binsufficient\b"
    r"|\b(?:not|never)(?: yet)?(?: been)? (?:paid|processed|made|complete\w*|authori[sz]ed|released|transferred|sent)\b"
    r"|\bno (?:funds|money)\b|\bwill be (?:paid|processed|made|sent)\b|\bto be authori[sz]ed\b"
    r"|\bmisluk\w*|\bgeweier\b|\bafgekeur\b|\bhangend\w*|\bgeskeduleer\w*|\bgekanselleer\w*|\bomgekeer\w*"
    r"|\bnog nie\b|\bgeen fondse\b|\bwag (?:vir|op)\b|\bvooruitgedateer\w*|\bonvoldoende\b",
    re.IGNORECASE,
)
_DECIDING = ("amount", "date", "reference", "beneficiary_account")
#: what people typed or are called is no statement of the bank
_NAMES = ("reference", "beneficiary_name", "payer_name")
#: a line's height below the last deciding field, in fractions of the page
_BELOW = 0.02


def denial_in(reading: Reading) -> str | None:
    """The words in the head of the page that say the payment was not made; None when there are none."""
    head = _head(reading)
    found = _DENIALS.search(squeeze(" ".join(word.text for word in head)))
    return found[0] if found else None


def _head(reading: Reading) -> list[Word]:
    deciding = [field for name in _DECIDING if (field := reading.fields.get(name)) is not None]
    if not deciding:
        return []
    page = deciding[0].page
    bottom = max(field.box[3] for field in deciding if field.page == page) + _BELOW
    names = [field.box for name in _NAMES if (field := reading.fields.get(name)) is not None and field.page == page]
    words = next((sheet.words for sheet in reading.pages if sheet.number == page), ())
    return [word for word in words if word.box[1] <= bottom and not any(_inside(word, box) for box in names)]


def _inside(word: Word, box: tuple[float, float, float, float]) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
