"""Has this payment been shown before, by this customer or another?

Source: docs/rules/verdict.md, V5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from portal.core.money import Money
from portal.core.text import alphanumeric, edits, fold
from portal.proofs.types import Case, Check, EarlierProof, Outcome, Reading
from portal.proofs.verdict.banks import same_bank
from portal.proofs.verdict.evidence import check, is_picture

#: A bank's own number this long is never given twice; six digits start again every few weeks.
_LONG_TRACE = 8
#: Two readings of one number differ by no more than this; it is also what two numbers given in a row may differ by.
_MISREAD = 2
#: Bits of 64 by which two pictures of one page differ at most.
_NEAR_PICTURE = 4


class _Alike(IntEnum):
    """How alike two proofs are."""

    NO = 0
    MAYBE = 1
    SAME = 2


class _Traces(IntEnum):
    """What the banks' own numbers of two proofs say."""

    DIFFER = 0
    MISSING = 1
    CLOSE = 2
    #: as far apart as two readings of one picture, in a long number with letters, which no bank gives in a row
    NEARLY = 3
    EQUAL = 4


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a document says of its payment."""

    bank: str | None
    trace: str
    amount: Money | None
    day: date | None
    payer_account: str | None
    picture: bool
    #: whether the number is long and mixes letters and digits, so that no two given in a row are alike
    random_trace: bool


def check_not_seen(reading: Reading, case: Case) -> Check:
    """V5: neither these bytes nor this payment came before."""
    grades = _graded(reading, case)
    field = reading.fields.get("trace_id")
    for alike, outcome, words in (
        (_Alike.SAME, Outcome.FAIL, "This payment was sent in before."),
        (_Alike.MAYBE, Outcome.UNKNOWN, "This may be a payment that was sent in before."),
    ):
        for earlier, grade in grades:
            if grade is alike:
                return check("not_seen_before", "V5", outcome, words, field=field, found=earlier.id)
    return check("not_seen_before", "V5", Outcome.PASS, "This payment has not been sent in before.", field=field)


def first_seen(reading: Reading, case: Case) -> EarlierProof | None:
    """The first earlier proof that shows the same payment; the same bytes before the same facts."""
    if case.sha256 is not None:
        for earlier in case.earlier_proofs:
            if _same_bytes(case, earlier):
                return earlier
    return next((earlier for earlier, grade in _graded(reading, case) if grade is _Alike.SAME), None)


def _graded(reading: Reading, case: Case) -> list[tuple[EarlierProof, _Alike]]:
    facts = _facts_of(reading)
    return [
        (earlier, _Alike.SAME if _same_bytes(case, earlier) else _compare(facts, reading.picture_hash, earlier))
        for earlier in case.earlier_proofs
    ]


def _same_bytes(case: Case, earlier: EarlierProof) -> bool:
    return case.sha256 is not None and earlier.sha256 is not None and case.sha256.lower() == earlier.sha256.lower()


def _facts_of(reading: Reading) -> _Facts:
    trace = reading.fields.get("trace_id")
    own = re.split(r"[/ ]", trace.value.upper())[-1] if trace is not None else ""
    return _Facts(
        bank=reading.value("payer_bank"),
        trace=alphanumeric(trace.value) if trace is not None else "",
        amount=reading.amount,
        day=reading.day,
        payer_account=reading.value("payer_account"),
        picture=is_picture(trace) or is_picture(reading.fields.get("amount")),
        random_trace=len(alphanumeric(own)) >= _LONG_TRACE
        and bool(re.search(r"[A-Z]", own) and re.search(r"[0-9]", own)),
    )


def _compare(facts: _Facts, picture_hash: str | None, earlier: EarlierProof) -> _Alike:
    bank = same_bank(facts.bank, earlier.bank)
    amount = _same(facts.amount, earlier.amount)
    day = _same(facts.day, earlier.date)
    traces = _traces(facts, earlier.trace_id)
    by_facts = _by_facts(traces, bank, amount, day, long=len(facts.trace) >= _LONG_TRACE)
    if by_facts is _Alike.MAYBE and traces is _Traces.MISSING and _accounts_clash(facts, earlier):
        by_facts = _Alike.NO
    refuted = traces is _Traces.DIFFER or amount is False or day is False
    if by_facts is _Alike.NO and not refuted and _near_picture(picture_hash, earlier.picture_hash):
        return _Alike.MAYBE
    return by_facts


def _by_facts(traces: _Traces, bank: bool | None, amount: bool | None, day: bool | None, *, long: bool) -> _Alike:
    """What number, bank, amount and day say together; None is a fact that one of the two does not give."""
    both = amount is True and day is True
    either = amount is True or day is True
    if bank is False:
        return _Alike.MAYBE if traces is _Traces.EQUAL and both else _Alike.NO
    if traces is _Traces.EQUAL:
        if both or (long and either):
            return _Alike.SAME
        return _Alike.MAYBE if long or either else _Alike.NO
    if traces is _Traces.NEARLY and both:
        return _Alike.SAME
    if traces is _Traces.DIFFER:
        return _Alike.NO
    # numbers that are close or not printed: the same amount on the same day from the same bank may be one payment
    return _Alike.MAYBE if both else _Alike.NO


def _traces(facts: _Facts, other: str | None) -> _Traces:
    first, second = fold(facts.trace), fold(alphanumeric(other or ""))
    if not first or not second:
        return _Traces.MISSING
    apart = edits(first, second, _MISREAD)
    if apart == 0:
        return _Traces.EQUAL
    if apart > _MISREAD:
        return _Traces.DIFFER
    return _Traces.NEARLY if facts.picture and facts.random_trace else _Traces.CLOSE


def _same(first: Money | date | None, second: Money | date | None) -> bool | None:
    return first == second if first is not None and second is not None else None


def _accounts_clash(facts: _Facts, earlier: EarlierProof) -> bool:
    """Whether both print the payer's account and the digits that show are not of one account."""
    first, second = (re.findall(r"[0-9]+", text or "") for text in (facts.payer_account, earlier.payer_account))
    if not first or not second:
        return False
    shown = min(len(first[-1]), len(second[-1]))
    return shown >= 3 and first[-1][-shown:] != second[-1][-shown:]


def _near_picture(first: str | None, second: str | None) -> bool:
    if not first or not second:
        return False
    return (int(first, 16) ^ int(second, 16)).bit_count() <= _NEAR_PICTURE
