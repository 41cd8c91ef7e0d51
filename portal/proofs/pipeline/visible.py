"""A text layer is compared with the page that people see: both must say the same.

Source: docs/rules/reading.md, signal text_layer_differs.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from portal.core.money import Money
from portal.core.text import alphanumeric, fold
from portal.proofs.extract import Extraction, parse_line
from portal.proofs.pipeline.second_look import same
from portal.proofs.reader import (
    LOOKS,
    Document,
    EngineFailed,
    EngineMissing,
    Seen,
    Sheet,
    faintly_shown,
    look_again,
    look_at,
    plainly_shown,
)
from portal.proofs.types import Box, FieldValue, Page, Signal

_COMPARED = ("amount", "reference", "beneficiary_account", "date")
_WORDS = {
    "amount": "the amount", "reference": "the reference", "beneficiary_account": "the account", "date": "the date",
    "beneficiary_name": "the beneficiary", "status": "the state of the payment",
    "document_type": "the title of the document", "payer_bank": "the bank",
}  # fmt: skip
#: what must be seen as well, whatever its letters look like: by these a document is a bank's proof of a payment made
_SEEN = ("beneficiary_name", "status", "document_type", "payer_bank")
#: a picture of the text that differs less than this is the engine's slip, not another text
_ALIKE = 60


Named = tuple[str, FieldValue]


def unlike_the_page(document: Document, extraction: Extraction) -> list[Signal]:
    """A signal for each main field of a text layer that the visible page does not show."""
    values = [
        (name, value) for name in _COMPARED if (value := extraction.fields[name]) is not None and value.engine == "text"
    ]
    pages = sorted({value.page for _, value in values})
    return [
        *_unseen(document, extraction),
        *(
            signal
            for sheet in document.sheets
            if sheet.page.number in pages
            for signal in _on(
                document, sheet, [(name, value) for name, value in values if value.page == sheet.page.number]
            )
        ),
    ]


def _unseen(document: Document, extraction: Extraction) -> list[Signal]:
    """A signal for the first value that decides and that the page shows too faintly, or too small, for anybody to see."""
    values = [
        (name, value)
        for name in (*_COMPARED, *_SEEN)
        if (value := extraction.fields[name]) is not None and value.engine == "text"
    ]
    for number in sorted({value.page for _, value in values}):
        here = [(name, value) for name, value in values if value.page == number]
        faint = faintly_shown(document.source.data, number, [value.box for _, value in here])
        hidden = next((named for named, is_faint in zip(here, faint, strict=True) if is_faint), None)
        if hidden is not None:
            words = f"The PDF's own text gives {_WORDS[hidden[0]]}, but nobody can see it on the page."
            return [Signal("text_hidden", "bad", words, number, hidden[1].box)]
    return []


def _on(document: Document, sheet: Sheet, values: Sequence[Named]) -> list[Signal]:
    """The engine looks at those values only whose letters are not plainly what the page shows."""
    boxes = [value.box for _, value in values]
    plain = plainly_shown(document.source.data, sheet.page.number, boxes)
    unsure = [named for named, shown in zip(values, plain, strict=True) if not shown]
    return _by_looking(sheet, unsure) if unsure else []


def _by_looking(sheet: Sheet, values: Sequence[Named]) -> list[Signal]:
    places = [_lines_of(sheet.page, value) for _, value in values]
    try:
        looks = iter(look_at(sheet, [box for boxes in places for box in boxes]))
        seen = [[word for _ in boxes for word in next(looks)] for boxes in places]
        return [
            signal
            for (name, value), boxes, words in zip(values, places, seen, strict=True)
            if (signal := _compared(sheet, name, value, boxes, words)) is not None
        ]
    except (EngineFailed, EngineMissing):
        words = "The text of this PDF could not be compared with what its page shows."
        return [Signal("text_layer_unchecked", "warn", words, sheet.page.number, values[0][1].box)]


def _lines_of(page: Page, value: FieldValue) -> list[Box]:
    """The boxes of a value line by line: a value may run over two."""
    rows: list[list[Box]] = []
    inside = [word.box for word in page.words if _is_inside(word.box, value.box)]
    for box in sorted(inside, key=lambda box: box[1] + box[3]):
        if rows and (box[1] + box[3]) / 2 < rows[-1][0][3]:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [
        (min(b[0] for b in row), min(b[1] for b in row), max(b[2] for b in row), max(b[3] for b in row)) for row in rows
    ] or [value.box]


def _compared(sheet: Sheet, name: str, value: FieldValue, boxes: Sequence[Box], first: Sequence[Seen]) -> Signal | None:
    """Nothing when any look, each at another size, shows what the text layer says."""
    if _shows(name, value, first):
        return None
    text = " ".join(word.text for word in first)
    for look in range(LOOKS):
        closer = [word for box in boxes for word in look_again(sheet, box, look)]
        if _shows(name, value, closer):
            return None
        text = " ".join(word.text for word in closer) or text
    severity = "bad" if name == "amount" or not text else "warn"
    shown = f"“{text}”" if text else "nothing there"
    words = f"The PDF's own text gives {_WORDS[name]} as “{_written(name, value)}”, but its page shows {shown}."
    return Signal("text_layer_differs", severity, words, value.page, value.box)


def _is_inside(word: Box, value: Box) -> bool:
    return value[0] <= (word[0] + word[2]) / 2 <= value[2] and value[1] <= (word[1] + word[3]) / 2 <= value[3]


def _shows(name: str, value: FieldValue, seen: Sequence[Seen]) -> bool:
    pairs = [(word.text, word.confidence) for word in seen]
    read = parse_line(name, pairs, value.value)
    if read is not None and same(name, read[0], value.value):
        return True
    if name == "amount":
        digits = "".join(letter for letter in fold("".join(word.text for word in seen)) if letter.isdigit())
        return bool(digits) and digits == value.value.replace(".", "") and read is None
    text = alphanumeric(fold(" ".join(word.text for word in seen)))
    wanted = alphanumeric(fold(value.value))
    if name == "date":
        return read is None and bool(text) and _near_date(text, value.value)
    return bool(text) and fuzz.ratio(text, wanted) >= _ALIKE + 25


def _near_date(text: str, iso: str) -> bool:
    year, _, day = iso.split("-")
    return fuzz.partial_ratio(fold(year), text) >= _ALIKE and fold(str(int(day))) in text


def _written(name: str, value: FieldValue) -> str:
    return str(Money.parse(value.value)) if name == "amount" else value.value
