"""What an engine read from a picture is read once more, closer; agreement raises confidence, contradiction lowers it.

Source: docs/rules/reading.md, D9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from portal.core.money import Money
from portal.proofs.extract import Extraction, parse_line
from portal.proofs.reader import LOOKS, Document, EngineFailed, Seen, Sheet, look_again
from portal.proofs.types import Box, FieldValue

#: fields that are looked at again whenever they are less sure than this; the amount always is
_DOUBTFUL = {"date": 0.9, "beneficiary_account": 0.9, "reference": 0.9, "trace_id": 0.8, "payer_account": 0.8}
_CONTRADICTED = 0.45
_RESCUED = 0.72
_TWO_OF_THREE = 0.75
Read = tuple[str, float]
#: an account that two looks see alike, and how many digits that takes
_AGREED, _TELLING_DIGITS = 0.6, 4


def confirmed(document: Document, extraction: Extraction) -> Extraction:
    """The extraction with its main fields looked at again where an engine read them."""
    fields = dict(extraction.fields)
    try:
        for name in ("amount", *_DOUBTFUL):
            value = fields[name]
            if value is None or value.engine == "text":
                continue
            if value.confidence < _DOUBTFUL.get(name, 1.0):
                fields[name] = _again(_sheet(document, value.page), name, value)
        for name, (page, box) in extraction.damaged.items():
            fields[name] = _rescued(_sheet(document, page), name, page, box)
        if fields["currency"] is None:
            fields["currency"] = _currency(fields["amount"])
    except EngineFailed:
        return extraction  # a closer look that fails changes nothing
    amount, currency = fields["amount"], fields["currency"]
    if amount is not None and currency is not None:
        fields["currency"] = replace(currency, confidence=amount.confidence)
    return replace(extraction, fields=fields)


def _again(sheet: Sheet, name: str, value: FieldValue) -> FieldValue:
    """The value with its confidence after a second reading; where two differ, a third decides or nobody is sure."""
    read = _look(sheet, name, value, 0)
    if read is None:
        return replace(value, confidence=round(value.confidence * 0.9, 3)) if name == "amount" else value
    if same(name, read[0], value.value):
        sure = 1 - (1 - value.confidence) * (1 - 0.8 * read[1])
        if name == "beneficiary_account" and len(_digits(read[0])) >= _TELLING_DIGITS:
            sure = max(sure, _AGREED)  # dots and crosses of a mask pull an engine's confidence down, not its digits
        return replace(value, confidence=round(min(0.99, sure), 3))
    return _settled(name, value, read, _look(sheet, name, value, 1))


def _settled(name: str, value: FieldValue, second: Read, third: Read | None) -> FieldValue:
    """Two of three readings that agree are taken, with less than full confidence; three that differ leave doubt."""
    if third is not None and same(name, third[0], value.value):
        return replace(value, confidence=round(min(value.confidence, third[1], _TWO_OF_THREE), 3))
    if third is not None and same(name, third[0], second[0]) and name != "beneficiary_account":
        return replace(value, value=second[0], confidence=round(min(second[1], third[1], _TWO_OF_THREE), 3))
    if name in ("amount", "beneficiary_account"):
        return replace(value, confidence=min(value.confidence, _CONTRADICTED))
    surer = second[0] if second[1] > value.confidence + 0.1 else value.value
    return replace(value, value=surer, confidence=round(min(max(value.confidence, second[1]), _CONTRADICTED), 3))


def _look(sheet: Sheet, name: str, value: FieldValue, look: int) -> Read | None:
    return parse_line(name, _pairs(look_again(sheet, value.box, look)), value.value)


def _rescued(sheet: Sheet, name: str, page: int, box: Box) -> FieldValue | None:
    """A value that could not be read the first time: believed when two closer looks read it alike."""
    if sheet.page.engine == "text":
        return None
    looks = [read for look in range(LOOKS) if (read := parse_line(name, _pairs(look_again(sheet, box, look)), None))]
    for first, second in combinations(looks, 2):
        if same(name, first[0], second[0]):
            sure = min(_RESCUED, (first[1] + second[1]) / 2)
            return FieldValue(first[0], round(sure, 3), page, box, sheet.page.engine)
    return None


def same(name: str, first: str, second: str) -> bool:
    """Whether two readings of a field say the same: amounts to the cent, accounts by their digits."""
    if name == "amount":
        return Money.parse(first) == Money.parse(second)
    if name in ("beneficiary_account", "payer_account"):
        return _digits(first) == _digits(second)
    return "".join(first.split()).upper() == "".join(second.split()).upper()


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _pairs(seen: Sequence[Seen]) -> list[tuple[str, float]]:
    return [(word.text, word.confidence) for word in sorted(seen, key=lambda word: word.box[0])]


def _sheet(document: Document, page: int) -> Sheet:
    return next(sheet for sheet in document.sheets if sheet.page.number == page)


def _currency(amount: FieldValue | None) -> FieldValue | None:
    return replace(amount, value="ZAR") if amount is not None else None
