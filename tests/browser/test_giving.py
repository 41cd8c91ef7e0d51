"""Taking back, for real: a paid order is cancelled by credit note, and its money goes back through two people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from portal.core.money import Money
from tests.browser.test_pages import complaints
from tests.browser.test_selling import ORDER, first_customer, number_in, of_customer

INVOICE = re.compile(r"INV-\d{4}-\d{6}")


def order_something(buyer: Any, pieces: int, po_number: str) -> tuple[str, str, Money]:
    """An order of the first product of the shop: its number, its invoice's, and what is to pay."""
    page: Page = buyer.go("/products")
    page.get_by_label(re.compile("^Quantity of")).first.fill(str(pieces))
    page.get_by_role("button", name=re.compile("^Add")).first.click()
    page.wait_for_load_state()
    buyer.go("/checkout")
    page.get_by_label("Your PO number").fill(po_number)
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/orders/ORD-*")
    to_pay = page.get_by_role("link", name=re.compile("^Pay R")).inner_text().removeprefix("Pay ")
    found = INVOICE.search(page.inner_text("main"))
    assert found
    return number_in(page, ORDER), found.group(), Money.parse(to_pay)


def pay(clerk: Any, customer: str, invoice: str, amount: Money) -> str:
    """Money at the bank for an invoice; the address of its payment."""
    page: Page = clerk.go(f"/staff/bank/receipt?customer={customer}")
    page.get_by_label("Amount").fill(amount.plain)
    page.get_by_label(f"Pays {invoice}").check()
    page.get_by_role("button", name="Record the receipt").click()
    page.wait_for_url("**/staff/bank")
    clerk.go(f"/staff/invoices/{invoice}")
    return str(page.locator("a[href^='/staff/bank/payments/']").first.get_attribute("href"))


def test_a_paid_order_is_cancelled_and_its_money_goes_back_through_two_people(visitor: Callable[..., Any]) -> None:
    customer = first_customer(visitor)
    buyer, clerk, manager = of_customer(visitor, "buyer", customer), visitor(), visitor()
    order, invoice, amount = order_something(buyer, 50, "PO 4713")
    desk, boss = clerk.sign_in("clerk"), manager.sign_in("manager")
    payment = pay(clerk, customer, invoice, amount)

    manager.go(f"/staff/orders/{order}")
    boss.get_by_role("link", name="Cancel order…").click()
    expect(boss.get_by_text("Paid already, becomes credit on account")).to_be_visible()
    boss.get_by_role("button", name="Cancel order").click()
    expect(boss.get_by_role("alert")).to_contain_text("Say why")
    boss.get_by_label("Reason").fill("Ordered twice")
    boss.get_by_role("button", name="Cancel order").click()
    expect(boss.locator(".pagehead").get_by_text("Cancelled")).to_be_visible()
    boss.get_by_role("link", name=re.compile("^CRN-")).first.click()
    expect(boss.get_by_text(str(amount)).first).to_be_visible()

    page: Page = buyer.go(f"/orders/{order}")
    expect(page.get_by_role("heading", name="This order was cancelled")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^CRN-"))).to_have_count(1)

    clerk.go(payment)
    desk.get_by_role("link", name="Pay it back…").click()
    desk.get_by_label("Bank", exact=True).fill("FNB")
    desk.get_by_label("Branch code").fill("250655")
    desk.get_by_label("Account number").fill("62841190736")
    desk.get_by_label("Reason").fill("The order was cancelled")
    desk.get_by_role("button", name="Ask for the refund").click()
    expect(desk.get_by_text("A manager who did not ask for it approves it.")).to_be_visible()
    refund = desk.url.removeprefix(clerk.portal.url)

    manager.go(refund)
    boss.get_by_role("button", name="Approve").click()
    expect(boss.get_by_role("heading", name="Approved")).to_be_visible()

    clerk.go("/staff/refunds?state=approved")
    desk.get_by_label(re.compile("^Put REF-")).first.check()
    desk.get_by_role("button", name="Put the ticked into a file for the bank").click()
    clerk.go(refund)
    desk.get_by_role("button", name="The bank paid it").click()
    expect(desk.get_by_role("heading", name="Does the bank show it?")).to_have_count(0)

    buyer.go("/statement?form=balance-forward")
    expect(page.get_by_text(re.compile("^Credit note CRN-")).first).to_be_visible()


def test_what_has_not_left_of_an_order_is_cancelled(visitor: Callable[..., Any]) -> None:
    customer = first_customer(visitor)
    buyer, manager, dispatcher = of_customer(visitor, "buyer", customer), visitor(), visitor()
    order, invoice, _ = order_something(buyer, 5, "PO 4714")
    boss = manager.sign_in("manager")
    manager.go(f"/staff/orders/{order}")
    boss.get_by_label("Reason").fill("Known for years")
    boss.get_by_role("button", name="Release goods").click()
    warehouse: Page = dispatcher.sign_in("dispatcher")
    dispatcher.go(f"/staff/orders/{order}/deliver")
    warehouse.get_by_label(re.compile("^Pieces of")).first.fill("2")
    warehouse.get_by_role("button", name="Make delivery note").click()
    expect(warehouse.get_by_text("Who took the goods?")).to_be_visible()

    manager.go(f"/staff/orders/{order}")
    boss.get_by_role("link", name="Cancel what has not left…").click()
    boss.wait_for_url("**/cancel")
    assert complaints(boss) == []
    expect(boss.get_by_role("row", name=re.compile(r"5\s+2\s+3"))).to_be_visible()
    boss.get_by_label("Reason").fill("The maker stopped making it")
    boss.get_by_role("button", name="Cancel the rest").click()
    expect(boss.get_by_text(re.compile("the rest was cancelled"))).to_be_visible()

    page: Page = buyer.go(f"/orders/{order}")
    expect(page.get_by_role("heading", name="Part was delivered, the rest was cancelled")).to_be_visible()
    buyer.go(f"/invoices/{invoice}")
    expect(page.get_by_text("Credited").first).to_be_visible()


def test_our_desk_writes_a_quote_with_a_discount(visitor: Callable[..., Any]) -> None:
    customer = first_customer(visitor)
    clerk, buyer = visitor(), of_customer(visitor, "buyer", customer)
    desk: Page = clerk.sign_in("clerk")
    clerk.go("/staff/quotes")
    desk.get_by_role("link", name="New quote").click()
    desk.get_by_label("Customer code").fill(customer)
    desk.get_by_role("button", name="Go on").click()
    desk.get_by_role("button", name="Write the quote").click()
    desk.get_by_label("Find a product").fill("hose")
    desk.get_by_role("button", name="Find").click()
    desk.get_by_role("button", name=re.compile("^Add")).first.click()
    expect(desk.get_by_label("Quantity of line 1")).to_have_value("1")
    assert complaints(desk) == []
    desk.get_by_label("Discount on every line").fill("5")
    desk.get_by_role("button", name="Save offer").click()
    expect(desk.get_by_text(re.compile("less 5"))).to_be_visible()
    quote = number_in(desk, re.compile(r"QUO-\d{4}-\d{6}"))
    desk.get_by_role("button", name="Send quote").click()
    expect(desk.locator(".pagehead").get_by_text("Sent")).to_be_visible()

    page: Page = buyer.go(f"/quotes/{quote}")
    expect(page.get_by_role("heading", name="Our offer: yours to decide")).to_be_visible()
    expect(page.get_by_text(re.compile("less 5"))).to_be_visible()
