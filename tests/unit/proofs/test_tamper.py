"""Signals of tampering fire on altered documents and stay silent on those a bank made."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from portal.proofs import pipeline
from portal.proofs.tamper import exif, pdf_history
from portal.proofs.tamper.pdf_page import family
from portal.proofs.types import Reading
from tests.unit.proofs import papers
from tests.unit.proofs.papers import Text


def codes(document: bytes) -> dict[str, str]:
    return {signal.code: signal.severity for signal in pipeline.read(document).signals}


def test_a_banks_own_pdf_raises_nothing():
    reading = pipeline.read(papers.pdf(papers.notice_texts()))
    assert reading.fields["amount"] is not None
    assert reading.signals == ()


@pytest.mark.parametrize(
    "producer",
    ["PDFescape Online - https://www.pdfescape.com", "Sejda 5.3", "iLovePDF", "Adobe Photoshop 25", "Inkscape 1.3"],
)
def test_programs_that_change_pdfs_are_named(producer: str):
    found = pdf_history.signals(papers.pdf(papers.notice_texts(), producer=producer), None)
    assert [(signal.code, signal.severity) for signal in found] == [("pdf_editor", "warn")]


@pytest.mark.parametrize(
    "producer", ["OpenPDF 2.0.2", "iText 5.5.13", "PDFlib+PDI 9.1.2", "Skia/PDF m138", "Canon iR-ADV C3525"]
)
def test_programs_of_banks_browsers_and_scanners_are_not(producer: str):
    assert pdf_history.signals(papers.pdf(papers.notice_texts(), producer=producer), None) == []


def test_a_word_processor_makes_no_banks_notice():
    found = pdf_history.signals(papers.pdf(producer="Microsoft Word for Microsoft 365"), None)
    assert [signal.code for signal in found] == ["pdf_word_processor"]


def test_saving_on_top_after_the_day_is_bad():
    found = codes(papers.saved_again(papers.pdf(papers.notice_texts())))
    assert found == {"pdf_saved_again": "bad", "pdf_changed_later": "warn"}


def test_a_pdf_older_than_its_payment_is_suspicious():
    assert "pdf_older_than_payment" in codes(papers.pdf(papers.notice_texts(), created="D:20260301101500+02'00'"))


def test_a_value_in_another_typeface_than_all_others_is_bad():
    texts = papers.notice_texts()
    forged = [Text(text.x, text.y, "R 92 500.00", "F3") if text.text == "R 12 500.00" else text for text in texts]
    assert codes(papers.pdf(forged)) == {"font_unlike_others": "bad"}


def test_a_value_in_two_typefaces_is_bad():
    texts = [text for text in papers.notice_texts() if text.text != "R 12 500.00"]
    assert codes(papers.pdf([*texts, Text(300, 583, "R 12"), Text(325, 583, "500.00", "F4")])) == {"fonts_mixed": "bad"}


def test_bold_is_no_other_typeface():
    texts = papers.notice_texts()
    bold = [Text(text.x, text.y, text.text, "F2") if text.text == "R 12 500.00" else text for text in texts]
    assert codes(papers.pdf(bold)) == {}
    assert family("BAAAAA+LiberationSans-Bold") == family("LiberationSans") != family("Helvetica")


def test_a_patch_of_paper_under_one_value_is_seen_and_rows_of_a_table_are_not():
    patch = "1 1 1 rg 298 580 80 14 re f 0 g"
    assert codes(papers.pdf(papers.notice_texts(), under=patch)) == {"patched": "warn"}
    rows = " ".join(f"1 1 1 rg 298 {712 - 22 * at} 80 14 re f 0 g" for at in range(8))
    assert codes(papers.pdf(papers.notice_texts(), under=rows)) == {}


def test_text_that_is_not_what_the_page_shows_is_bad():
    hidden = [
        Text(text.x, text.y, text.text) if text.text != "R 12 500.00" else Text(900, 583, "")
        for text in papers.notice_texts()
    ]
    layer = "BT 3 Tr /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET"
    shown = papers.pdf(hidden, drawing=layer)
    assert codes(shown)["text_layer_differs"] == "bad"


def test_a_note_laid_over_the_amount_is_bad():
    document = papers.pdf(papers.notice_texts())
    note = b"/Annots [<< /Type /Annot /Subtype /Square /Rect [295 578 390 598] /C [1 1 1] /IC [1 1 1] >>]"
    page = document.replace(b"/Type /Page /Parent", note + b" /Type /Page /Parent")
    assert codes(page)["note_over_value"] == "bad"


@pytest.mark.parametrize("software", ["Adobe Photoshop 25.0 (Windows)", "GIMP 2.10.36", "PicsArt", "Snapseed 2.0"])
def test_image_software_is_named(software: str):
    tags = Image.Exif()
    tags[0x0131] = software
    found = exif.signals(papers.saved(papers.picture(()), "JPEG", exif=tags))
    assert [(signal.code, signal.severity) for signal in found] == [("image_software", "warn")]


def test_a_camera_is_no_image_software():
    tags = Image.Exif()
    tags[0x0131], tags[0x010F] = "SM-A546E_XXU3", "samsung"
    assert exif.signals(papers.saved(papers.picture(()), "JPEG", exif=tags)) == []
    assert exif.signals(b"no picture") == []


def test_a_region_with_another_grain_in_a_clean_screenshot_is_bad():
    clean = papers.picture()
    assert _pasted(pipeline.read(papers.saved(clean))) == []
    assert ("pasted_region", "bad") in _pasted(pipeline.read(papers.saved(_patched(clean))))


def _pasted(reading: Reading) -> list[tuple[str, str]]:
    assert reading.fields["amount"] is not None
    return [(signal.code, signal.severity) for signal in reading.signals if signal.code == "pasted_region"]


def _patched(clean: Image.Image) -> Image.Image:
    """The amount painted over by one that was cut out of a compressed picture."""
    row = next(at for at, (label, _) in enumerate(papers.NOTICE) if label == "Payment amount")
    patch = Image.new("RGB", (220, 44), (255, 255, 255))
    ImageDraw.Draw(patch).text((4, 4), "R 92 500.00", (20, 20, 20), font=ImageFont.load_default(28))
    grain = np.random.default_rng(1).normal(0, 4, (44, 220, 1))
    grained = np.clip(np.asarray(patch, dtype=np.float64) + grain, 0, 255).astype(np.uint8)
    forged = clean.copy()
    forged.paste(Image.fromarray(grained), (616, 196 + 64 * row))
    return forged


def test_every_signal_is_in_the_documented_table():
    root = Path(__file__).parents[3]
    documented = set(re.findall(r"`([a-z_]+)`", (root / "docs/rules/reading.md").read_text().split("## Signals")[1]))
    made = set()
    for source in (root / "portal/proofs").rglob("*.py"):
        made |= set(re.findall(r'Signal\(\s*"([a-z_]+)"', source.read_text()))
    assert made == documented
