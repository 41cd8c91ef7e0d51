"""Every role at every rule, against a table that was written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.integration.security.access_programs import PROGRAMS
from tests.integration.security.access_table import EVERYBODY, STAFF, TABLE
from tests.integration.security.rules import OWNED, Call, call_named, calls
from tests.integration.security.things import World

ROLES = sorted(EVERYBODY)
#: what belongs to one person, and whose it is in the world
PERSONAL = {
    "GET lists.made_file": "buyer",
    "GET lists.fetch_file": "buyer",
    "POST lists.usual_view": "clerk",
    "POST lists.delete_view": "clerk",
}


def test_every_rule_stands_in_the_access_table_and_nothing_else(app: Flask) -> None:
    assert {call.name for call in calls(app)} == set(TABLE)


def outcome(answer: Any) -> str:
    """What the portal made of the caller: admitted, sign in, sign in (program), forbidden, hidden."""
    if answer.status_code == 303 and answer.location.startswith("/login?next="):
        return "sign in"
    return {401: "sign in (program)", 403: "forbidden", 404: "hidden"}.get(answer.status_code, "admitted")


def expected(call: Call, role: str) -> str:
    if call.name in PROGRAMS:
        return "sign in (program)"
    if role not in TABLE[call.name]:
        if role == "anonymous":
            return "sign in (program)" if call.endpoint.startswith("proofs_api") else "sign in"
        return "forbidden"
    if role == "stranger" and is_somebodys(call):
        return "hidden"
    if call.name in PERSONAL:
        return "admitted" if role == PERSONAL[call.name] else "hidden"
    return "hidden" if call.endpoint == "accounts.switch_company" and role in STAFF else "admitted"


def is_somebodys(call: Call) -> bool:
    """Whether what the rule names belongs to one customer, and the caller is not its link's holder."""
    return bool(call.arguments & OWNED) and "token" not in call.arguments


@pytest.mark.parametrize("name", TABLE)
def test_each_role_reaches_what_it_may_and_nothing_more(
    app: Flask, world: World, browser_of: Callable[..., Any], restore: Callable[[], None], name: str
) -> None:
    call = call_named(app, name)
    address = call.address(app, world, world.first)
    found = {}
    for role in ROLES:
        answer = browser_of(role).open(address, method=call.method)
        found[role] = outcome(answer)
        assert answer.status_code < 500, (role, answer.get_data(as_text=True)[:300])
        if call.method != "GET" and found[role] == "admitted":
            assert answer.status_code in {200, 303, 409, 422}, (role, answer.status_code)
            restore()
    assert found == {role: expected(call, role) for role in ROLES}


@pytest.mark.parametrize("path", ["/api/ocr/process/prf_000000000000", "/invoices", "/staff", "/staff/nothing-here"])
def test_a_program_and_a_person_without_sign_in_are_told_apart(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    if path.startswith("/api/"):
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert set(answer.get_json()) == {"type", "title", "status", "error", "detail", "request_id"}
    elif path.endswith("nothing-here"):
        assert answer.status_code == 404
    else:
        assert (answer.status_code, answer.location) == (303, f"/login?next={path}")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_methods_that_no_page_takes_are_refused(app: Flask, browser_of: Callable[..., Any], method: str) -> None:
    browser = browser_of("administrator")
    for path in ("/", "/account", "/staff/customers/ONE001", "/static/portal.css", "/health"):
        assert browser.open(path, method=method).status_code in {400, 405}, path


def test_a_person_who_was_switched_off_is_out_at_once(app: Flask, world: World, browser_of: Callable[..., Any]) -> None:
    buyer, administrator = browser_of("buyer"), browser_of("administrator")
    assert buyer.get("/invoices").status_code == 200
    switched = administrator.post(f"/staff/people/{world.first.people['buyer']}/switch", data={"active": "no"})
    assert switched.status_code == 303
    assert buyer.get("/invoices").location.startswith("/login")


def test_somebody_whose_staff_role_is_taken_away_cannot_go_on(
    app: Flask, world: World, browser_of: Callable[..., Any]
) -> None:
    manager = browser_of("manager")
    assert manager.get("/staff/customers/new").status_code == 200
    from portal.accounts import service as accounts

    (person,) = accounts.staff_with("manager")
    browser_of("administrator").post(f"/staff/people/{person.id}", data={"roles": "dispatcher"})
    assert manager.get("/staff/customers/new").status_code in {303, 403}
