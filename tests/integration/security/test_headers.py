"""Every answer carries the same safe headers, whoever asks and however it ends."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask

from portal.platform.http.setup import HEADERS
from tests.integration.payments.company import PASSWORD
from tests.integration.security.access_programs import PROGRAMS
from tests.integration.security.access_table import EVERYBODY
from tests.integration.security.rules import Call, calls
from tests.integration.security.test_others_things import nobodys
from tests.integration.security.things import EMAILS, World

#: answers that show a stranger's document are shut in further
DOCUMENTS = {"proofs.original", "proofs_staff.original", "proofs_mail.original", "catalog.document"}
SANDBOX = "sandbox; default-src 'none'"
#: the one page whose form goes to another company: that address beside ours
ELSEWHERE = {
    "payments.leave": HEADERS["Content-Security-Policy"].replace(
        "form-action 'self'", "form-action 'self' http://127.0.0.1:8710"
    )
}
#: the same for everybody
LASTING = {"static", "catalog.picture", "proofs.manifest"}
FORBIDDEN = ("Server", "X-Powered-By", "Access-Control-Allow-Origin")


def faults(answer: Any, call: Call, *, signed_in: bool) -> list[str]:
    found = []
    for name, value in HEADERS.items():
        sandboxed = name == "Content-Security-Policy" and call.endpoint in DOCUMENTS and answer.status_code == 200
        if name == "Content-Security-Policy" and answer.status_code == 200:
            value = ELSEWHERE.get(call.endpoint, value)
        if answer.headers.getlist(name) != [SANDBOX if sandboxed else value]:
            found.append(f"{name}: {answer.headers.getlist(name)}")
    found += [f"{name} is sent" for name in FORBIDDEN if name in answer.headers]
    # programs keep what they read and ask whether it still stands (ETag)
    wanted = "no-cache, private" if call.name in PROGRAMS else "no-store"
    if signed_in and call.endpoint not in LASTING and answer.headers.get("Cache-Control") != wanted:
        found.append(f"Cache-Control: {answer.headers.get('Cache-Control')}")
    if not answer.headers.get("X-Request-ID"):
        found.append("no X-Request-ID")
    if answer.data and "charset" not in answer.content_type and answer.mimetype.startswith("text/"):
        found.append(answer.content_type)
    for cookie in answer.headers.getlist("Set-Cookie"):
        found += [
            f"{flag} is missing: {cookie}" for flag in ("HttpOnly", "SameSite=Lax", "Path=/") if flag not in cookie
        ]
    return found


@pytest.mark.parametrize("role", sorted(EVERYBODY - {"stranger", "approver", "accountant", "clerk", "manager"}))
def test_every_page_has_the_same_safe_headers_whatever_its_status(
    app: Flask, world: World, browser_of: Callable[..., Any], role: str
) -> None:
    browser, wrong, seen = browser_of(role), [], set()
    for call in calls(app, "GET"):
        for own in (world.first, nobodys(world.first)):
            answer = browser.get(call.address(app, world, own))
            seen.add(answer.status_code)
            wrong += [
                (answer.status_code, call.name, fault) for fault in faults(answer, call, signed_in=role != "anonymous")
            ]
    assert wrong == []
    assert {200, 303, 404} <= seen if role == "anonymous" else {200, 404} <= seen


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/nothing/here", "GET", 404),
        ("/account", "DELETE", 405),
        ("/account/details", "POST", 400),
        ("/staff", "GET", 403),
    ],
)
def test_refusals_have_them_too(
    app: Flask, browser_of: Callable[..., Any], path: str, method: str, status: int
) -> None:
    answer = browser_of("buyer").open(path, method=method, bare=True)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_of_ours_has_them_too_and_tells_nothing(
    app: Flask, browser_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setitem(app.view_functions, "accounts.account", _marked_like(app, "accounts.account", broken))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = browser_of("buyer").get("/account")
    assert answer.status_code == 500
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "secret of the house" not in answer.get_data(as_text=True)


def _marked_like(app: Flask, endpoint: str, view: Any) -> Any:
    view.access = app.view_functions[endpoint].access  # type: ignore[attr-defined]
    return view


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert not {"unsafe", "http", "*", "data:"} & {word for words in policy.values() for word in words.split()}
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_over_https_cookies_belong_to_this_host_alone(behind_https: Flask, world: World) -> None:
    browser = behind_https.test_client()
    at_home = {"base_url": "https://portal.example"}
    browser.get("/login", **at_home)
    answer = browser.post("/login", data={"email": EMAILS["buyer"], "password": PASSWORD}, **at_home)
    assert answer.status_code == 303
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["__Host-portal_session"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert cookie["domain"] == ""
    theme = browser.post("/account/theme", data={"theme": "dark"}, **at_home)
    for morsel in SimpleCookie(theme.headers["Set-Cookie"]).values():
        assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Lax")


@pytest.mark.parametrize("path", ["/", "/nothing", "/health", "/static/portal.css", "/invoices"])
def test_https_is_demanded_on_every_answer(behind_https: Flask, path: str) -> None:
    answer = behind_https.test_client().get(path, base_url="https://portal.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_over_plain_http_no_cookie_claims_to_be_secure(app: Flask) -> None:
    answer = app.test_client().get("/login")
    assert answer.headers["Set-Cookie"].startswith("portal_session=")
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
