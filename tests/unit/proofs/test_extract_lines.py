"""Lines and cells come from places, not from the order of words; labels are found in spite of slips."""

from __future__ import annotations

import random

import pytest

from portal.proofs.extract.general import heading_kinds, headings, label_table
from portal.proofs.extract.labels import Lexicon, squeezed
from portal.proofs.extract.lines import in_reading_order, lines_of
from portal.proofs.extract.samples import page_of
from portal.proofs.extract.wrapped import unwrapped
from portal.proofs.types import Page, Word

ROWS = ["Payment date | 14 March 2026", "Amount | R 12 500.00", "Reference | INV-2026-00417"]


def _cells(page: Page) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in lines_of([page])]


def test_columns_become_cells_of_one_line():
    assert _cells(page_of(ROWS)) == [[part.strip() for part in row.split("|")] for row in ROWS]


def test_the_order_of_the_words_does_not_matter():
    page = page_of(ROWS)
    mixed = list(page.words)
    random.Random(3).shuffle(mixed)
    shuffled = Page(1, page.width, page.height, tuple(mixed), "text")
    assert _cells(shuffled) == _cells(page)
    assert in_reading_order(shuffled) == page.words


@pytest.mark.parametrize("fall", [-0.05, -0.02, 0.03, 0.05])
def test_lines_of_a_leaning_page_hold_together(fall: float):
    rows = [f"Label {at} of this page | value {at} beside it | and more {at}" for at in range(14)]
    page = page_of(rows)
    leaning = tuple(
        Word(
            word.text,
            (word.box[0], word.box[1] + fall * word.box[0], word.box[2], word.box[3] + fall * word.box[0]),
            1,
            0.9,
        )
        for word in page.words
    )
    texts = [line.text for line in lines_of([Page(1, page.width, page.height, leaning, "tesseract")])]
    assert texts == [row.replace(" |", "") for row in rows]


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("Beneficiary reference", "reference"),
        ("BENEFICIARY REFERENCE", "reference"),
        ("Beneficlary reterence", "reference"),
        ("RecipienvAccount no", "beneficiary_account"),
        ("Betaaidatum", "date"),
        ("Your reference", "own_reference"),
        ("Available balance after payment", "balance"),
        ("Verwysing op begunstigde se staat", "reference"),
    ],
)
def test_labels_are_found_in_spite_of_the_engines_slips(printed: str, kind: str):
    found = Lexicon(label_table()).find(squeezed(printed))
    assert found is not None and found.kind == kind


@pytest.mark.parametrize("printed", ["Fee", "Fea", "Bamk", "Klipfontein", "Regards", "INV-2026-00417"])
def test_short_or_strange_words_are_not_bent_into_labels(printed: str):
    found = Lexicon(label_table()).find(squeezed(printed))
    assert found is None or found.closeness == 1.0


def test_later_tables_stand_before_earlier_ones():
    own = Lexicon(label_table(), {"trace_id": ("Reference number",)})
    found = own.find("referencenumber")
    assert found is not None and found.kind == "trace_id"


def test_no_phrase_means_two_things():
    seen: dict[str, str] = {}
    for kind, phrases in label_table().items():
        for phrase in phrases:
            key = squeezed(phrase)
            assert seen.setdefault(key, kind) == kind, f"{phrase} is {seen[key]} and {kind}"
    assert set(heading_kinds()) == {f"heading_{party}" for party in headings()}


def test_a_label_over_two_lines_and_its_value_are_put_together():
    words = [
        *_at("Beneficiary", 0.06, 0.10), *_at("PO 4471 / INV-2026-", 0.30, 0.10),
        *_at("reference", 0.06, 0.116), *_at("03350", 0.30, 0.116),
        *_at("Amount", 0.06, 0.16), *_at("R 5.00", 0.30, 0.16),
    ]  # fmt: skip
    lines = unwrapped(lines_of([Page(1, 1000, 1000, tuple(words), "text")]), Lexicon(label_table()))
    assert [cell.text for cell in lines[0].cells] == ["Beneficiary reference", "PO 4471 / INV-2026- 03350"]


def _at(text: str, left: float, top: float) -> list[Word]:
    found = []
    for part in text.split():
        right = left + 0.01 * len(part)
        found.append(Word(part, (left, top, right, top + 0.014), 1, 1.0))
        left = right + 0.005
    return found
