"""Selling, for real: a quote to its delivery, an order above a limit, a delivery in parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from portal.core import clock

ORDER = re.compile(r"ORD-\d{4}-\d{6}")


def of_customer(visitor: Callable[..., Any], role: str, customer: str) -> Any:
    """Somebody in a role at a customer of the demo."""
    someone = visitor()
    person = next(one for one in someone.portal.people if one["role"] == role and one["customer"].startswith(customer))
    someone.sign_in_as(person)
    return someone


def first_customer(visitor: Callable[..., Any]) -> str:
    portal = visitor().portal
    return str(portal.person("buyer")["customer"])


def release(visitor: Callable[..., Any], number: str) -> None:
    manager = visitor()
    page = manager.sign_in("manager")
    manager.go(f"/staff/orders/{number}")
    page.get_by_label("Reason").fill("Spoke to their accounts department")
    page.get_by_role("button", name="Release goods").click()
    expect(page.get_by_text("Why the goods may leave")).to_be_visible()


def number_in(page: Page, pattern: re.Pattern[str]) -> str:
    found = pattern.search(page.url)
    assert found, page.url
    return found.group()


def test_a_quote_from_the_request_to_the_delivery(visitor: Callable[..., Any]) -> None:
    customer = first_customer(visitor)
    buyer, clerk, dispatcher = of_customer(visitor, "buyer", customer), visitor(), visitor()
    page = buyer.go("/quotes/new")
    page.get_by_label("What do you need?").fill("Twelve sets for Shaft 4, delivered before Friday")
    page.get_by_role("button", name="Send request").click()
    quote = number_in(page, re.compile(r"QUO-\d{4}-\d{6}"))
    expect(page.get_by_role("heading", name="We are working on your request")).to_be_visible()

    desk: Page = clerk.sign_in("clerk")
    clerk.go("/staff/catalog")
    sku = desk.locator("main .code").first.inner_text().strip()
    clerk.go("/staff/quotes")
    desk.get_by_role("link", name=quote).click()
    desk.get_by_label("Code of line 1").fill(sku)
    desk.get_by_label("Quantity of line 1").fill("12")
    desk.get_by_label("Price of line 1").fill("99,50")
    desk.get_by_label("Valid until").fill((clock.today() + timedelta(days=5)).isoformat())
    desk.get_by_role("button", name="Save offer").click()
    expect(desk.get_by_text("1 373.10".replace(" ", "\u00a0")).first).to_be_visible()
    desk.get_by_role("button", name="Send quote").click()
    expect(desk.locator(".pagehead").get_by_text("Sent")).to_be_visible()

    buyer.go(f"/quotes/{quote}")
    page.get_by_label("Your PO number").fill("PO 4711")
    page.get_by_role("button", name="Accept and order").click()
    page.wait_for_url("**/orders/ORD-*")
    order = number_in(page, ORDER)

    release(visitor, order)
    warehouse: Page = dispatcher.sign_in("dispatcher")
    dispatcher.go(f"/staff/orders/{order}")
    warehouse.get_by_role("button", name="Deliver all that is left").click()
    warehouse.get_by_role("link", name=re.compile("DN-")).first.click()
    warehouse.get_by_label("Received by").fill("Sipho Dube")
    warehouse.get_by_role("button", name="Record as received").click()
    expect(warehouse.get_by_text("Sipho Dube").first).to_be_visible()

    buyer.go(f"/orders/{order}")
    expect(page.get_by_role("heading", name="The goods were delivered")).to_be_visible()
    page.get_by_role("link", name=re.compile("DN-")).first.click()
    expect(page.get_by_role("heading", name="The goods were received")).to_be_visible()


def test_an_order_above_the_limit_is_approved_by_a_colleague(visitor: Callable[..., Any]) -> None:
    """The last customer at home lets its buyer order up to R 20 000 alone; one order waits already."""
    portal = visitor().portal
    customer = [one["customer"] for one in portal.people if one["role"] == "approver"][-1]
    buyer, approver = of_customer(visitor, "buyer", customer), of_customer(visitor, "approver", customer)
    page = buyer.go("/orders?show=draft")
    page.get_by_role("link", name=ORDER).first.click()
    order = number_in(page, ORDER)
    expect(page.get_by_role("heading", name="This order waits for an approver of your company")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and order")).to_have_count(0)

    boss = approver.go("/approvals")
    boss.get_by_role("link", name=order).click()
    boss.get_by_role("button", name="Refuse").click()
    expect(boss.get_by_role("alert")).to_contain_text("Say why")
    boss.get_by_label("Words to your colleague").fill("Needed for the shutdown")
    boss.get_by_role("button", name="Approve and order").click()
    expect(boss.get_by_text("Waits for an approver")).to_have_count(0)

    buyer.go("/account/notices")
    expect(page.get_by_text(f"approved order {order}")).to_be_visible()


def test_an_order_leaves_in_two_parts(visitor: Callable[..., Any]) -> None:
    customer = first_customer(visitor)
    buyer, dispatcher = of_customer(visitor, "buyer", customer), visitor()
    page = buyer.go("/products")
    page.get_by_label(re.compile("^Quantity of")).first.fill("5")
    page.get_by_role("button", name=re.compile("^Add")).first.click()
    page.wait_for_load_state()
    buyer.go("/checkout")
    page.get_by_label("Your PO number").fill("PO 4712")
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/orders/ORD-*")
    order = number_in(page, ORDER)
    release(visitor, order)

    warehouse: Page = dispatcher.sign_in("dispatcher")
    dispatcher.go("/staff/dispatch")
    warehouse.get_by_role("link", name=f"Deliver {order}").click()
    warehouse.get_by_label(re.compile("^Pieces of")).first.fill("2")
    warehouse.get_by_role("button", name="Make delivery note").click()
    expect(warehouse.get_by_text("Who took the goods?")).to_be_visible()

    buyer.go(f"/orders/{order}")
    expect(page.get_by_role("heading", name="Part of the goods left; the rest follows")).to_be_visible()
    dispatcher.go("/staff/dispatch?show=part")
    expect(warehouse.get_by_text(re.compile("2 of 5"))).to_be_visible()
    warehouse.get_by_role("link", name=f"Deliver {order}").click()
    expect(warehouse.get_by_label(re.compile("^Pieces of")).first).to_have_value("3")
    warehouse.get_by_role("button", name="Make delivery note").click()

    buyer.go(f"/orders/{order}")
    expect(page.get_by_role("heading", name="All goods left our warehouse")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("DN-"))).to_have_count(2)
