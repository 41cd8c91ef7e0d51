"""Looking changes nothing, asks the database little, and takes any address without breaking."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.integration.security.access_table import TABLE
from tests.integration.security.rules import Call, calls
from tests.integration.security.stored import cells
from tests.integration.security.things import World

#: everything that any list reads from its address
PARAMETERS = (
    "q", "show", "sort", "after", "before", "category", "state", "kind", "customer", "bank", "copy", "next", "page",
    "limit", "order", "format", "wait",
)  # fmt: skip
#: machines count on their own: tests/integration/monitoring
MOST_QUERIES = 8
FEWER = {"GET invoices.index": 4}


def mark(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


JUNK = (
    "' OR 1=1 --", "1) UNION SELECT password_hash FROM user --", "\x00", "%00", "-1", "0", "9" * 25, "1e309", "NaN",
    "\u202e\ud7ff", "%", "_", "\\", "x" * 4000, "[]", "{{7*7}}", "../../etc/passwd", "2026-13-45",
    mark("x", 10**30, 0), mark(10**30, 1, 0), mark("2026-13-45", 1, 1), mark("\ud800", 1, 0), mark("\x00", -1, 1),
    mark(True, 1, 0), mark(None, None, None), mark({}, [], 2), mark(-(2**63) - 1, 2**63, 0), mark("2026-01-01", 1, 0),
)  # fmt: skip


def pages(app: Flask, role: str) -> list[Call]:
    return [
        call for call in calls(app, "GET") if role in TABLE[call.name] and not call.endpoint.startswith("monitoring")
    ]


@pytest.mark.parametrize("role", ["administrator", "buyer", "anonymous"])
def test_looking_at_every_page_twice_changes_nothing(
    app: Flask, world: World, browser_of: Callable[..., Any], role: str
) -> None:
    browser, before = browser_of(role), cells()
    for _ in range(2):
        for call in calls(app, "GET"):
            browser.get(call.address(app, world, world.first))
            browser.head(call.address(app, world, world.first))
    after = cells()
    assert {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)} == set()


def test_a_change_would_be_seen(app: Flask, send: Callable[..., Any]) -> None:
    """The control of the test above."""
    before = cells()
    send("POST accounts.change_details", "Another name")
    after = cells()
    assert [cell for cell in before if before[cell] != after[cell]]


@pytest.mark.parametrize("role", ["buyer", "clerk", "administrator", "anonymous"])
def test_every_page_asks_the_database_little(
    app: Flask, world: World, browser_of: Callable[..., Any], count_queries: Callable[[], Any], role: str
) -> None:
    browser, many = browser_of(role), {}
    for call in pages(app, role):
        with count_queries() as seen:
            status = browser.get(call.address(app, world, world.first)).status_code
        if len(seen) > FEWER.get(call.name, MOST_QUERIES) or (
            status == 200 and role == "clerk" and not seen and call.endpoint != "static"
        ):
            many[call.name] = [statement[:400] for statement in seen]
    assert not many, "\n\n".join(f"{name}: {len(found)}\n" + "\n".join(found) for name, found in many.items())


@pytest.mark.parametrize("role", ["buyer", "administrator"])
@pytest.mark.parametrize("junk", JUNK)
def test_no_address_breaks_a_page(
    app: Flask, world: World, browser_of: Callable[..., Any], role: str, junk: str
) -> None:
    browser, broken = browser_of(role), []
    for call in pages(app, role):
        if call.arguments:
            continue
        status = browser.get(call.rule, query_string=dict.fromkeys(PARAMETERS, junk) | {"show": "all"}).status_code
        if status >= 500:
            broken.append((call.rule, status))
    assert broken == []


@pytest.mark.parametrize("role", ["buyer", "administrator"])
@pytest.mark.parametrize(
    "number", ["0", "9" * 30, str(2**63), str(2**31), "-1", "1.5", "%00", "'", "%F0%9F%98%80", "%ff", "a%20b"]
)
def test_no_number_breaks_a_page(
    app: Flask, world: World, browser_of: Callable[..., Any], role: str, number: str
) -> None:
    browser, broken = browser_of(role), []
    for call in calls(app, "GET", "POST"):
        if not call.arguments or role not in TABLE[call.name]:
            continue
        path = call.rule
        for argument in call.arguments:
            for form in (f"<int:{argument}>", f"<path:{argument}>", f"<{argument}>"):
                path = path.replace(form, number)
        answer = browser.open(path, method=call.method)
        if answer.status_code not in {200, 303, 400, 404, 405, 410, 422}:
            broken.append((call.name, path, answer.status_code))
    assert broken == []
