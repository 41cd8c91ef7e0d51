"""What a PDF's text says and nobody can see, what is struck out, and what stands on pages nobody read."""

from __future__ import annotations

import io
from email.message import EmailMessage

import pytest
from pypdf import PdfWriter

from portal.proofs import pipeline
from portal.proofs.tamper.pdf_page import family
from tests.unit.proofs import papers
from tests.unit.proofs.papers import Text


def _codes(document: bytes) -> dict[str, str]:
    return {signal.code: signal.severity for signal in pipeline.read(document, escalate=False).signals}


def _notice(*, without: str) -> list[Text]:
    return [text for text in papers.notice_texts() if text.text != without]


@pytest.mark.parametrize("paint", ["1 1 1 rg", "0.95 0.95 0.95 rg"])
@pytest.mark.parametrize("hidden", ["R 12 500.00", "14 March 2026", papers.TITLE, papers.LEGAL])
def test_what_is_printed_in_the_colour_of_the_paper_is_bad(hidden: str, paint: str):
    if hidden == papers.TITLE:
        rest = [text for text in _notice(without=hidden) if text.text != papers.MADE]
        return_to = f"BT {paint} /F2 16 Tf 60 780 Td ({hidden}) Tj ET"
    else:
        rest = _notice(without=hidden)
        place = next(text for text in papers.notice_texts() if text.text == hidden)
        return_to = f"BT {paint} /{place.font} {place.size} Tf {place.x} {place.y} Td ({hidden}) Tj ET"
    assert _codes(papers.pdf(rest, drawing=return_to)).get("text_hidden") == "bad"


def test_grey_letters_that_people_read_are_not_hidden():
    rest = _notice(without="R 12 500.00")
    shown = "BT 0.5 0.5 0.5 rg /F1 11 Tf 300 583 Td (R 12 500.00) Tj ET"
    assert "text_hidden" not in _codes(papers.pdf(rest, drawing=shown))


def test_a_line_through_an_amount_is_bad_and_one_under_it_is_not():
    through, under = "0 g 298 586.5 70 0.8 re f", "0 g 298 580 70 0.8 re f"
    assert _codes(papers.pdf(papers.notice_texts(), drawing=through)).get("struck_through") == "bad"
    assert _codes(papers.pdf(papers.notice_texts(), drawing=under)) == {}


def test_a_narrow_cut_is_no_other_typeface():
    assert family("BAAAAA+DejaVuSansCondensed-Bold") == family("DejaVuSans")


def test_pages_beyond_those_read_leave_it_open():
    assert _codes(papers.pdf(papers.notice_texts(), pages=3)) == {}
    writer = PdfWriter(clone_from=io.BytesIO(papers.pdf(papers.notice_texts(), pages=3)))
    writer.add_blank_page(595, 842)
    four = io.BytesIO()
    writer.write(four)
    assert _codes(four.getvalue())["pages_unread"] == "warn"


def test_a_form_field_over_the_amount_is_bad():
    field = b"/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (R 1.00) /Rect [295 578 390 598] >>]"
    page = papers.pdf(papers.notice_texts()).replace(b"/Type /Page /Parent", field + b" /Type /Page /Parent")
    assert _codes(page)["note_over_value"] == "bad"


def test_a_second_document_in_a_mail_leaves_it_open():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bank@example.co.za", "us@example.co.za", "Payment"
    message.set_content("Attached.")
    for name in ("first.pdf", "second.pdf"):
        message.add_attachment(papers.pdf(papers.notice_texts()), maintype="application", subtype="pdf", filename=name)
    assert _codes(message.as_bytes()) == {"documents_unread": "warn"}
    assert _codes(papers.mail(papers.pdf(papers.notice_texts()), "only.pdf")) == {}
