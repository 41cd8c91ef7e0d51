"""What a document is, is decided by its bytes; everything else is refused in words."""

from __future__ import annotations

import pytest

from portal.proofs.reader import refusal
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.source import PDF, sniff, unwrap
from tests.unit.proofs import papers


def test_the_type_is_read_from_the_bytes():
    small = papers.picture(())
    assert sniff(papers.pdf()) == PDF
    assert sniff(papers.saved(small, "PNG")) == "image/png"
    assert sniff(papers.saved(small, "JPEG")) == "image/jpeg"
    assert sniff(papers.saved(small, "WEBP")) == "image/webp"
    assert sniff(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00") == "image/heic"


@pytest.mark.parametrize(
    "data",
    [
        b"<?php echo 1; ?>",
        b"<html><body>%PDF-1.4</body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"%!PS-Adobe-3.0\n%PDF-1.4",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04 proof.pdf",
        b"GIF89a\x01\x00\x01\x00",
        b"Date,Amount\n2026-03-14,500\n",
    ],
)
def test_anything_else_is_refused_whatever_it_pretends(data: bytes):
    with pytest.raises(Unreadable) as refused:
        unwrap(data)
    assert refused.value.words == refusal.WRONG_TYPE


def test_an_empty_file_is_refused_in_its_own_words():
    with pytest.raises(Unreadable) as refused:
        unwrap(b"")
    assert refused.value.words == refusal.EMPTY


def test_a_mail_gives_the_pdf_it_carries():
    document = papers.pdf(papers.notice_texts())
    found = unwrap(papers.mail(document, "proof.bin"))
    assert (found.media_type, found.data) == (PDF, document)


def test_a_mail_in_a_mail_is_opened_too():
    document = papers.pdf(papers.notice_texts())
    inner = papers.mail(document, "proof.pdf")
    assert unwrap(papers.mail(inner, "forwarded.eml")).data == document


def test_a_mail_without_a_document_is_refused():
    with pytest.raises(Unreadable) as refused:
        unwrap(papers.mail(b"only words", "note.txt"))
    assert refused.value.words == refusal.MAIL_WITHOUT_DOCUMENT
