"""Forged proofs show what was promised, and differ from the genuine one where a forger's work would."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from portal.core.money import Money
from portal.demo.drawing.forgery import Forgery, amount_box, forge
from portal.demo.drawing.papers import Paper, paper
from portal.demo.drawing.proofs import Drawn, Form, ProofFacts, Style, draw

CLAIMED = Money.zar(92_503_45)
WITH_WORDS = [Style.ABSA, Style.ABSA_AF, Style.NEDBANK, Style.COLUMN]


def genuine(style: Style = Style.NEDBANK, form: Form = Form.PDF) -> Drawn:
    facts = ProofFacts(amount=Money.zar(12_503_45), paid_on=date(2026, 10, 3), reference="7K04 M2X3")
    return draw(facts, style=style, form=form)


def text_of(pdf: bytes) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace(" ", "").replace(",", "")


@pytest.mark.parametrize("style", Style)
def test_an_edited_pdf_claims_the_new_amount_only(style: Style) -> None:
    forged = text_of(forge(genuine(style), Forgery.PDF_AMOUNT, to=CLAIMED).data)

    assert "92503.45" in forged
    assert "12503.45" not in forged


def test_an_edited_pdf_keeps_the_genuine_file_and_adds_to_it() -> None:
    forged = forge(genuine(), Forgery.PDF_AMOUNT, to=CLAIMED)

    assert forged.data.startswith(genuine().data)
    assert forged.data.count(b"%%EOF") == 2


def test_an_edited_pdf_names_another_program_and_a_later_hour() -> None:
    before, after = (
        pypdf.PdfReader(io.BytesIO(drawn.data)).metadata
        for drawn in (genuine(), forge(genuine(), Forgery.PDF_AMOUNT, to=CLAIMED))
    )

    assert before is not None and after is not None
    assert before.producer != after.producer
    assert before["/ModDate"] == before["/CreationDate"] < after["/ModDate"]


def test_an_edited_pdf_mixes_a_second_typeface_into_the_page() -> None:
    page = pypdf.PdfReader(io.BytesIO(forge(genuine(), Forgery.PDF_AMOUNT, to=CLAIMED).data)).pages[0]
    names = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}

    assert "/Helvetica" in names and len(names) == 3


@pytest.mark.parametrize("kind", [Forgery.IMAGE_AMOUNT, Forgery.CLEAN_IMAGE_AMOUNT])
@pytest.mark.parametrize("style", Style)
def test_a_picture_is_changed_at_the_amount_and_nowhere_else(style: Style, kind: Forgery) -> None:
    drawn = genuine(style, Form.WHATSAPP)
    same = forge(drawn, kind, to=Money.zar(12_503_45))
    other = forge(drawn, kind, to=CLAIMED)
    first, second = (Image.open(io.BytesIO(each.data)).convert("L") for each in (same, other))
    changed = ImageChops.difference(first, second).point(lambda value: 255 if value > 60 else 0).getbbox()

    assert changed is not None
    assert (changed[2] - changed[0]) < first.width * 0.2
    assert (changed[3] - changed[1]) < first.height * 0.05


def test_only_the_grainy_forgery_has_grain_on_its_paper() -> None:
    def grain(kind: Forgery) -> float:
        picture = Image.open(io.BytesIO(forge(genuine(), kind, to=CLAIMED).data)).convert("L")
        return ImageStat.Stat(picture.crop((700, 1300, 1000, 1500))).stddev[0]

    assert grain(Forgery.IMAGE_AMOUNT) > 1
    assert grain(Forgery.CLEAN_IMAGE_AMOUNT) < 0.5


def test_a_forged_pdf_picture_becomes_a_screenshot() -> None:
    forged = forge(genuine(), Forgery.IMAGE_AMOUNT, to=CLAIMED)

    assert forged.media_type == "image/png"
    assert forged.printed["amount"] == "92503.45"


def test_the_hidden_text_claims_what_the_eye_does_not_see() -> None:
    longer = Money.zar(999_912_503_45)
    forged = forge(genuine(Style.STANDARD), Forgery.TEXT_LAYER, to=longer)
    _, top, right, bottom = amount_box(genuine(Style.STANDARD).data, "R12503.45")

    def darkest_right_of_the_amount(data: bytes) -> int:
        page = pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("L")
        return int(page.crop((int(2 * right) + 4, int(2 * top), int(2 * right) + 40, int(2 * bottom))).getextrema()[0])

    assert "R999912503.45" in text_of(forged.data)
    assert "R12503.45" not in text_of(forged.data)
    assert darkest_right_of_the_amount(forged.data) > 230
    assert darkest_right_of_the_amount(forge(genuine(Style.STANDARD), Forgery.PDF_AMOUNT, to=longer).data) < 100


@pytest.mark.parametrize("style", WITH_WORDS)
def test_figures_and_words_disagree(style: Style) -> None:
    text = text_of(forge(genuine(style), Forgery.WORDS, to=CLAIMED).data)

    assert "92503.45" in text
    assert "Twelvethousandfivehundred" in text.replace("\n", "") or "Twaalfduisendvyfhonderd" in text.replace("\n", "")


def test_a_style_without_words_cannot_contradict_itself() -> None:
    with pytest.raises(ValueError, match="no amount in words"):
        forge(genuine(Style.FNB), Forgery.WORDS)


def test_a_till_slip_cannot_be_forged_as_a_proof() -> None:
    with pytest.raises(ValueError, match="only a drawn proof"):
        forge(paper(Paper.RECEIPT, day=date(2026, 10, 3), amount=CLAIMED), Forgery.PDF_AMOUNT)


@pytest.mark.parametrize(
    "kind", [Forgery.PDF_AMOUNT, Forgery.IMAGE_AMOUNT, Forgery.CLEAN_IMAGE_AMOUNT, Forgery.TEXT_LAYER]
)
def test_the_same_forgery_gives_the_same_bytes(kind: Forgery) -> None:
    assert forge(genuine(), kind, to=CLAIMED).data == forge(genuine(), kind, to=CLAIMED).data


def test_the_amount_is_found_on_the_page() -> None:
    left, top, right, bottom = amount_box(genuine().data, "R12503.45")

    assert 0 < left < right < 595
    assert 0 < top < bottom < 842
    assert bottom - top < 12


def test_an_amount_that_is_not_there_is_not_found() -> None:
    with pytest.raises(ValueError, match="not printed"):
        amount_box(genuine().data, "R1.00")


@pytest.mark.parametrize("kind", [Paper.QUOTATION, Paper.OTHER_INVOICE, Paper.STATEMENT])
def test_a_paper_shows_the_amount_but_never_our_account(kind: Paper) -> None:
    text = text_of(paper(kind, day=date(2026, 10, 3), amount=Money.zar(12_503_45)).data)

    assert "12503.45" in text
    assert "62749103658" not in text


@pytest.mark.parametrize("kind", Paper)
def test_a_paper_is_the_same_every_time_and_another_for_another_seed(kind: Paper) -> None:
    first, again, other = (
        paper(kind, day=date(2026, 10, 3), amount=CLAIMED, seed=seed).data for seed in (1, 1, 2)
    )  # fmt: skip

    assert first == again
    assert first != other
