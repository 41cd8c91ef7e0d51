"""The second engine: what it reads, what it leaves to the first, and what the pipeline makes of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image

from portal.proofs import pipeline
from portal.proofs.extract import begins_small_print, read_fields
from portal.proofs.pipeline import second_look, second_reading
from portal.proofs.pipeline.agreement import both
from portal.proofs.reader import Seen, engines, rapid, read_document
from portal.proofs.types import FieldValue
from tests.unit.proofs import papers

_ROWS = (*papers.NOTICE, ("End of notification", ""), ("Small print amount", "R 99.00"))


@pytest.fixture(scope="module")
def notice() -> Image.Image:
    return papers.picture(_ROWS)


def _text(words: Sequence[Seen]) -> str:
    return " ".join(word.text for word in words)


def test_it_reads_the_line_at_a_place_and_says_where_each_word_stands(notice: Image.Image):
    words = rapid.read_place(notice, (70, 200 + 64 * 2, 300, 200 + 64 * 2 + 30))
    assert _text(words) == "Beneficiary name"
    assert [word.confidence > 0.9 for word in words] == [True, True]
    assert 60 < words[0].box[0] < 80 and words[0].box[2] <= words[1].box[0] + 4


def test_it_finds_every_line_of_a_page(notice: Image.Image):
    seen, kept = rapid.read_words(notice)
    text = _text(seen)
    assert kept == []
    assert all(part in text for label, value in papers.NOTICE for part in (*label.split(), *value.split()))


def test_it_finds_lines_that_lean(notice: Image.Image):
    leaning = notice.rotate(4, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    seen, _ = rapid.read_words(leaning)
    assert {"12", "500.00", "INV-2026-00417"} <= {word.text for word in seen}


def test_lines_that_the_first_engine_read_clearly_are_left_to_it(notice: Image.Image):
    clear = Seen("Beneficiary", (70, 332, 210, 356), 0.96)
    seen, kept = rapid.read_words(notice, [clear, replace(clear, text="name", box=(215, 332, 290, 356))])
    assert _text(kept) == "Beneficiary name"
    assert "name" not in [word.text for word in seen if abs(word.box[1] - clear.box[1]) < 12]


def test_figures_are_read_again_however_clear_they_were(notice: Image.Image):
    figure = Seen("INV-2026-00477", (620, 200 + 64 * 5, 850, 230 + 64 * 5), 0.99)
    seen, kept = rapid.read_words(notice, [figure])
    assert kept == [] and "INV-2026-00417" in [word.text for word in seen]


def test_nothing_below_the_start_of_the_small_print_is_read(notice: Image.Image):
    seen, _ = rapid.read_words(notice, is_small_print=begins_small_print)
    assert "500.00" in _text(seen) and "99.00" not in _text(seen)


def test_after_its_time_it_begins_no_line(notice: Image.Image):
    known = Seen("blurred", (620, 200, 850, 230), 0.2)
    assert rapid.read_words(notice, [known], until=0.0) == ([], [known])


@pytest.mark.parametrize(
    ("text", "small"),
    [("END OF NOTIFICATION", True), ("IMPORTANT NOTES:", True), ("Disclaimer:", True), ("Vrywaring", True),
     ("Notification number 500001", False), ("Payment notes INV-1", False), ("Payment date", False)],
)  # fmt: skip
def test_where_small_print_begins(text: str, small: bool):
    assert begins_small_print(text) is small


def test_without_its_packages_the_first_engine_reads_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    engines.second_engine.cache_clear()
    try:
        reading = pipeline.read(papers.saved(papers.picture()))
    finally:
        engines.second_engine.cache_clear()
    assert {value.engine for value in reading.fields.values() if value is not None} == {"tesseract"}
    assert reading.value("amount") == "12500.00"


class _Says:
    """An engine that sees one text everywhere."""

    NAME = "rapidocr"

    def __init__(self, text: str, confidence: float = 0.99) -> None:
        self.text, self.confidence = text, confidence

    def read_place(self, picture: Image.Image, box: tuple[float, float, float, float]) -> list[Seen]:
        return [Seen(self.text, box, self.confidence)]

    def read_words(
        self, picture: Image.Image, known: Sequence[Seen] = (), **_: object
    ) -> tuple[list[Seen], list[Seen]]:
        changed = [replace(word, text=self.text) if word.text.endswith("500.00") else word for word in known]
        return [word for word in changed if word.text != "12"], []


def _amount_beside(engine: _Says, monkeypatch: pytest.MonkeyPatch) -> FieldValue:
    monkeypatch.setattr(second_look, "second_engine", lambda: engine)
    amount = pipeline.read(papers.saved(papers.picture())).fields["amount"]
    assert amount is not None
    return amount


def test_an_amount_that_the_engines_contradict_is_believed_less_than_half(monkeypatch: pytest.MonkeyPatch):
    assert _amount_beside(_Says("R12600.00"), monkeypatch).confidence < 0.5


def test_an_amount_that_both_engines_see_names_both(monkeypatch: pytest.MonkeyPatch):
    amount = _amount_beside(_Says("R12500.00"), monkeypatch)
    assert (amount.engine, amount.value) == ("tesseract+rapidocr", "12500.00")
    assert amount.confidence >= 0.98


def test_a_missing_field_asks_for_the_whole_page():
    document = read_document(papers.saved(papers.picture()))
    pages = [sheet.page for sheet in document.sheets]
    extraction = read_fields(pages)
    assert not second_reading.is_needed(extraction, pages)
    for name in ("amount", "date", "payer_bank"):
        missing = replace(extraction, fields={**extraction.fields, name: None})
        assert second_reading.is_needed(missing, pages)


def test_a_label_without_a_legible_value_asks_for_the_whole_page():
    rows = [(label, "" if label == "Beneficiary account number" else value) for label, value in papers.NOTICE]
    document = read_document(papers.saved(papers.picture(rows)))
    pages = [sheet.page for sheet in document.sheets]
    extraction = read_fields(pages)
    assert extraction.unanswered == {"beneficiary_account"}
    assert second_reading.is_needed(extraction, pages)


def test_a_strange_bank_is_believed_only_when_its_name_was_read_clearly():
    document = read_document(papers.saved(papers.picture()))
    pages = [sheet.page for sheet in document.sheets]
    extraction = read_fields(pages)
    blurred = [replace(page, words=tuple(replace(word, confidence=0.6) for word in page.words)) for page in pages]
    assert extraction.fields["payer_bank"] is not None and extraction.fields["payer_bank"].value == "Kopje Bank"
    assert second_reading.is_needed(extraction, blurred)


def test_what_only_the_second_engine_can_read_is_found():
    """A screenshot shrunk to 380 pixels, as a chat preview: letters of eight pixels."""
    blurred = papers.picture(width=1240).resize((380, 246), Image.Resampling.BILINEAR)
    alone = pipeline.read(papers.saved(blurred), escalate=False)
    together = pipeline.read(papers.saved(blurred))
    right = {"reference": "INV-2026-00417", "amount": "12500.00", "beneficiary_account": "1187340562"}
    assert {name: together.value(name) for name in right} == right
    assert {name: alone.value(name) for name in right} != right


def test_agreement_of_all_digits_carries_a_masked_account():
    masked = FieldValue("..790356", 0.1, 1, (0, 0, 1, 1), "tesseract")
    assert both("beneficiary_account", masked, 0.2).confidence == 0.6
    assert both("reference", masked, 0.2).confidence < 0.3


def test_a_blank_page_asks_no_engine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(second_look, "second_engine", lambda: pytest.fail("nothing is printed there"))
    assert not pipeline.read(papers.flood_png(900, 1200)).ok
