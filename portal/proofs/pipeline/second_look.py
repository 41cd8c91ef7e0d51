"""What an engine read from a picture is read once more; agreement raises confidence, contradiction lowers it.

Once more means by the second engine where there is one, else by the first, closer. Where the second engine cannot
settle it place by place, it reads the page.
Source: docs/rules/reading.md, D9, D18, D19.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from portal.proofs.extract import Extraction, parse_line
from portal.proofs.pipeline import second_reading
from portal.proofs.pipeline.agreement import ALONE, CONTRADICTED, MAIN, both, same
from portal.proofs.reader import (
    LOOKS,
    Document,
    EngineFailed,
    EngineMissing,
    SecondEngine,
    Seen,
    Sheet,
    look_again,
    look_at,
    second_engine,
)
from portal.proofs.types import Box, FieldValue, Page

__all__ = ["Looked", "confirmed", "same"]

#: fields that are looked at again whenever they are less sure than this; the amount always is
_DOUBTFUL = {"date": 0.9, "beneficiary_account": 0.9, "reference": 0.9, "trace_id": 0.8, "payer_account": 0.8}
_RESCUED = 0.72
_TWO_OF_THREE = 0.75
#: a second engine this sure of a place outweighs the first, up to this confidence
_SURE, _OUTWEIGHED = 0.9, 0.8
Read = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Looked:
    """An extraction after its second look, and the pages whose words another engine read."""

    extraction: Extraction
    pages: tuple[Page, ...]


def confirmed(
    document: Document,
    extraction: Extraction,
    *,
    without: Collection[str] = (),
    escalate: bool = True,
    until: float = float("inf"),
) -> Looked:
    """The extraction with its main fields looked at again where an engine read them.

    without: names of banks whose layouts are switched off. escalate: whether the second engine may be asked.
    until: `time.monotonic()` after which the second engine begins no other line.
    """
    pages = tuple(sheet.page for sheet in document.sheets)
    if all(sheet.straight is None for sheet in document.sheets):
        return Looked(extraction, pages)  # text layers and blank pages
    engine = second_engine() if escalate else None
    try:
        if engine is not None:
            return _with_second_engine(engine, document, extraction, without, until)
        fields = _looked_closer(document, extraction)
    except (EngineFailed, EngineMissing):
        return Looked(extraction, pages)  # a closer look that fails changes nothing
    return Looked(replace(extraction, fields=_money_complete(fields)), pages)


def _with_second_engine(
    engine: SecondEngine, document: Document, extraction: Extraction, without: Collection[str], until: float
) -> Looked:
    pages = tuple(sheet.page for sheet in document.sheets)
    if not second_reading.is_needed(extraction, pages):
        fields, settled = _looked_by(engine, document, extraction)
        if settled:
            return Looked(replace(extraction, fields=_money_complete(fields)), pages)
        extraction = replace(extraction, fields=fields)
    wider, pages = second_reading.read(engine, document, extraction, without, until)
    return Looked(replace(wider, fields=_money_complete(dict(wider.fields))), pages)


def _looked_by(
    engine: SecondEngine, document: Document, extraction: Extraction
) -> tuple[dict[str, FieldValue | None], bool]:
    """The fields after the second engine read their places, and whether that settled the main ones."""
    fields, settled = dict(extraction.fields), True
    for name, value in _to_look_at(extraction):
        read = _read_places(engine, _sheet(document, value.page), name, value.box, value.value)
        if read is None:
            settled = settled and name not in MAIN
        elif same(name, read[0], value.value):
            fields[name] = both(name, value, read[1])
        elif name == "amount":
            fields[name] = replace(value, confidence=min(value.confidence, CONTRADICTED))
            settled = False
        else:
            fields[name] = _outweighed(value, read, engine.NAME)
            settled = settled and (read[1] >= _SURE or name not in MAIN)
    for name, (number, box) in extraction.damaged.items():
        read = _read_places(engine, _sheet(document, number), name, box, None)
        if read is not None:
            fields[name] = FieldValue(read[0], round(read[1] * ALONE, 3), number, box, engine.NAME)
        settled = settled and (read is not None or name not in MAIN)
    return fields, settled


def _outweighed(value: FieldValue, read: Read, engine: str) -> FieldValue:
    """The second engine's value where it is sure; it errs far less often, so the first one's slip is likelier."""
    if read[1] < _SURE:
        return replace(value, confidence=min(value.confidence, CONTRADICTED))
    return replace(value, value=read[0], confidence=round(min(read[1], _OUTWEIGHED), 3), engine=engine)


def _read_places(engine: SecondEngine, sheet: Sheet, name: str, place: Box, known: str | None) -> Read | None:
    """The value as the second engine sees it, line by line, on the picture that the first one was given."""
    if sheet.straight is None:
        return None
    straight, (across, down) = sheet.straight, sheet.picture.size
    words: list[tuple[str, float]] = []
    for box in _lines_of(sheet.page, place):
        there = straight.from_the_upright((box[0] * across, box[1] * down, box[2] * across, box[3] * down))
        words.extend(_pairs(engine.read_place(straight.picture, there)))
    return parse_line(name, words, known)


def _lines_of(page: Page, value: Box) -> list[Box]:
    """The boxes of a value line by line: a value may run over two."""
    rows: list[list[Box]] = []
    for word in page.words:
        box = word.box
        if not (value[0] <= (box[0] + box[2]) / 2 <= value[2] and value[1] <= (box[1] + box[3]) / 2 <= value[3]):
            continue
        row = next((row for row in rows if row[0][1] <= (box[1] + box[3]) / 2 <= row[0][3]), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    lines = [(min(b[0] for b in r), min(b[1] for b in r), max(b[2] for b in r), max(b[3] for b in r)) for r in rows]
    return sorted(lines, key=lambda line: line[1]) or [value]


def _looked_closer(document: Document, extraction: Extraction) -> dict[str, FieldValue | None]:
    """The fields after the first engine looked closer: all places in one start of it, what differs in one more."""
    fields = dict(extraction.fields)
    asked = _to_look_at(extraction)
    damaged = list(extraction.damaged.items())
    pages = {value.page for _, value in asked} | {page for _, (page, _) in damaged}
    for number in pages:
        sheet = _sheet(document, number)
        if sheet.page.engine == "text":
            continue
        here = [(name, value) for name, value in asked if value.page == number]
        broken = [(name, box) for name, (page, box) in damaged if page == number]
        looks = _Looks(sheet, {**{name: value.box for name, value in here}, **dict(broken)})
        for name, value in here:
            fields[name] = _again(looks, name, value)
        for name, box in broken:
            fields[name] = _rescued(looks, name, number, box)
    return fields


class _Looks:
    """Closer looks at the places of one page: the first at all of them in one start of the engine, then one by one."""

    def __init__(self, sheet: Sheet, boxes: dict[str, Box]) -> None:
        self.sheet, self._boxes = sheet, boxes
        seen = look_at(sheet, list(boxes.values()))
        self._seen = dict(zip(boxes, seen, strict=True))

    def read(self, name: str, look: int, known: str | None) -> Read | None:
        """The field's value in the how-manieth look, from 0."""
        read = parse_line(name, _pairs(self._seen[name]), known) if look == 0 else None
        return read or parse_line(name, _pairs(look_again(self.sheet, self._boxes[name], look)), known)


