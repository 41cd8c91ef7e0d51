"""A real portal under gunicorn with its worker, and a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers.portal import Portal
from tests.servers.process import binary, free_port

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A small demo company, served; its payment gateways are the sandbox, which a test starts when it needs it."""
    made = Portal(tmp_path_factory.mktemp("portal"), GATEWAY_SANDBOX="on", GATEWAY_SANDBOX_PORT=str(free_port()))
    made.load_demo()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        yield browser
        browser.close()


class Visitor:
    """One person at a browser; complains of script errors and of anything the content policy refused."""

    def __init__(self, context: BrowserContext, portal: Portal) -> None:
        self.context, self.portal = context, portal
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console", lambda said: self.faults.append(said.text) if "Content Security Policy" in said.text else None
        )

    def go(self, path: str) -> Page:
        self.page.goto(self.portal.url + path)
        return self.page

    def sign_in(self, role: str) -> Page:
        return self.sign_in_as(self.portal.person(role))

    def sign_in_as(self, person: dict[str, str]) -> Page:
        self.go("/login")
        self.page.get_by_label("E-mail").fill(person["email"])
        self.page.get_by_label("Password", exact=True).fill(person["password"])
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self.page

    def until(self, question: Any, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not question():
            assert time.monotonic() < end, f"nothing came at {self.page.url}: {self.page.inner_text('main')[:500]}"
            self.page.wait_for_timeout(200)


@pytest.fixture
def visitor(chromium: Browser, portal: Portal) -> Iterator[Any]:
    """Makes visitors: visitor() on a desktop, visitor(PHONE, "dark") on a phone in dark mode."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def make(size: dict[str, int] | None = None, scheme: str = "light", script: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport=size or DESKTOP, color_scheme=scheme, java_script_enabled=script, locale="en-ZA"
        )
        contexts.append(context)
        visitors.append(Visitor(context, portal))
        return visitors[-1]

    yield make
    for context in contexts:
        context.close()
    faults = [fault for each in visitors for fault in each.faults]
    assert not faults, faults
