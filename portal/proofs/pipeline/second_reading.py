"""The second engine reads the page, and both readings become one.

Source: docs/rules/reading.md, D18 and D19.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from portal.proofs.extract import Extraction, begins_small_print, known_bank, never_printed, read_fields
from portal.proofs.pipeline.agreement import ALONE, CONTRADICTED, MAIN, both, same
from portal.proofs.reader import Document, SecondEngine, Sheet, words_on
from portal.proofs.types import Box, FieldValue, Page, Word

#: a page whose words are this clear on average has no value that was missed for its looks
_CLEAR_PAGE, _CLEAR_WORD = 0.85, 0.75
#: what every proof of payment tells
_ALWAYS = ("amount", "date", "payer_bank")
#: a value that the second engine did not see
_UNSEEN = 0.6
#: where both saw another value than the other: amounts fall below what any rule accepts
_DIFFERENT = 0.7


def is_needed(extraction: Extraction, pages: Sequence[Page]) -> bool:
    """Whether a look at single places cannot be enough: something that decides is missing and nobody knows where it is."""
    if any(signal.code == "words_differ" for signal in extraction.signals):
        return True
    missing = {name for name in MAIN if extraction.fields[name] is None and name not in extraction.damaged}
    if missing & extraction.unanswered or missing & set(_ALWAYS) or _is_strange(extraction.fields["payer_bank"], pages):
        return True
    return bool(missing - set(never_printed(extraction.layout))) and not _is_clear(extraction, pages)


def _is_strange(bank: FieldValue | None, pages: Sequence[Page]) -> bool:
    """Whether the issuer is a bank nobody knows whose name was not read clearly: more likely a slip than a new bank."""
    if bank is None or bank.engine == "text" or known_bank(bank.value) is not None:
        return False
    words = [word for page in pages if page.number == bank.page for word in page.words if _is_inside(word, bank.box)]
    return min((word.confidence for word in words), default=0.0) < _CLEAR_WORD


def read(
    engine: SecondEngine, document: Document, first: Extraction, without: Collection[str], until: float
) -> tuple[Extraction, tuple[Page, ...]]:
    """What both engines make of the document, and its pages with the words that the second one read.

    Raises EngineFailed, EngineMissing.
    """
    told = {value.page for value in first.fields.values() if value is not None}
    by_number = {sheet.page.number: sheet.page for sheet in document.sheets}
    kept: dict[int, set[Box]] = {}
    for sheet in sorted(document.sheets, key=lambda sheet: sheet.page.number not in told):
        if sheet.straight is None or sheet.page.engine == "text":
            continue
        page, kept[page.number] = _read_page(engine, sheet, first, until)
        by_number[page.number] = page
    pages = tuple(by_number[sheet.page.number] for sheet in document.sheets)
    second = read_fields(pages, without)
    fields = {
        name: _joined(name, first.fields[name], _said_by(value, pages, kept)) for name, value in second.fields.items()
    }
    return replace(second, fields=fields), pages


def _read_page(engine: SecondEngine, sheet: Sheet, first: Extraction, until: float) -> tuple[Page, set[Box]]:
    """The page as both engines see it together, and the boxes of the words that are the first one's."""
    straight = sheet.straight
    if straight is None:
        return sheet.page, {word.box for word in sheet.page.words}
    # the bank often stands in the small print alone
    stop = begins_small_print if first.fields["payer_bank"] is not None else _never
    seen, known = engine.read_words(straight.picture, sheet.seen, is_small_print=stop, until=until)
    page = sheet.page
    size = (page.width, page.height)
    own = words_on(straight, seen, size, page.number)
    old = words_on(straight, known, size, page.number)
    return replace(page, words=(*own, *old), engine=engine.NAME), {word.box for word in old}


def _never(_text: str) -> bool:
    return False


def _said_by(value: FieldValue | None, pages: Sequence[Page], kept: dict[int, set[Box]]) -> FieldValue | None:
    """The value with the engine that saw its words."""
    if value is None or value.engine == "text":
        return value
    page = next(page for page in pages if page.number == value.page)
    inside = [word for word in page.words if _is_inside(word, value.box)]
    if inside and all(word.box in kept.get(page.number, set()) for word in inside):
        return replace(value, engine="tesseract")
    return value


def _is_inside(word: Word, box: Box) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _joined(name: str, first: FieldValue | None, second: FieldValue | None) -> FieldValue | None:
    """One value of two readings; the second engine's where they differ, since it errs far less often."""
    if second is None:
        return replace(first, confidence=round(first.confidence * _UNSEEN, 3)) if first is not None else None
    if first is None:
        return replace(second, confidence=round(second.confidence * ALONE, 3))
    if first.engine == second.engine or first.engine == "text":
        return second
    if same(name, first.value, second.value):
        box = first.box if first.page == second.page else second.box
        return replace(both(name, second, first.confidence), box=box)
    most = CONTRADICTED if name == "amount" else _DIFFERENT
    return replace(second, confidence=round(min(second.confidence, most), 3))


def _is_clear(extraction: Extraction, pages: Sequence[Page]) -> bool:
    """Whether the first engine read the page of the payment without trouble."""
    told = {value.page for value in extraction.fields.values() if value is not None}
    sure = [word.confidence for page in pages if page.number in told for word in page.words if len(word.text) >= 3]
    return bool(sure) and sum(sure) / len(sure) >= _CLEAR_PAGE
