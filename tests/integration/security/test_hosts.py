"""Where people are sent: to pages of ours, under the address that was configured, whatever a request claims."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from portal.platform import jobs
from tests.integration.payments.company import PASSWORD
from tests.integration.security.access_table import TABLE
from tests.integration.security.rules import call_named, calls
from tests.integration.security.things import EMAILS, World

HOME = {"base_url": "https://portal.example"}
ELSEWHERE = (
    "//evil.example", "https:evil.example", "https://evil.example", "/\\evil.example", "\\\\/evil.example",
    "\\/\\/evil.example", "javascript:alert(1)", "data:text/html,x", "%0d%0aSet-Cookie: a=b", "/\r\nSet-Cookie: a=b",
    "/%0d%0aSet-Cookie: a=b", "https://portal@evil.example", "///evil.example", "////evil.example", "/\t/evil.example",
    "/%09/evil.example", "/%5cevil.example", " //evil.example", "\t//evil.example", "/\x00/evil.example", "evil.example",
    "?next=//evil.example", "/.//evil.example", "/..//evil.example", "http:///evil.example", "//evil.example/%2f..",
    "/〱evil.example", "//evil。example", "x" * 5000,
)  # fmt: skip
STRANGE = (
    "evil.example", "portal.example.evil.example", "evil.example:443", "portal.example@evil.example", "evilportal.example",
    "portal.example.", "localhost", "127.0.0.1", "[::1]", "portal.example:80:evil", "portal.example/x", " ",
)  # fmt: skip


def goes_to(location: str) -> tuple[str, str]:
    """Scheme and host that a browser ends at: it takes a backslash for a slash and leaves out tabs and line ends."""
    seen = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    parts = urlsplit(urljoin("http://localhost/login", seen))
    return parts.scheme, parts.netloc


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_sign_in_leads_only_to_pages_of_ours(app: Flask, world: World, wanted: str) -> None:
    browser = app.test_client()
    page = browser.get("/login", query_string={"next": wanted})
    assert page.status_code == 200
    answer = browser.post("/login", data={"email": EMAILS["buyer"], "password": PASSWORD, "next": wanted})
    assert answer.status_code == 303
    assert goes_to(answer.location) == ("http", "localhost")
    assert "Set-Cookie: a=b" not in str(answer.headers)
    assert "//" not in answer.location


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_a_full_cart_and_a_new_theme_lead_only_to_pages_of_ours(
    world: World, browser_of: Callable[..., Any], wanted: str
) -> None:
    browser = browser_of("buyer")
    bought = browser.post("/cart", data={"sku": world.product.sku, "quantity": "1", "next": wanted})
    assert goes_to(bought.location) == ("http", "localhost")
    for referrer in (wanted, f"http://localhost/{wanted}", f"http://localhost{wanted}"):
        if not referrer.isprintable() or not referrer.isascii():
            continue
        chosen = browser.post("/account/theme", data={"theme": "dark"}, headers={"Referer": referrer})
        assert goes_to(chosen.location) == ("http", "localhost"), referrer


@pytest.mark.parametrize("wanted", ["/orders", "/invoices?show=paid&q=INV", "/products?q=hose%20pipe"])
def test_sign_in_leads_to_the_page_that_was_wanted(app: Flask, world: World, wanted: str) -> None:
    browser = app.test_client()
    browser.get(f"/login?next={wanted}")
    answer = browser.post("/login", data={"email": EMAILS["buyer"], "password": PASSWORD, "next": wanted})
    assert answer.location == wanted


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/%2e%2e", "/\\evil.example", "//staff//orders", "/account/"]
)
def test_no_path_is_taken_for_another_host(app: Flask, path: str) -> None:
    answer = app.test_client().get(f"http://localhost{path}")
    assert answer.status_code in {303, 308, 404}
    if answer.location:
        assert goes_to(answer.location) == ("http", "localhost")


@pytest.mark.parametrize("host", STRANGE)
def test_a_strange_host_is_refused_everywhere_but_at_probes(behind_https: Flask, world: World, host: str) -> None:
    browser = behind_https.test_client()
    for call in calls(behind_https, "GET", "POST"):
        if call.endpoint == "static":
            continue
        address = call.address(behind_https, world, world.first)
        status = browser.open(
            address, method=call.method, headers={"Host": host}, base_url="https://portal.example"
        ).status_code
        assert (status == 400) is not call.endpoint.startswith("monitoring"), (call.name, status)


def test_the_configured_host_is_served_with_and_without_a_port(behind_https: Flask) -> None:
    browser = behind_https.test_client()
    for host in ("portal.example", "portal.example:443", "PORTAL.example"):
        assert browser.get("/", headers={"Host": host}, **HOME).status_code == 200, host


@pytest.mark.parametrize(
    "claims",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "http"},
        {"X-Forwarded-For": "1.2.3.4"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/staff"},
        {"X-Rewrite-URL": "/staff"},
    ],
)
def test_links_in_mails_and_on_pages_never_come_from_what_a_request_claims(
    app: Flask, world: World, browser_of: Callable[..., Any], data_dir: Any, claims: dict[str, str]
) -> None:
    for old in (data_dir / "mail").glob("*.eml"):
        old.unlink()
    browser = app.test_client()
    browser.get("/account/forgotten", headers=claims)
    assert browser.post("/account/forgotten", data={"email": EMAILS["buyer"]}, headers=claims).status_code == 200
    jobs.run_pending()
    (file,) = (data_dir / "mail").glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default).get_content()
    links = re.findall(r"https?://[^\s]+", mail)
    assert links
    assert {urlsplit(link).netloc for link in links} == {"127.0.0.1:8000"}
    for path in ("/", "/login", "/contact", f"/pay/{world.first.pay_token}"):
        assert "evil.example" not in browser.get(path, headers=claims).get_data(as_text=True)


def test_links_in_mails_have_the_configured_address(behind_https: Flask, world: World, data_dir: Any) -> None:
    for old in (data_dir / "mail").glob("*.eml"):
        old.unlink()
    browser = behind_https.test_client()
    browser.get("/account/forgotten", **HOME)
    sent = browser.post("/account/forgotten", data={"email": EMAILS["buyer"]}, **HOME)
    assert sent.status_code == 200
    jobs.run_pending()
    (file,) = (data_dir / "mail").glob("*.eml")
    links = re.findall(r"https?://[^\s]+", file.read_text())
    assert [link for link in links if link.startswith("https://portal.example/account/password/")]
    assert all(link.startswith("https://portal.example/") for link in links)


def test_the_scheme_of_a_form_is_not_what_a_client_claims(behind_https: Flask) -> None:
    """Without a trusted proxy X-Forwarded-* is anybody's word: cookies stay Secure."""
    answer = behind_https.test_client().get("/login", headers={"X-Forwarded-Proto": "http"}, **HOME)
    assert "Secure" in answer.headers["Set-Cookie"]
    assert call_named(behind_https, "GET accounts.login").name in TABLE
