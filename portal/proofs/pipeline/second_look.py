"""What an engine read from a picture is read once more, closer; agreement raises confidence, contradiction lowers it.

Source: proofs.md 2.3 (the agreement gate), design.md 6 (what is read alike twice is trusted more than either alone).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portal.core.money import Money
from portal.proofs.extract import Extraction, parse_line
from portal.proofs.reader import Document, EngineFailed, Seen, Sheet, look_again
from portal.proofs.types import Box, FieldValue

#: fields that are looked at again whenever they are less sure than this; the amount always is
_DOUBTFUL = {"date": 0.9, "beneficiary_account": 0.9, "reference": 0.9, "trace_id": 0.8, "payer_account": 0.8}
_CONTRADICTED = 0.45
_RESCUED = 0.72
#: two looks that see the same digits, and how many digits that takes
_AGREED, _TELLING_DIGITS = 0.6, 6
#: two heights, so that the second reading errs in another way than the first
_HEIGHTS = (64, 48)


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
    """The value with its confidence after a second reading; of two that differ the surer one, but no longer sure."""
    seen = look_again(sheet, value.box)
    read = parse_line(name, _pairs(seen), value.value)
    if read is None:
        return replace(value, confidence=round(value.confidence * 0.9, 3)) if name == "amount" else value
    text, confidence = read
    if same(name, text, value.value):
        sure = 1 - (1 - value.confidence) * (1 - 0.8 * confidence)
        if name == "beneficiary_account" and len(_digits(text)) >= _TELLING_DIGITS:
            sure = max(sure, _AGREED)  # dots and crosses of a mask pull an engine's confidence down, not its digits
        return replace(value, confidence=round(min(0.99, sure), 3))
    if name == "amount":
        return replace(value, confidence=min(value.confidence, _CONTRADICTED))
    return _of_two(name, value, text, confidence)


def _of_two(name: str, value: FieldValue, text: str, confidence: float) -> FieldValue:
    """Two readings differ: the surer one, no longer believed without help."""
    better = confidence > value.confidence + 0.1
    cap = 0.55 if name in ("reference", "trace_id", "payer_account") else _CONTRADICTED
    return replace(
        value, value=text if better else value.value, confidence=round(min(max(value.confidence, confidence), cap), 3)
    )


def _rescued(sheet: Sheet, name: str, page: int, box: Box) -> FieldValue | None:
    """A value that could not be read the first time: believed when two closer looks read it alike."""
    if sheet.page.engine == "text":
        return None
    looks = [parse_line(name, _pairs(look_again(sheet, box, height)), None) for height in _HEIGHTS]
    if looks[0] is None or looks[1] is None or not same(name, looks[0][0], looks[1][0]):
        return None
    sure = min(_RESCUED, (looks[0][1] + looks[1][1]) / 2)
    return FieldValue(looks[0][0], round(sure, 3), page, box, sheet.page.engine)


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
