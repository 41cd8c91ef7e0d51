"""Traces of a changed value on a PDF's page: another font, a patch beneath it, text under text, a note laid on top.

Source: docs/rules/reading.md, signals font…, text_over_text, patched, note_over_value.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from portal.proofs.types import Box, FieldValue, Signal

_MAX_CHARS = 20_000
_GRID = 20_000
_STYLES = re.compile(
    r"(?:[-,]?(?:bold|italic|oblique|regular|roman|medium|semibold|light|black|book|condensed|narrow|mt|ps))+$", re.I
)
_WORDS = {
    "amount": "the amount", "reference": "the reference", "beneficiary_account": "the account", "date": "the date",
    "beneficiary_name": "the beneficiary", "trace_id": "the bank's number",
}  # fmt: skip
_NOTES = {
    raw.FPDF_ANNOT_FREETEXT,
    raw.FPDF_ANNOT_STAMP,
    raw.FPDF_ANNOT_INK,
    raw.FPDF_ANNOT_SQUARE,
    raw.FPDF_ANNOT_REDACT,
    raw.FPDF_ANNOT_WIDGET,  # a form's field: programs show what is filled in, the page's own text lies beneath
}
_PAPER = 240
#: a stroke is so thin, and stands so far down, in heights of the value it strikes out
_THIN, _MIDDLE = 0.2, (0.3, 0.75)


@dataclass(frozen=True, slots=True)
class _Char:
    letter: str
    box: Box
    font: str


def signals(data: bytes, values: Sequence[tuple[str, FieldValue]]) -> list[Signal]:
    """Signals about the places where values stand. values: field names and what the text layer gave for them."""
    if not values:
        return []
    found: list[Signal] = []
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return []
    try:
        for number in sorted({value.page for _, value in values}):
            page = document[number - 1]
            here = [(name, value) for name, value in values if value.page == number]
            chars = _chars(page, here)
            found.extend(_by_font(chars, here))
            found.extend(_by_overprint(chars, here))
            # each object of a page costs time, and a page has one for every few letters: they are gone through once
            shapes = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))
            found.extend(_by_patches(page, shapes, here))
            found.extend(_by_notes(page, here))
            found.extend(_by_strokes(page, shapes, here))
    finally:
        document.close()
    return found


def family(font: str) -> str:
    """``BAAAAA+LiberationSans-Bold`` and ``LiberationSans`` are one family."""
    plain = re.sub(r"^[A-Z]{6}\+", "", font).replace(" ", "")
    shorter = _STYLES.sub("", plain)
    return (shorter or plain).lower()


def _by_font(chars: Sequence[_Char], values: Sequence[tuple[str, FieldValue]]) -> list[Signal]:
    """A value set in two families, or in one that no other value has."""
    families = {
        name: Counter(family(char.font) for char in chars if _inside(char.box, value.box)) for name, value in values
    }
    found = []
    for name, value in values:
        own = families[name]
        if len(own) > 1 and min(own.values()) >= 1:
            words = f"{_WORDS[name].capitalize()} is set in two typefaces ({', '.join(sorted(own))})."
            found.append(Signal("fonts_mixed", "bad", words, value.page, value.box))
            continue
        others = Counter(next(iter(fonts)) for other, fonts in families.items() if other != name and len(fonts) == 1)
        if len(own) == 1 and len(others) == 1 and others.total() >= 3 and next(iter(own)) not in others:
            words = (
                f"{_WORDS[name].capitalize()} is set in another typeface ({next(iter(own))}) "
                f"than every other value ({next(iter(others))})."
            )
            found.append(
                Signal("font_unlike_others", "bad" if name == "amount" else "warn", words, value.page, value.box)
            )
    return found


def _by_overprint(chars: Sequence[_Char], values: Sequence[tuple[str, FieldValue]]) -> list[Signal]:
    """Other letters in the very place of a value: what stood there before may still be beneath."""
    found = []
    for name, value in values:
        inside = [char for char in chars if _inside(char.box, value.box)]
        covered = sum(
            any(_covers(one.box, other.box) and one.letter != other.letter for other in inside[at + 1 :])
            for at, one in enumerate(inside)
        )
        if covered >= 2:
            words = f"There is other text in the place of {_WORDS[name]}."
            found.append(Signal("text_over_text", "bad", words, value.page, value.box))
    return found


def _by_patches(
    page: pdfium.PdfPage, shapes: Sequence[pdfium.PdfObject], values: Sequence[tuple[str, FieldValue]]
) -> list[Signal]:
    """A small patch of paper colour, or a small picture, laid where one value stands and no other."""
    patches = [patch for item in shapes if (patch := _patch(page, item)) is not None]
    found = []
    for name, value in values:
        beneath = [patch for patch in patches if _overlap(patch, value.box) > 0.5 and _is_small(patch, value.box)]
        alone = [
            patch
            for patch in beneath
            if not any(_overlap(patch, other.box) > 0.5 for key, other in values if key != name)
        ]
        rows = sum(any(_alike(patch, other) for patch in alone) for other in patches)
        if alone and rows <= 2:
            words = f"A patch the colour of the paper lies where {_WORDS[name]} stands."
            found.append(Signal("patched", "warn", words, value.page, value.box))
    return found


def _by_notes(page: pdfium.PdfPage, values: Sequence[tuple[str, FieldValue]]) -> list[Signal]:
    """Notes, stamps and drawings laid over the page; over a value they replace what people see."""
    found = []
    for at in range(min(raw.FPDFPage_GetAnnotCount(page), 200)):
        note = raw.FPDFPage_GetAnnot(page, at)
        try:
            if raw.FPDFAnnot_GetSubtype(note) not in _NOTES:
                continue
            rect = raw.FS_RECTF()
            if not raw.FPDFAnnot_GetRect(note, rect):
                continue
            box = _shown_box(page, rect.left, rect.bottom, rect.right, rect.top)
        finally:
            raw.FPDFPage_CloseAnnot(note)
        touched = next(((name, value) for name, value in values if _overlap(box, value.box) > 0.2), None)
        if touched is not None:
            words = f"A note or drawing was laid over {_WORDS[touched[0]]}."
            found.append(Signal("note_over_value", "bad", words, touched[1].page, touched[1].box))
    return found


def _by_strokes(
    page: pdfium.PdfPage, shapes: Sequence[pdfium.PdfObject], values: Sequence[tuple[str, FieldValue]]
) -> list[Signal]:
    """A thin line through the middle of a value: it was struck out."""
    strokes = [_shown_box(page, *item.get_bounds()) for item in shapes if item.type == raw.FPDF_PAGEOBJ_PATH]
    found = []
    for name, value in values:
        x0, y0, x1, y1 = value.box
        tall, wide = y1 - y0, x1 - x0
        through = any(
            stroke[3] - stroke[1] < _THIN * tall
            and _MIDDLE[0] < ((stroke[1] + stroke[3]) / 2 - y0) / tall < _MIDDLE[1]
            and min(x1, stroke[2]) - max(x0, stroke[0]) > 0.6 * wide
            for stroke in strokes
        )
        if through:
            words = f"A line was drawn through {_WORDS[name]}."
            found.append(Signal("struck_through", "bad", words, value.page, value.box))
    return found


def _chars(page: pdfium.PdfPage, values: Sequence[tuple[str, FieldValue]]) -> list[_Char]:
    """The letters that stand within the values, each with its typeface."""
    textpage = page.get_textpage()
    name, flags, bounds = ctypes.create_string_buffer(256), ctypes.c_int(), raw.FS_RECTF()
    places = [_units(page, value.box) for _, value in values]
    found = []
    try:
        for at in range(min(textpage.count_chars(), _MAX_CHARS)):
            if not raw.FPDFText_GetLooseCharBox(textpage, at, bounds):
                continue
            x, y = (bounds.left + bounds.right) / 2, (bounds.bottom + bounds.top) / 2
            if not any(place[0] <= x <= place[2] and place[1] <= y <= place[3] for place in places):
                continue
            letter = chr(raw.FPDFText_GetUnicode(textpage, at))
            if letter.isspace() or not letter.isprintable() or raw.FPDFText_IsGenerated(textpage, at) == 1:
                continue
            length = raw.FPDFText_GetFontInfo(textpage, at, name, len(name), flags)
            font = name.value.decode("utf-8", "replace") if 0 < length <= len(name) else ""
            found.append(_Char(letter, _shown_box(page, bounds.left, bounds.bottom, bounds.right, bounds.top), font))
    finally:
        textpage.close()
    return found


def _units(page: pdfium.PdfPage, box: Box) -> Box:
    """A box of the page as it is shown, in the page's own units, with a little room."""
    found = []
    x, y = ctypes.c_double(), ctypes.c_double()
    for across, down in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_DeviceToPage(page, 0, 0, _GRID, _GRID, 0, round(across * _GRID), round(down * _GRID), x, y)
        found.append((x.value, y.value))
    (ax, ay), (bx, by) = found
    return (min(ax, bx) - 1, min(ay, by) - 1, max(ax, bx) + 1, max(ay, by) + 1)


