"""PDF pages: the text layer with its places, and the picture, within bounds."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from portal.proofs.reader import page_image, read_document, refusal
from portal.proofs.reader.pdf import MAX_PAGES
from portal.proofs.reader.refusal import Unreadable
from tests.unit.proofs import papers
from tests.unit.proofs.papers import Text


def test_words_come_with_boxes_in_fractions_of_the_page():
    page = read_document(papers.pdf(papers.notice_texts())).sheets[0].page
    word = next(word for word in page.words if word.text == "500.00")
    left, top, right, bottom = word.box
    assert page.engine == "text" and word.confidence == 1.0
    assert 0.5 < left < right < 0.7
    assert bottom == pytest.approx(1 - (715 - 22 * 6) / 842, abs=0.01)
    assert top < bottom


def test_a_pdf_with_an_empty_password_is_read():
    document = papers.encrypted(papers.pdf(papers.notice_texts()), "")
    assert "INV-2026-00417" in {word.text for word in read_document(document).sheets[0].page.words}


def test_a_pdf_with_a_real_password_is_refused_and_says_so():
    with pytest.raises(Unreadable) as refused:
        read_document(papers.encrypted(papers.pdf(papers.notice_texts()), "secret"))
    assert refused.value.words == refusal.PASSWORD


def test_of_many_pages_only_the_first_are_read():
    document = read_document(papers.pdf([Text(60, 700, "x")], pages=200))
    assert (document.page_count, len(document.sheets)) == (200, MAX_PAGES)


def test_five_thousand_pages_are_refused_with_what_to_send_instead():
    with pytest.raises(Unreadable) as refused:
        read_document(papers.pdf([Text(60, 700, "x")], pages=5_000))
    assert refused.value.words.startswith("The PDF has 5000 pages. Please send the page or two")


@pytest.mark.parametrize("box", [(8_000, 8_000), (14_400, 14_400), (14_400, 20), (20, 14_400)])
def test_a_page_that_says_it_is_huge_is_drawn_small(box: tuple[int, int]):
    shown = Image.open(io.BytesIO(page_image(papers.pdf(media_box=box), 1)))
    assert shown.width <= 1080 and shown.height <= 4 * 1080


def test_a_pdf_with_a_broken_table_is_read_or_refused():
    whole = papers.pdf(papers.notice_texts())
    broken = whole.replace(b"startxref\n", b"startxref\n9999")
    assert "INV-2026-00417" in {word.text for word in read_document(broken).sheets[0].page.words}
    with pytest.raises(Unreadable):
        read_document(whole[:60])


def test_a_page_that_is_not_there_has_no_picture():
    with pytest.raises(Unreadable):
        page_image(papers.pdf(), 2)


def test_words_of_the_stream_are_parted_where_a_gap_is():
    words = [
        word.text
        for word in read_document(
            papers.pdf([*papers.notice_texts(), Text(60, 400, "ZAR44000.00"), Text(200, 400, "Cur/Amount")])
        )
        .sheets[0]
        .page.words
    ]
    assert "ZAR44000.00" in words and "Cur/Amount" in words
