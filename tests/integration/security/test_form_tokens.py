"""No form is taken without its token: not without one, not with another session's, not with the one from before sign-in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.platform.http.setup import csrf
from tests.integration.payments.company import PASSWORD
from tests.integration.security.access_programs import PROGRAMS
from tests.integration.security.access_table import TABLE
from tests.integration.security.rules import call_named, calls
from tests.integration.security.stored import cells
from tests.integration.security.things import EMAILS, World

#: a share from another app on the phone; it makes nothing but a draft (docs/decisions/0008)
FREE = {"POST proofs.shared"}
#: machines prove themselves by a signature over what they send (tests/integration/payments/test_payfast_notices.py)
SIGNED = {"POST payments.notice"}
WRITING = sorted(
    name for name, who in TABLE.items() if who and not name.startswith("GET") and name not in FREE | SIGNED
)
#: most may, so that the token alone decides
_FIRST = ("buyer", "approver", "administrator", "anonymous")


def caller_of(name: str) -> str:
    return next(role for role in _FIRST if role in TABLE[name])


def test_no_rule_but_the_share_and_signed_notices_is_free_of_the_token(app: Flask) -> None:
    assert set(csrf._exempt_views) | {each.name for each in csrf._exempt_blueprints} == set()
    free = {name for name, view in app.view_functions.items() if getattr(view, "without_form_token", False)}
    assert {f"POST {name}" for name in free} == FREE | SIGNED
    # a program brings its token by itself, and cookies count for nothing where it goes (test_programs.py)
    programs = {name for name in PROGRAMS if not name.startswith("GET ")}
    assert {call.name for call in calls(app) if call.method != "GET"} == set(WRITING) | FREE | SIGNED | programs


@pytest.mark.parametrize("name", sorted(FREE))
def test_what_is_free_of_the_token_writes_no_row(
    app: Flask, world: World, browser_of: Callable[..., Any], name: str
) -> None:
    browser, before = browser_of("buyer"), cells()
    shared = {"file": (io.BytesIO(b"%PDF-1.4\n%"), "proof.pdf")}
    answer = browser.post(call_named(app, name).address(app, world, world.first), data=shared, bare=True)
    assert answer.status_code == 200
    assert cells() == before


@pytest.mark.parametrize("name", WRITING)
def test_a_form_without_the_right_token_changes_nothing(
    app: Flask, world: World, browser_of: Callable[..., Any], name: str
) -> None:
    call, role = call_named(app, name), caller_of(name)
    address = call.address(app, world, world.first)
    browser, other = browser_of(role), browser_of("stranger" if role != "stranger" else "clerk")
    for token in (None, "", "x", other.token, f"{browser.token}x"):
        data = {} if token is None else {"csrf_token": token}
        assert browser.post(address, data=data, bare=True).status_code == 400, token
    by_header = {"X-CSRFToken": other.token}
    assert browser.post(address, headers=by_header, bare=True).status_code == 400
    assert browser.post(f"{address}?csrf_token={browser.token}", bare=True).status_code == 400
    assert browser.post(address, data={}).status_code != 400


def test_the_token_from_before_sign_in_is_worth_nothing_after_it(app: Flask, world: World) -> None:
    browser = app.test_client()
    browser.get("/login")
    before = browser.token
    browser.post("/login", data={"email": EMAILS["buyer"], "password": PASSWORD})
    browser.get("/account")
    assert browser.token != before
    assert browser.post("/account/details", data={"csrf_token": before, "name": "X"}, bare=True).status_code == 400
    assert browser.post("/account/details", data={"name": "Thandi"}).status_code == 303


def test_the_token_from_before_signing_out_is_worth_nothing_after_it(
    app: Flask, browser_of: Callable[..., Any]
) -> None:
    browser = browser_of("buyer")
    before = browser.token
    browser.post("/logout")
    browser.get("/login")
    sent = {"csrf_token": before, "email": EMAILS["buyer"], "password": PASSWORD}
    assert browser.post("/login", data=sent, bare=True).status_code == 400


def test_a_session_cookie_from_before_signing_out_opens_nothing(app: Flask, browser_of: Callable[..., Any]) -> None:
    browser, thief = browser_of("buyer"), browser_of("buyer")
    assert thief.get("/account").status_code == 200
    browser.post("/logout")
    assert thief.get("/account").location.startswith("/login")


def test_who_is_not_signed_in_hears_that_first(app: Flask) -> None:
    anybody = app.test_client()
    assert anybody.post("/cart", bare=True).location == "/login?next=/"
    assert anybody.post("/api/ocr/process", bare=True).status_code == 401
