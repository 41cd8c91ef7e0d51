from __future__ import annotations

from typing import Any

import pytest

from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from tests.integration.orders.shop import Shop, more_staff, second_customer


@pytest.fixture
def invoice(shop: Shop) -> InvoiceInfo:
    return invoices.by_number(shop.order((shop.hose, 1)).invoice_number)


@pytest.fixture
def buyer(shop: Shop, signed_in: Any) -> Any:
    return signed_in(shop.buyer.email)


def test_the_list_says_first_what_is_owed(shop: Shop, invoice: InvoiceInfo, buyer: Any) -> None:
    page = buyer.get("/invoices").get_data(as_text=True)
    assert "You owe" in page
    assert str(invoice.total) in page
    assert f"/invoices/{invoice.number}/pay" in page


def test_who_owes_nothing_is_told_so(shop: Shop, buyer: Any) -> None:
    page = buyer.get("/invoices").get_data(as_text=True)
    assert "Nothing to pay" in page


@pytest.mark.parametrize(
    "address", ["/invoices", "/invoices?show=all&q=PO", "/invoices?show=paid", "/invoices?sort=-due"]
)
def test_the_list_asks_the_database_four_questions_at_most(
    shop: Shop, invoice: InvoiceInfo, buyer: Any, count_queries: Any, address: str
) -> None:
    with count_queries() as seen:
        assert buyer.get(address).status_code == 200
    assert len(seen) <= 4, "\n".join(seen)


@pytest.mark.parametrize("address", ["/staff/invoices", "/staff/invoices?q=marikana", "/staff/invoices?sort=recipient"])
def test_the_staff_list_asks_six_questions_at_most(
    shop: Shop, invoice: InvoiceInfo, signed_in: Any, count_queries: Any, address: str
) -> None:
    clerk = signed_in(more_staff("clerk").email)
    with count_queries() as seen:
        page = clerk.get(address)
    assert invoice.number in page.get_data(as_text=True)
    assert len(seen) <= 6, "\n".join(seen)


def test_an_invoice_page_asks_six_questions_at_most(
    shop: Shop, invoice: InvoiceInfo, buyer: Any, count_queries: Any
) -> None:
    with count_queries() as seen:
        assert buyer.get(f"/invoices/{invoice.number}").status_code == 200
    assert len(seen) <= 6, "\n".join(seen)


def test_the_page_shows_the_whole_document(shop: Shop, invoice: InvoiceInfo, buyer: Any) -> None:
    page = buyer.get(f"/invoices/{invoice.number}").get_data(as_text=True)
    for words in (
        "Tax Invoice",
        "4111222333",
        "Plot 7, R104",
        "Hydraulic hose",
        "15\u00a0%",
        "PO 88123",
        str(invoice.vat),
    ):
        assert words in page, words


def test_the_pdf_is_a_pdf_and_a_reprint_says_copy(shop: Shop, invoice: InvoiceInfo, buyer: Any, signed_in: Any) -> None:
    original = buyer.get(f"/invoices/{invoice.number}.pdf")
    assert (original.mimetype, original.data[:5]) == ("application/pdf", b"%PDF-")
    assert buyer.get(f"/invoices/{invoice.number}.pdf").data == original.data
    copy = buyer.get(f"/invoices/{invoice.number}.pdf?copy=1")
    assert copy.data != original.data
    clerk = signed_in(more_staff("clerk").email)
    assert clerk.get(f"/staff/invoices/{invoice.number}.pdf").headers["Content-Disposition"].endswith("-copy.pdf")


@pytest.mark.parametrize("path", ["/invoices/{}", "/invoices/{}.pdf", "/invoices/{}/pay"])
def test_another_companys_invoice_is_as_if_it_were_not_there(
    shop: Shop, invoice: InvoiceInfo, signed_in: Any, path: str
) -> None:
    stranger = signed_in(second_customer().email)
    theirs, missing = stranger.get(path.format(invoice.number)), stranger.get(path.format("INV-2026-999999"))
    assert (theirs.status_code, missing.status_code) == (404, 404)


def test_the_same_search_finds_nothing_of_others(shop: Shop, invoice: InvoiceInfo, signed_in: Any) -> None:
    stranger = signed_in(second_customer().email)
    assert invoice.number not in stranger.get("/invoices?q=PO").get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["after=x", "after=W10", "show=;drop", "sort=total", "q=%27%20OR%201%3D1", "after=WyJ4IiwxLDBd"]
)
def test_nonsense_in_the_address_shows_a_list(shop: Shop, invoice: InvoiceInfo, buyer: Any, query: str) -> None:
    assert buyer.get(f"/invoices?{query}").status_code == 200


def test_an_unpaid_invoice_has_its_amount_in_the_list(shop: Shop, invoice: InvoiceInfo, buyer: Any) -> None:
    assert invoice.balance == Money.zar(5_002_50)
    assert "R\u00a05\u00a0002.50" in buyer.get("/invoices?show=open").get_data(as_text=True)
