"""A buyer in Zambia orders in dollars, gets the tax invoice of an export, pays, and our clerk confirms the dollars."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
from playwright.sync_api import expect

from tests.browser.test_selling import number_in, of_customer

CUSTOMER = "KWD031"
INVOICE = re.compile(r"INV-\d{4}-\d{6}")


def test_an_export_from_the_shop_to_the_money(visitor: Callable[..., Any], tmp_path: Path) -> None:
    buyer, clerk = of_customer(visitor, "buyer", CUSTOMER), visitor()
    page = buyer.go("/products")
    expect(page.locator("main .price").first).to_contain_text("USD")
    page.locator("main .buy button.primary").first.click()
    expect(page.get_by_text("In your cart").first).to_be_visible()
    buyer.go("/cart")
    expect(page.locator("main .facts")).to_contain_text("USD 0.00")  # VAT of an export
    buyer.go("/checkout")
    page.get_by_label("Your PO number").fill("KWD 9001")
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url(re.compile(r"/orders/ORD-"))
    number_in(page, re.compile(r"ORD-\d{4}-\d{6}"))
    found = INVOICE.search(page.content())
    assert found
    invoice = found.group()

    buyer.go(f"/invoices/{invoice}")
    expect(page.get_by_text("Zero-rated supply: goods exported to Zambia")).to_be_visible()
    data = buyer.context.request.get(f"{buyer.portal.url}/invoices/{invoice}.pdf").body()
    words = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert all(
        part in words for part in ("Tax Invoice", "Zambia", "section 11(1)(a)(i)", "Value in rand: R", "FIRNZAJJ")
    )
    picture = tmp_path / "invoice.png"
    pypdfium2.PdfDocument(data)[0].render(scale=1).to_pil().save(picture)
    assert picture.stat().st_size > 10_000

    buyer.go(f"/invoices/{invoice}/pay")
    expect(page.get_by_text("FIRNZAJJ", exact=True)).to_be_visible()
    amount = page.locator(".copyrows").first.inner_text()
    owed = re.search(r"USD\s([0-9\s]+\.[0-9]{2})", amount)
    assert owed, amount

    desk = clerk.sign_in("clerk")
    clerk.go(f"/staff/bank/receipt?customer={CUSTOMER}")
    desk.get_by_label("Amount at the bank").fill(owed.group(1))
    desk.get_by_label("Our account").select_option(index=0)
    desk.get_by_label(f"Pays {invoice}").check()
    desk.get_by_role("button", name="Record the receipt").click()
    expect(desk.get_by_text("currencies do not mix").first).to_be_visible()  # into an account that is kept in rand
    dollars = desk.get_by_label("Our account").locator("option", has_text="USD").first.get_attribute("value")
    desk.get_by_label("Our account").select_option(dollars)
    desk.get_by_role("button", name="Record the receipt").click()
    expect(desk.get_by_text(invoice).first).to_be_visible()

    buyer.go(f"/invoices/{invoice}")
    expect(page.get_by_text("Nothing is left to pay")).to_be_visible()
    buyer.go("/statement?form=balance-forward")
    expect(page.locator("main")).to_contain_text("USD")
