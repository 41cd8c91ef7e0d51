"""The document itself: its day, its kind, what it says of the payment, and whether it is untouched.

Source: docs/rules/verdict.md, V4, V6, V7 and V8.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from portal.core.text import counted
from portal.proofs.extract import begins_small_print
from portal.proofs.extract.dates import DAY_FIRST, NAMED, YEAR_FIRST, dates_in
from portal.proofs.types import PROOF_OF_PAYMENT, Case, Check, Match, Outcome, Reading
from portal.proofs.verdict.denial import denial_in
from portal.proofs.verdict.evidence import check, spoken

_MADE = "made"
_NOT_MADE = ("reversed", "awaiting authorisation", "failed", "scheduled", "pending")
#: dates with a whole year and signs between, which no number looks like by accident
_CLEAR_FORMS = (YEAR_FIRST, DAY_FIRST, NAMED)
_NEAR_FUTURE_DAYS = 400
_VALIDITY = re.compile(r"\b(?:valid|expir\w+|geldig\w*|verval\w*)\b", re.IGNORECASE)
_DOCUMENT_WORDS = {
    "receipt": "a till slip", "invoice": "an invoice", "quotation": "a quotation", "statement": "a statement of account",
}  # fmt: skip


def check_date(reading: Reading, case: Case, matched: Match) -> Check:
    """V4: not before the invoices were issued, not after today, not older than the setting allows."""
    field, day = reading.fields.get("date"), reading.day
    issued = [invoice.issued_on for invoice in case.open_invoices if invoice.number in _paid(matched)]
    first = max([*issued, case.today - timedelta(days=case.max_age_days)])
    expected = f"{spoken(first)} to {spoken(case.today)}"
    if field is None or day is None:
        return check("date", "V4", Outcome.UNKNOWN, "No date could be read.", field=field, expected=expected)
    if day > case.today:
        outcome, words = Outcome.FAIL, "The date lies in the future."
    elif (case.today - day).days > case.max_age_days:
        outcome, words = Outcome.UNKNOWN, f"The payment is older than {counted(case.max_age_days, 'day')}."
    elif issued and day < max(issued):
        outcome, words = Outcome.UNKNOWN, "The payment is older than the invoice it is for."
    elif (later := _later_day(reading, case.today)) is not None:
        outcome, words = Outcome.UNKNOWN, f"The document also names a day to come, {spoken(later)}."
    else:
        outcome, words = Outcome.PASS, "The date fits the invoice and today."
    return check("date", "V4", outcome, words, field=field, expected=expected, found=spoken(day))


def _later_day(reading: Reading, today: date) -> date | None:
    """A day after today above the small print: money that goes then has not gone. Until when a code is valid is none."""
    typed = reading.value("reference") or ""
    for line in reading.text.replace(typed, " ").splitlines() if typed else reading.text.splitlines():
        if begins_small_print(line):
            return None
        for dated in dates_in(line):
            is_clear = dated.form in _CLEAR_FORMS and (dated.day - today).days < _NEAR_FUTURE_DAYS
            if is_clear and dated.day > today and not _VALIDITY.search(line):
                return dated.day
    return None


def _paid(matched: Match) -> set[str]:
    return {share.invoice for share in matched.shares} | set(matched.named)


def check_tamper(reading: Reading) -> Check:
    """V6: a bad signal fails, a warning leaves it open, information changes nothing."""
    for severity, outcome in (("bad", Outcome.FAIL), ("warn", Outcome.UNKNOWN)):
        for signal in reading.signals:
            if signal.severity == severity:
                return Check("tamper", "V6", outcome, None, signal.code, signal.page, signal.box, signal.words)
    if not reading.ok:
        return check("tamper", "V6", Outcome.UNKNOWN, "A document that could not be read cannot be examined.")
    return check("tamper", "V6", Outcome.PASS, "Nothing hints at an altered document.")


def check_is_pop(reading: Reading) -> Check:
    """V7: the document is a proof of payment, and a bank's."""
    field = reading.fields.get("document_type")
    if field is None:
        outcome, words = Outcome.UNKNOWN, "It is not clear that this is a proof of payment."
    elif field.value == PROOF_OF_PAYMENT:
        outcome, words = _from_a_bank(reading)
    else:
        kind = _DOCUMENT_WORDS.get(field.value, "another document")
        outcome, words = Outcome.FAIL, f"This is {kind}, not a proof of payment."
    return check("is_pop", "V7", outcome, words, field=field, expected="proof of payment")


def _from_a_bank(reading: Reading) -> tuple[Outcome, str]:
    """Anybody can write that money was paid; what counts is a bank's word, told by what only the bank prints."""
    if reading.fields.get("payer_bank") is None:
        return Outcome.UNKNOWN, "It is not clear which bank this proof of payment comes from."
    return Outcome.PASS, "This is a bank's proof of payment."


def check_status(reading: Reading) -> Check:
    """V8: the payment was made; one that is only planned, waits, failed or came back is none."""
    field = reading.fields.get("status")
    if field is None:
        outcome, words = Outcome.UNKNOWN, "The document does not say that the payment was made."
    elif field.value == _MADE:
        outcome, words = _made_or_denied(reading)
    elif field.value in _NOT_MADE:
        outcome, words = Outcome.FAIL, f"The payment is {field.value}, not made."
    else:
        outcome, words = Outcome.UNKNOWN, f"The document gives the state of the payment as “{field.value}”."
    return check("status", "V8", outcome, words, field=field, expected=_MADE)


def _made_or_denied(reading: Reading) -> tuple[Outcome, str]:
    denial = denial_in(reading)
    if denial is None:
        return Outcome.PASS, "The document says that the payment was made."
    return Outcome.UNKNOWN, f"The document also says “{denial}”, which may mean that the payment was not made."
