"""A layout's samples: documents as lines of text, set as a page and read like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.proofs.extract.extraction import read_fields
from portal.proofs.extract.general import texts
from portal.proofs.extract.layouts import Layout
from portal.proofs.types import FIELD_NAMES, Page, Word

_WIDTH, _HEIGHT = 1000, 1414
_LETTER, _SPACE, _LINE, _TALL = 0.0085, 0.004, 0.02, 0.012
_COLUMNS = (0.06, 0.42, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one layout's samples; no faults when all is right."""

    layout: str
    bank: str
    samples: int
    faults: tuple[str, ...]


def checked(layout: Layout) -> Checked:
    """Read every sample of a layout and name each field that came out other than it must."""
    faults: list[str] = []
    for at, sample in enumerate(layout.samples, start=1):
        extraction = read_fields([page_of(texts(sample, "lines"))])
        if extraction.layout != layout.id:
            faults.append(f"sample {at}: taken for {extraction.layout or 'no layout'}")
        wanted = sample["fields"]
        if not isinstance(wanted, dict):
            continue
        for name in sorted(wanted):
            value = extraction.fields.get(name) if name in FIELD_NAMES else None
            found = value.value if value is not None else None
            if found != wanted[name]:
                faults.append(f"sample {at}: {name} is {found!r}, must be {wanted[name]!r}")
    return Checked(layout.id, layout.bank, len(layout.samples), tuple(faults))


def page_of(lines: Sequence[str], engine: str = "text", confidence: float = 1.0) -> Page:
    """A page with these lines; ``|`` starts the next column of a line."""
    words: list[Word] = []
    for row, line in enumerate(lines):
        top = 0.03 + row * _LINE
        for column, cell in enumerate(line.split("|")):
            left = _COLUMNS[min(column, len(_COLUMNS) - 1)]
            if words and words[-1].box[1] == top:
                left = max(left, words[-1].box[2] + 0.03)
            for text in cell.split():
                right = left + len(text) * _LETTER
                words.append(Word(text, (round(left, 5), top, round(right, 5), top + _TALL), 1, confidence))
                left = right + _SPACE
    return Page(1, _WIDTH, _HEIGHT, tuple(words), engine)
