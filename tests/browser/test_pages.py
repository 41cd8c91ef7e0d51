"""Every page, on a desktop and a phone, light and dark: accessible, inside its policy, and no wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE

SCREENS = [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")]
PUBLIC = [
    "/", "/products", "/login", "/services", "/contact", "/privacy", "/terms", "/paia", "/verify", "/verify/x",
    "/no-such-page",
]  # fmt: skip
BUYER = [
    "/",
    "/products",
    "/cart",
    "/checkout",
    "/orders",
    "/orders/quick",
    "/orders/places",
    "/deliveries",
    "/quotes",
    "/quotes/new",
    "/invoices",
    "/proofs",
    "/proofs/new",
    "/credit-notes",
    "/statement",
    "/statement?form=balance-forward",
    "/account",
    "/account/people",
    "/docs/api",
    "/account/files",
]
STAFF = [
    "/staff", "/staff/review", "/staff/bank", "/staff/bank/notices", "/staff/bank/statements", "/staff/bank/lines", "/staff/orders",
    "/staff/bank/suspense", "/staff/bank/months", "/staff/bank/rules", "/staff/bank/rules/new", "/staff/bank/rules/income",
    "/staff/bank/columns",
    "/staff/dispatch", "/staff/dispatch/pick",
    "/staff/deliveries", "/staff/quotes?show=all", "/staff/invoices", "/staff/customers", "/staff/catalog",
    "/staff/catalog/stock", "/staff/catalog/stock/back-orders", "/staff/catalog/stock/movements",
    "/staff/catalog/prices", "/staff/catalog/prices/new", "/staff/catalog/prices/import", "/staff/catalog/rates",
    "/staff/catalog/rates/import", "/staff/catalog/import",
    "/staff/ledger", "/staff/ledger/trial-balance", "/staff/ledger/accounts", "/staff/ledger/accounts/1",
    "/staff/ledger/checks", "/staff/ledger/periods", "/staff/refunds", "/staff/write-offs", "/staff/money-limits",
    "/staff/opening", "/staff/operations", "/staff/sampling", "/staff/recall", "/staff/learned", "/staff/mail-in",
    "/staff/credit-notes", "/staff/invoices/drafts", "/staff/invoices/drafts/1/edit", "/staff/invoices/drafts/new",
    "/staff/quotes/new", "/staff/quotes/new?customer=KAD014", "/staff/statements",
    "/staff/customers/KAD014/statement/mail", "/staff/debtors", "/staff/vat", "/staff/disputes", "/staff/reminders",
    "/staff/reminders/ladder", "/account",
    "/staff/messages", "/staff/content", "/staff/content/services", "/staff/content/terms/history", "/staff/company",
    "/staff/audit", "/staff/people", "/account/files",
]  # fmt: skip
#: the first link of a list leads to the page of one thing
FIRST_OF = {
    "buyer": {"/products": "a[href^='/products/']", "/orders": "a[href^='/orders/ORD']", "/deliveries": "a[href^='/deliveries/DN']",
              "/quotes": "a[href^='/quotes/QUO']", "/invoices": "a[href^='/invoices/INV']", "/credit-notes": "a[href^='/credit-notes/CRN']",
              "/proofs": "a[href^='/proofs/prf_']"},
    "staff": {"/staff/bank/lines": "tbody a[href^='/staff/bank/lines/']", "/staff/bank/suspense": "tbody a[href^='/staff/bank/lines/']",
              "/staff/bank/months": "tbody a[href^='/staff/bank/months/']",
              "/staff/review": "a[href^='/staff/review/prf_']", "/staff/orders": "a[href^='/staff/orders/ORD']", "/staff/dispatch": "a[href$='/deliver']",
              "/staff/deliveries": "a[href^='/staff/deliveries/DN']", "/staff/quotes?show=all": "a[href^='/staff/quotes/QUO']",
              "/staff/catalog": "a[href$='/edit']", "/staff/catalog/stock": "table a[href$='/stock']",
              "/staff/catalog/prices": "table a[href^='/staff/catalog/prices/']",
              "/staff/invoices": "a[href^='/staff/invoices/INV']", "/staff/customers": "a[href^='/staff/customers/']",
              "/staff/credit-notes": "a[href^='/staff/credit-notes/CRN']", "/staff/debtors": "tbody a[href$='/statement']",
              "/staff/disputes": "a[href^='/staff/disputes/']", "/staff/invoices/drafts": "tbody a[href^='/staff/invoices/drafts/']",
              "/staff/sampling": "a[href^='/staff/sampling/prf_']", "/staff/recall": "a[href^='/staff/recall/accepts']"},
}  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def complaints(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    page.evaluate(axe())
    found = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    words = [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes']][:3]}"
        for fault in found["violations"]
    ]
    width, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width > shown:
        words.append(f"wider than the screen: {width} > {shown}")
    return words


def look_at(page: Page, url: str, paths: list[str], firsts: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        answer = page.goto(url + path)
        assert answer is not None and answer.status < 500, path
        if words := complaints(page):
            found[path] = words
        link = page.locator(firsts[path]).first if path in firsts else None
        if link is not None and link.count():
            inner = link.get_attribute("href") or ""
            page.goto(url + inner)
            if words := complaints(page):
                found[inner] = words
    return found


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_pages_for_everybody(visitor: Callable[..., Any], size: dict[str, int], scheme: str) -> None:
    someone = visitor(size, scheme)

    assert look_at(someone.page, someone.portal.url, PUBLIC, {}) == {}


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_pages_of_a_buyer(visitor: Callable[..., Any], size: dict[str, int], scheme: str) -> None:
    buyer = visitor(size, scheme)
    buyer.sign_in("buyer")

    assert look_at(buyer.page, buyer.portal.url, BUYER, FIRST_OF["buyer"]) == {}


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_pages_of_staff(visitor: Callable[..., Any], size: dict[str, int], scheme: str) -> None:
    administrator = visitor(size, scheme)
    administrator.sign_in("administrator")

    assert look_at(administrator.page, administrator.portal.url, STAFF, FIRST_OF["staff"]) == {}


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_the_pay_page(visitor: Callable[..., Any], size: dict[str, int], scheme: str) -> None:
    buyer = visitor(size, scheme)
    page = buyer.sign_in("buyer")
    buyer.go("/invoices")
    number = page.locator("a[href^='/invoices/INV']").first.inner_text().split()[0]
    buyer.go(f"/invoices/{number}/pay")

    assert complaints(page) == []


def test_the_rail_leads_to_every_place_of_staff(visitor: Callable[..., Any]) -> None:
    administrator = visitor()
    page = administrator.sign_in("administrator")
    administrator.go("/staff")
    places = page.eval_on_selector_all(".rail a[href]", "links => links.map(link => link.getAttribute('href'))")

    statuses = {place: page.goto(administrator.portal.url + place).status for place in places}  # type: ignore[union-attr]

    assert len(places) >= 8
    assert set(statuses.values()) == {200}, statuses