def _again(looks: _Looks, name: str, value: FieldValue) -> FieldValue:
    """The value with its confidence after a second reading; where two differ, a third decides or nobody is sure."""
    read = looks.read(name, 0, value.value)
    if read is None:
        return replace(value, confidence=round(value.confidence * 0.9, 3)) if name == "amount" else value
    if same(name, read[0], value.value):
        return replace(both(name, value, 0.8 * read[1]), engine=value.engine)
    return _settled(name, value, read, looks.read(name, 1, value.value))


def _settled(name: str, value: FieldValue, second: Read, third: Read | None) -> FieldValue:
    """Two of three readings that agree are taken, with less than full confidence; three that differ leave doubt."""
    if third is not None and same(name, third[0], value.value):
        return replace(value, confidence=round(min(value.confidence, third[1], _TWO_OF_THREE), 3))
    if third is not None and same(name, third[0], second[0]) and name != "beneficiary_account":
        return replace(value, value=second[0], confidence=round(min(second[1], third[1], _TWO_OF_THREE), 3))
    if name in ("amount", "beneficiary_account"):
        return replace(value, confidence=min(value.confidence, CONTRADICTED))
    surer = second[0] if second[1] > value.confidence + 0.1 else value.value
    return replace(value, value=surer, confidence=round(min(max(value.confidence, second[1]), CONTRADICTED), 3))


def _rescued(looks: _Looks, name: str, page: int, box: Box) -> FieldValue | None:
    """A value that could not be read the first time: believed when two closer looks read it alike."""
    found = [read for look in range(LOOKS) if (read := looks.read(name, look, None))]
    for first, second in combinations(found, 2):
        if same(name, first[0], second[0]):
            sure = min(_RESCUED, (first[1] + second[1]) / 2)
            return FieldValue(first[0], round(sure, 3), page, box, looks.sheet.page.engine)
    return None


def _to_look_at(extraction: Extraction) -> list[tuple[str, FieldValue]]:
    found = []
    for name in ("amount", *_DOUBTFUL):
        value = extraction.fields[name]
        if value is not None and value.engine != "text" and value.confidence < _DOUBTFUL.get(name, 1.0):
            found.append((name, value))
    return found


def _pairs(seen: Sequence[Seen]) -> list[tuple[str, float]]:
    return [(word.text, word.confidence) for word in sorted(seen, key=lambda word: word.box[0])]


def _sheet(document: Document, page: int) -> Sheet:
    return next(sheet for sheet in document.sheets if sheet.page.number == page)


def _money_complete(fields: dict[str, FieldValue | None]) -> dict[str, FieldValue | None]:
    """The currency goes with the amount: as sure as it, and the rand where none is printed."""
    amount, currency = fields["amount"], fields["currency"]
    if amount is not None:
        fields["currency"] = replace(amount, value=currency.value if currency is not None else "ZAR")
    return fields
