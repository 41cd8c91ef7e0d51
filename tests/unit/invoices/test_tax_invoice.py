"""The printed tax invoice holds everything the VAT Act wants, whatever stands in its texts."""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import pytest

from portal.core.vat import VatCode
from portal.invoices.documents import tax_invoice
from portal.ledger.types import BankAccountInfo
from tests.unit.invoices.paper import a_document, a_line

ACCOUNT = BankAccountInfo(1, "FNB", "250655", "62841190736", "360Degree Supply (Pty) Ltd", True)


def words_of(data: bytes) -> str:
    """The text layer, its spaces made plain."""
    document = pypdfium2.PdfDocument(data)
    try:
        text = " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return " ".join(text.replace("\u00a0", " ").split())


def test_every_field_that_sars_asks_for_is_printed() -> None:
    document = a_document(
        a_line(1, "Hydraulic hose 1/2 inch", 4_350_00, 2), a_line(2, "Maize meal 10 kg", 189_99, 3, VatCode.ZERO)
    )

    words = words_of(tax_invoice(document, [ACCOUNT]))

    for wanted in (
        "Tax Invoice", "INV-2026-000418", "1 March 2026", "31 March 2026",
        "360Degree Supply (Pty) Ltd", "12 Kloof Street", "4590271834",
        "Marikana Plant & Drilling (Pty) Ltd", "Plot 7, R104", "4111222333",
        "Hydraulic hose 1/2 inch", "2 rolls", "R 8 700.00", "R 1 305.00", "R 10 005.00",
        "Maize meal 10 kg", "3 rolls", "R 569.97", "15 %", "Zero-rated",
        "R 9 269.97", "R 10 574.97", "PO 88123", "ORD-2026-000731",
    ):  # fmt: skip
        assert wanted in words, wanted


def test_the_payer_finds_account_reference_and_amount() -> None:
    words = words_of(tax_invoice(a_document(), [ACCOUNT]))
    for wanted in ("62 8411 90736", "250655", "FNB", "7K04 M2X3", "R 10 005.00"):
        assert wanted in words, wanted


def test_the_same_invoice_is_the_same_file() -> None:
    assert tax_invoice(a_document(), [ACCOUNT]) == tax_invoice(a_document(), [ACCOUNT])


def test_a_reprint_says_that_it_is_a_copy_and_the_original_does_not() -> None:
    assert "Computer-generated copy tax invoice" in words_of(tax_invoice(a_document(), [ACCOUNT], copy=True))
    assert "copy" not in words_of(tax_invoice(a_document(), [ACCOUNT])).lower()


def test_it_is_tagged_for_screen_readers_with_language_and_title() -> None:
    root = pypdf.PdfReader(io.BytesIO(tax_invoice(a_document(), [ACCOUNT]))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-ZA"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()


@pytest.mark.parametrize(
    "text",
    ['#panic("x")', "$x^2$ and #set page", "<img src=http://127.0.0.1/x>", 'back\\slash "quoted" [bracket]', "ℓ Š ṱ é"],
)
def test_text_of_a_customer_is_printed_as_it_stands(text: str) -> None:
    words = words_of(tax_invoice(a_document(a_line(1, text, 100, 1), recipient=text), [ACCOUNT]))
    assert words.count(" ".join(text.split())) == 2


def test_a_long_invoice_counts_its_pages_and_repeats_its_heads() -> None:
    document = a_document(*(a_line(number, f"Fitting number {number}", 61_250, 1) for number in range(1, 101)))

    data = tax_invoice(document, [ACCOUNT])

    pages = len(pypdf.PdfReader(io.BytesIO(data)).pages)
    assert pages >= 3
    words = words_of(data)
    assert f"Page {pages} of {pages}" in words
    assert words.count("Description") == pages
    assert "Fitting number 100" in words