def _patch(page: pdfium.PdfPage, item: pdfium.PdfObject) -> Box | None:
    """The place of an object that could hide something: a filled shape of paper colour, or a picture."""
    if item.type == raw.FPDF_PAGEOBJ_PATH:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        if not raw.FPDFPath_GetDrawMode(item, mode, stroke) or mode.value == raw.FPDF_FILLMODE_NONE:
            return None
        if not raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
            return None
        if min(red.value, green.value, blue.value) < _PAPER or alpha.value < _PAPER:
            return None
    left, bottom, right, top = item.get_bounds()
    return _shown_box(page, left, bottom, right, top)


def _shown_box(page: pdfium.PdfPage, left: float, bottom: float, right: float, top: float) -> Box:
    found = []
    for x, y in ((left, top), (right, bottom)):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, across, down)
        found.append((across.value / _GRID, down.value / _GRID))
    (ax, ay), (bx, by) = found
    return (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _inside(small: Box, large: Box) -> bool:
    x, y = (small[0] + small[2]) / 2, (small[1] + small[3]) / 2
    return large[0] <= x <= large[2] and large[1] <= y <= large[3]


def _overlap(box: Box, value: Box) -> float:
    """The share of a value's box that another box covers."""
    wide = min(box[2], value[2]) - max(box[0], value[0])
    tall = min(box[3], value[3]) - max(box[1], value[1])
    area = (value[2] - value[0]) * (value[3] - value[1])
    return max(0.0, wide) * max(0.0, tall) / area if area > 0 else 0.0


def _covers(one: Box, other: Box) -> bool:
    return _overlap(one, other) > 0.6 and _overlap(other, one) > 0.6


def _is_small(patch: Box, value: Box) -> bool:
    return patch[3] - patch[1] < 4 * (value[3] - value[1]) and patch[2] - patch[0] < 0.6


def _alike(patch: Box, other: Box) -> bool:
    """Shapes of one size: rows of a table, not a patch."""
    return (
        abs((patch[2] - patch[0]) - (other[2] - other[0])) < 0.004
        and abs((patch[3] - patch[1]) - (other[3] - other[1])) < 0.004
    )
