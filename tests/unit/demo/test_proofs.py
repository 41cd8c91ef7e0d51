"""The generator of proofs of payment: every style, every form, the same every time."""

from __future__ import annotations

import io
import re
from datetime import date
from email import message_from_bytes, policy
from itertools import pairwise

import pypdf
import pytest
from PIL import Image, ImageOps

from portal.core.money import Money
from portal.demo.drawing.proofs import Form, ProofFacts, Style, draw, printed

PDFS = {Form.PDF, Form.PDF_ENCRYPTED, Form.PDF_SCAN, Form.PDF_PAGE2}


def facts(**changes: object) -> ProofFacts:
    values: dict[str, object] = {
        "amount": Money.zar(12_503_45), "paid_on": date(2026, 10, 3), "reference": "7K04 M2X3",
    }  # fmt: skip
    return ProofFacts(**(values | changes))  # type: ignore[arg-type]


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    if reader.is_encrypted:
        assert reader.decrypt("")
    return " ".join(page.extract_text() for page in reader.pages).replace("\n", " ")


def squeezed(text: str) -> str:
    return re.sub(r"[\s,]", "", text)


@pytest.mark.parametrize("style", Style)
def test_the_pdf_says_every_printed_fact(style: Style) -> None:
    text = squeezed(text_of(draw(facts(words=True), style=style).data))
    said = printed(facts(words=True), style)

    for name in ("reference", "beneficiary_account", "beneficiary_name", "trace_id", "payer_name", "amount"):
        assert squeezed(said.get(name, "")) in text, name


@pytest.mark.parametrize("style", Style)
def test_a_style_prints_day_and_year_of_the_payment(style: Style) -> None:
    text = text_of(draw(facts(paid_on=date(2026, 3, 29)), style=style).data)

    assert re.search(r"29[-/ ](03|March|Maart|Mar)[-/ ]2026|2026[-/]03[-/]29", text)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("style", [Style.FNB, Style.CARD])
def test_every_form_is_a_file_of_its_kind(style: Style, form: Form) -> None:
    drawn = draw(facts(), style=style, form=form)

    if form in PDFS:
        assert drawn.data.startswith(b"%PDF-") and drawn.file_name.endswith(".pdf")
    elif form is Form.EML:
        assert drawn.data.startswith(b"From: ") and drawn.media_type == "message/rfc822"
    else:
        picture = Image.open(io.BytesIO(drawn.data))
        picture.load()
        assert Image.MIME[str(picture.format)] == drawn.media_type
        assert len(drawn.data) < 900_000


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.PDF_ENCRYPTED])
def test_the_same_facts_give_the_same_bytes(form: Form) -> None:
    assert draw(facts(), style=Style.STANDARD, form=form).data == draw(facts(), style=Style.STANDARD, form=form).data


def test_another_seed_gives_another_bank_number() -> None:
    assert printed(facts(seed=1), Style.FNB)["trace_id"] != printed(facts(seed=2), Style.FNB)["trace_id"]


@pytest.mark.parametrize("style", [Style.FNB, Style.STANDARD])
def test_the_encrypted_pdf_opens_with_an_empty_password(style: Style) -> None:
    drawn = draw(facts(), style=style, form=Form.PDF_ENCRYPTED)

    assert pypdf.PdfReader(io.BytesIO(drawn.data)).is_encrypted
    assert "7K04 M2X3" in text_of(drawn.data)


def test_a_scan_has_no_text_layer() -> None:
    assert text_of(draw(facts(), form=Form.PDF_SCAN).data).strip() == ""


def test_the_proof_comes_after_a_cover_page() -> None:
    reader = pypdf.PdfReader(io.BytesIO(draw(facts(), form=Form.PDF_PAGE2).data))

    assert len(reader.pages) == 2
    assert "7K04" not in reader.pages[0].extract_text()
    assert "7K04" in reader.pages[1].extract_text()


def test_a_mail_carries_the_pdf() -> None:
    mail = message_from_bytes(draw(facts(), form=Form.EML).data, policy=policy.default)
    (attached,) = mail.iter_attachments()

    assert attached.get_content_type() == "application/pdf"
    assert "7K04 M2X3" in text_of(attached.get_payload(decode=True))


def test_a_picture_turned_by_exif_stands_upright_when_obeyed() -> None:
    picture = Image.open(io.BytesIO(draw(facts(), form=Form.ROTATED_EXIF).data))
    upright = ImageOps.exif_transpose(picture)

    assert picture.getexif()[0x0112] in (3, 6, 8)
    assert upright.height > upright.width


def test_a_chat_picture_is_small() -> None:
    assert max(Image.open(io.BytesIO(draw(facts(), form=Form.WHATSAPP).data)).size) <= 1280


def test_dark_mode_is_dark() -> None:
    picture = Image.open(io.BytesIO(draw(facts(), form=Form.DARK).data)).convert("L")

    assert sum(picture.resize((32, 32)).tobytes()) / 1024 < 60


def test_a_blurred_proof_has_no_edges_left() -> None:
    def sharpness(form: Form) -> int:
        picture = Image.open(io.BytesIO(draw(facts(), form=form).data)).convert("L").resize((800, 1131))
        pixels = picture.tobytes()
        return max(abs(a - b) for a, b in pairwise(pixels))

    assert sharpness(Form.BLURRED) * 2 < sharpness(Form.LOWRES)


@pytest.mark.parametrize("status", ["scheduled", "pending", "failed", "reversed"])
@pytest.mark.parametrize("style", Style)
def test_a_payment_that_was_not_made_says_so(style: Style, status: str) -> None:
    made, other = (text_of(draw(facts(status=each), style=style).data).lower() for each in ("made", status))
    afrikaans = {"scheduled": "geskeduleer", "pending": "hangende", "failed": "misluk", "reversed": "teruggetrek"}

    word = afrikaans[status] if style is Style.ABSA_AF else status
    assert word in other and word not in made


def test_words_can_contradict_the_figures() -> None:
    text = text_of(draw(facts(words_of=Money.zar(1_503_45)), style=Style.ABSA).data)

    assert "12503.45" in text
    assert "One thousand five hundred and three rand and forty-five cents" in text


def test_a_proof_without_reference_has_no_reference_row() -> None:
    assert "Recipient Reference" not in text_of(draw(facts(reference=None), style=Style.NEDBANK).data)


def test_an_immediate_absa_payment_has_no_transaction_number() -> None:
    assert "trace_id" not in printed(facts(payment_type="immediate"), Style.ABSA)


def test_nedbank_writes_all_labels_before_all_values() -> None:
    text = text_of(draw(facts(), style=Style.NEDBANK).data)

    assert text.index("Recipient Reference") < text.index("360DEGREE SUPPLY")


def test_a_reference_that_looks_like_typst_is_only_shown() -> None:
    nasty = '#panic("x") $a$ \\u{41} "]'

    assert squeezed(nasty) in squeezed(text_of(draw(facts(reference=nasty), style=Style.CAPITEC).data))


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="not a status"):
        facts(status="maybe")
