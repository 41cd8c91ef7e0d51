"""Pictures are read however they lie, and their words stand where people see them."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from portal.proofs.reader import look_at, read_document
from portal.proofs.reader.ocr import read_picture, turned
from portal.proofs.reader.sheet import find_sheet
from portal.proofs.reader.upright import lean, text_runs_across
from tests.unit.proofs import papers

_WANTED = {"INV-2026-00417", "1187340562", "4149999999"}


def _words(drawn: Image.Image) -> set[str]:
    return {word.text for word in read_picture(drawn, 1).page.words}


def test_a_screenshot_is_read_with_confidences():
    page = read_document(papers.saved(papers.picture())).sheets[0].page
    assert page.engine == "tesseract"
    assert {word.text for word in page.words} >= _WANTED
    assert all(0 <= word.confidence <= 1 for word in page.words)


def test_dark_mode_is_read():
    assert _words(papers.picture(dark=True)) >= _WANTED


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_picture_on_its_side_or_head_is_found_upright(degrees: int):
    lying = turned(papers.picture(), degrees)
    sheet = read_picture(lying, 1)
    assert sheet.page.rotation == (360 - degrees) % 360
    assert {word.text for word in sheet.page.words} >= _WANTED
    assert turned(lying, sheet.page.rotation).size == (sheet.page.width, sheet.page.height)


def test_a_sheet_photographed_askew_is_straightened_and_boxes_lead_back_to_the_photo():
    photo = papers.on_a_desk(papers.picture().resize((1000, 1300)))
    assert find_sheet(photo) is not None
    sheet = read_picture(photo, 1)
    assert {word.text for word in sheet.page.words} >= {"INV-2026-00417", "1187340562"}
    title = next(word for word in sheet.page.words if word.text == "Proof")
    assert 0.12 < title.box[0] < 0.2 and 0.1 < title.box[1] < 0.18


def test_a_screenshot_is_no_sheet_on_a_desk():
    found = find_sheet(papers.picture())
    assert found is None or found.is_upright


def test_a_leaning_page_is_levelled():
    leaning = papers.picture().rotate(-4, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))
    assert lean(leaning.convert("L")) == pytest.approx(4, abs=0.75)


def test_a_blank_picture_has_no_words():
    assert read_picture(Image.new("RGB", (900, 1200), (250, 250, 250)), 1).page.words == ()


def test_several_places_are_read_in_one_look():
    sheet = read_document(papers.pdf(papers.notice_texts())).sheets[0]
    boxes = [next(w for w in sheet.page.words if w.text == text).box for text in ("INV-2026-00417", "1187340562")]
    looks = look_at(sheet, [*boxes, (0.6, 0.6, 0.8, 0.62)])
    assert [" ".join(seen.text for seen in look) for look in looks] == ["INV-2026-00417", "1187340562", ""]


def test_a_page_on_a_grey_desk_is_not_taken_for_one_on_its_side():
    screen = Image.new("RGB", (1440, 2600), (90, 92, 96))
    screen.paste((255, 255, 255), (180, 96, 1260, 2560))
    pen = ImageDraw.Draw(screen)
    for at, text in enumerate(("Proof of payment", "Beneficiary reference", "INV-2026-00417")):
        pen.text((260, 200 + 60 * at), text, (20, 20, 20), font=ImageFont.load_default(30))
    assert not text_runs_across(screen)  # its edges are longer than its lines
    sheet = read_picture(screen, 1)
    assert sheet.page.rotation == 0
    assert {"Beneficiary", "INV-2026-00417"} <= {word.text for word in sheet.page.words}
