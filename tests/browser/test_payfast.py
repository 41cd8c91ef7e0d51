"""Paying through gateways, for real: portal, worker, and the sandboxes that ``flask dev gateways`` starts."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_main_job import a_buyer_who_pays_first, order_something, pay_link_of
from tests.browser.test_pages import complaints
from tests.servers.portal import ROOT, Portal
from tests.servers.process import Server, listening

PAY = re.compile(r"^Pay R.* with PayFast$")


@pytest.fixture(scope="module")
def sandbox(portal: Portal) -> Iterator[Server]:
    port = int(portal.environ["GATEWAY_SANDBOX_PORT"])
    server = Server(
        [sys.executable, "-m", "flask", "--app", "app", "dev", "gateways"], portal.data_dir / "sandbox.log",
        cwd=ROOT, env=portal.environ,
    )  # fmt: skip
    server.wait(lambda: listening(port), 60)
    yield server
    server.stop()


def to_payfast(page: Page) -> None:
    page.get_by_role("button", name=PAY).click()
    page.get_by_role("button", name="Go on to PayFast").click()
    expect(page.get_by_role("heading", name="PayFast sandbox")).to_be_visible()


def press(page: Page, deed: str) -> None:
    page.get_by_role("button", name=deed, exact=True).click()
    page.wait_for_url("**/online/*/back")


def test_from_the_pay_page_through_payfast_to_released_goods(
    visitor: Callable[..., Any], portal: Portal, sandbox: Server
) -> None:
    buyer = a_buyer_who_pays_first(visitor, portal)
    order, number = order_something(buyer)
    page: Page = buyer.go(f"/invoices/{number}/pay")
    to_payfast(page)
    press(page, "Pay: complete first, a late pending and failed after it")
    buyer.until(lambda: page.locator("main h1").inner_text() == "Paid", 60)

    buyer.go(f"/invoices/{number}")
    expect(page.locator("main")).to_contain_text("Confirmed by PayFast")
    buyer.go(f"/orders/{order}")
    expect(page.locator("main")).to_contain_text("on their way")

    clerk = visitor()
    desk: Page = clerk.sign_in("clerk")
    clerk.go("/staff/bank/notices")
    expect(desk.locator("tbody tr").first).to_contain_text("PAY-")
    portal.flask("self-check")
    portal.flask("ledger", "verify")


def test_a_lie_and_turning_back_change_nothing_and_the_link_of_the_mail_pays(
    visitor: Callable[..., Any], portal: Portal, sandbox: Server
) -> None:
    buyer = a_buyer_who_pays_first(visitor, portal)
    _, number = order_something(buyer)
    buyer.until(lambda: pay_link_of(portal, number) is not None, 60)
    stranger = visitor(PHONE, "dark", script=False)
    page: Page = stranger.go(pay_link_of(portal, number))
    to_payfast(page)
    page.get_by_role("link", name=re.compile("Cancel")).click()
    expect(page.get_by_role("heading", name="You turned back at PayFast")).to_be_visible()

    page.get_by_role("link", name="Back to the pay page").click()
    to_payfast(page)
    press(page, "Lie: another amount")
    expect(page.get_by_role("heading", name="PayFast has yet to confirm")).to_be_visible()
    clerk = visitor()
    desk: Page = clerk.sign_in("clerk")

    def refused() -> bool:
        clerk.go("/staff/bank/notices?show=refused")
        return "Refused: amount" in desk.inner_text("main")

    clerk.until(refused, 60)
    page.get_by_role("link", name="Pay in another way").click()
    to_payfast(page)
    press(page, "Pay")
    stranger.until(lambda: page.reload() is not None and page.locator("main h1").inner_text() == "Paid", 60)


@pytest.mark.parametrize("label", ["Ozow", "Yoco", "Stripe"])
def test_each_other_gateway_takes_a_buyer_there_and_back(
    visitor: Callable[..., Any], portal: Portal, sandbox: Server, label: str
) -> None:
    buyer = a_buyer_who_pays_first(visitor, portal)
    _, number = order_something(buyer)
    page: Page = buyer.go(f"/invoices/{number}/pay")
    page.get_by_role("button", name=re.compile(f"^Pay R.* with {label}$")).click()
    page.get_by_role("button", name=f"Go on to {label}").click()
    expect(page.get_by_role("heading", name=f"{label} sandbox")).to_be_visible()
    press(page, "Pay")
    buyer.until(lambda: page.locator("main h1").inner_text() == "Paid", 60)
    buyer.go(f"/invoices/{number}")
    expect(page.locator("main")).to_contain_text(f"Confirmed by {label}")
    portal.flask("self-check")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_the_pages_around_payfast_are_for_everybody(
    visitor: Callable[..., Any], portal: Portal, size: dict[str, int], scheme: str
) -> None:
    buyer = visitor(size, scheme)
    page = buyer.sign_in("buyer")
    _, number = order_something(buyer)
    buyer.go(f"/invoices/{number}/pay")
    assert complaints(page) == []
    page.get_by_role("button", name=PAY).click()
    page.wait_for_url("**/online/*")
    address = page.url.removeprefix(portal.url)
    found = {}
    for path in (address, f"{address}/back", f"{address}/cancelled"):
        buyer.go(path)
        found[path] = complaints(page)
    assert found == {path: [] for path in found}
