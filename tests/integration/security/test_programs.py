"""Programs see what their token says and nothing else: another customer's things are not there, nor another scope's."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.core import clock
from portal.core.identity import CUSTOMERS_ONLY, OURS_ONLY, SCOPES
from portal.orders import service as orders
from portal.orders.models import Quote
from portal.platform.db import db, transaction
from portal.platform.http import access_of
from portal.platform.rest import document
from portal.proofs.models import Decision, Proof
from tests.integration.security.access_programs import PROGRAMS
from tests.integration.security.programs import OF_CUSTOMERS, Caller, approver_of, token_of, token_of_ours
from tests.integration.security.test_others_things import nobodys
from tests.integration.security.things import Things, World

LISTS = ("/orders", "/quotes", "/deliveries", "/invoices", "/payments", "/proofs", "/statement")
WHAT = ("order", "quote", "delivery", "invoice", "pdf", "ubl", "payment", "proof")
ORDER = {"lines": [{"sku": "SK-1", "quantity": 2}], "po_number": "PO 1"}


def named(things: Things) -> dict[str, str]:
    """Every address that names something of a customer's."""
    return {
        "order": f"/orders/{things.order}", "quote": f"/quotes/{things.quote}",
        "delivery": f"/deliveries/{things.delivery}", "invoice": f"/invoices/{things.invoice}",
        "pdf": f"/invoices/{things.invoice}/pdf", "ubl": f"/invoices/{things.invoice}/ubl",
        "payment": f"/payments/{things.receipt_id}", "proof": f"/proofs/{things.proof}",
    }  # fmt: skip


@pytest.mark.parametrize("what", WHAT)
def test_anothers_thing_answers_like_one_that_is_not_there(app: Flask, world: World, what: str) -> None:
    program = Caller(app, token_of(world.first))
    same = {"X-Request-ID": "always-the-same"}

    own = program.get(named(world.first)[what])
    anothers = program.get(named(world.second)[what], **same)
    missing = program.get(named(nobodys(world.second))[what], **same)

    assert own.status_code == 200 and own.headers["Cache-Control"] == "no-store"
    assert anothers.status_code == missing.status_code == 404
    assert anothers.data == missing.data and anothers.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", LISTS)
def test_a_list_holds_what_is_its_customers_alone(app: Flask, world: World, path: str) -> None:
    text = (
        Caller(app, token_of(world.first))
        .get(path + ("" if path == "/statement" else "?limit=100"))
        .get_data(as_text=True)
    )

    assert not [mark for mark in world.second.marks if mark in text]
    assert any(mark in text for mark in world.first.marks) or path == "/payments"
    other = Caller(app, token_of(world.first)).get(f"{path}?customer={world.second.code}")
    assert other.status_code == 404


def test_a_program_of_ours_sees_everybodys_and_each_by_name(app: Flask, world: World) -> None:
    program = Caller(app, token_of_ours())

    everybodys = program.get("/invoices?limit=100").get_data(as_text=True)
    seconds = program.get(f"/invoices?limit=100&customer={world.second.code}").get_data(as_text=True)

    assert world.first.invoice in everybodys and world.second.invoice in everybodys
    assert world.first.invoice not in seconds and world.second.invoice in seconds
    assert {each["code"] for each in program.get("/customers").get_json()["items"]} >= {"ONE001", "TWO002"}
    assert program.get(f"/statement?customer={world.first.code}").get_json()["customer"] == "ONE001"
    assert program.get("/statement").status_code == 404
    assert program.post("/orders", json=ORDER).status_code == 403


def test_each_scope_opens_its_own_addresses_and_no_other(app: Flask, world: World) -> None:
    tokens = {scope: token_of(world.first, scope) for scope in OF_CUSTOMERS}
    tokens |= {scope: token_of_ours(scope) for scope in OURS_ONLY}
    places = {**named(world.first), "customer": "/customers/ONE001", "product": "/products/SK-1"}
    seen = 0
    for one in document.known(app):
        path = next((each for each in places.values() if matches(one.path, each)), one.path.removeprefix("/api/v1"))
        for scope, token in tokens.items():
            caller = Caller(app, token)
            answer = caller.get(path) if one.method == "get" else caller.post(path, data=b"", content_type="text/plain")
            assert (answer.status_code != 403) == (scope == one.scope), (one.path, scope, answer.status_code)
            seen += 1
    assert seen == len(PROGRAMS) * len(SCOPES)


def matches(template: str, path: str) -> bool:
    wanted, given = template.removeprefix("/api/v1").split("/"), path.split("/")
    return len(wanted) == len(given) and all(a == b or a.startswith("{") for a, b in zip(wanted, given, strict=True))


def test_a_signed_in_browser_opens_nothing_and_a_token_beside_it_decides(
    app: Flask, world: World, browser_of: Callable[..., Any]
) -> None:
    buyer = browser_of("buyer")

    assert buyer.get("/api/v1/orders").status_code == 401
    theirs = buyer.get("/api/v1/orders", headers={"Authorization": f"Bearer {token_of(world.second)}"})
    assert world.second.order in theirs.get_data(as_text=True) and world.first.order not in theirs.get_data(
        as_text=True
    )


def test_all_of_the_interface_is_for_programs(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "interface.openapi":
            mark = access_of(app.view_functions[rule.endpoint])
            assert mark is not None and mark.kind == "program", rule.rule


def test_an_order_is_placed_once_for_its_key(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))

    made, again = program.post("/orders", "one-deed-1", json=ORDER), program.post("/orders", "one-deed-1", json=ORDER)
    other = program.post("/orders", "one-deed-1", json={**ORDER, "po_number": "PO 2"})
    without = program.client.post(
        "/api/v1/orders", json=ORDER, headers={"Authorization": f"Bearer {program.token}"}, bare=True
    )

    assert made.status_code == again.status_code == 201 and made.data == again.data
    assert made.headers["Location"] == f"/api/v1/orders/{made.get_json()['number']}"
    assert (other.status_code, without.status_code) == (422, 422)
    assert made.get_json()["placed_by"] == "First approver" and made.get_json()["total"]["currency"] == "ZAR"
    found = orders.list_page(world.first.customer_id, search="PO 1").items
    assert [each.number for each in found] == [made.get_json()["number"]]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"lines": [{"sku": "NO-SUCH", "quantity": 1}]}, 409), ({"expected_total": 1}, 409), ({"lines": []}, 422),
     ({"lines": [{"sku": "SK-1", "quantity": 1.5}]}, 422), ({"customer_id": 2}, 422)],
)  # fmt: skip
def test_an_order_that_cannot_be_changes_nothing(app: Flask, world: World, change: dict[str, Any], status: int) -> None:
    program = Caller(app, token_of(world.first))
    before = [each.number for each in orders.list_page(world.first.customer_id, limit=100).items]

    refused = program.post("/orders", json={**ORDER, **change})

    assert refused.status_code == status and refused.get_json()["errors"]
    assert [each.number for each in orders.list_page(world.first.customer_id, limit=100).items] == before


def test_a_program_orders_only_while_who_made_its_token_buys(app: Flask, world: World, browser_of: Any) -> None:
    program = Caller(app, token_of(world.first))
    assert program.post("/orders", json=ORDER).status_code == 201

    browser_of("administrator").post(f"/staff/people/{world.first.people['approver']}/switch", data={"active": "no"})

    assert program.post("/orders", json=ORDER).status_code == 403
    assert program.get("/orders").status_code == 200


def test_a_proof_is_taken_in_once_and_read_back(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))
    png = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
    )

    def send(data: bytes, key: str) -> Any:
        return program.post("/proofs", key, data={"file": (io.BytesIO(data), "pop.png")})

    made, again, other = send(png, "one-proof-1"), send(png, "one-proof-1"), send(png + b"x", "one-proof-1")

    assert made.status_code == 201 and made.data == again.data and other.status_code == 422
    assert program.get(f"/proofs/{made.get_json()['id']}").get_json()["state"] == "received"
    assert send(b"<html>", "no-document-1").status_code == 409


def test_what_has_not_changed_is_not_sent_again_and_pages_follow_each_other(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))

    first = program.get("/orders?limit=2")
    following = program.get(f"/orders?limit=2&after={first.get_json()['next']}").get_json()["items"]

    assert program.get("/orders?limit=2", **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert not {each["number"] for each in first.get_json()["items"]} & {each["number"] for each in following}
    for wrong, status in (("limit=0", 422), ("colour=red", 422), ("limit=1&limit=2", 422), ("after=nonsense", 404)):
        assert program.get(f"/orders?{wrong}").status_code == status, wrong


def test_a_token_may_not_have_what_nobody_behind_it_may_do(app: Flask, world: World) -> None:
    from portal.core.errors import BadInput
    from tests.integration.security.deeds import our_clerk

    for scope in CUSTOMERS_ONLY:
        with pytest.raises(BadInput):
            token_of_ours(scope)
    for scope, by in (("orders:write", our_clerk()), ("orders:write", approver_of(world.first, "accountant")),
                      ("customers:read", None)):  # fmt: skip
        with pytest.raises(BadInput):
            token_of(world.first, scope, by=by)


def test_errors_of_every_kind_are_problems(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))
    answers = {
        401: app.test_client().get("/api/v1/orders"), 404: program.get("/nothing"), 422: program.get("/orders?limit=x"),
        405: program.client.delete("/api/v1/orders"), 415: program.post("/orders", data="a=1"),
        413: program.post("/orders", data="x" * 300_000, content_type="application/json"),
        400: program.post("/orders", data="{", content_type="application/json"),
        403: Caller(app, token_of(world.first, "catalog:read")).get("/orders"),
    }  # fmt: skip
    for status, answer in answers.items():
        told = answer.get_json()
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert told["status"] == status and told["title"] and told["detail"] and told["request_id"]


def test_what_our_people_tell_each_other_of_a_proof_stays_theirs(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))
    proof_id = db.session.scalar(select(Proof.id).where(Proof.public_id == world.first.proof))

    def say(action: str, words: str) -> None:
        row = Decision(proof_id=proof_id, by_name="Zanele", action=action, words=words, body={}, created_at=clock.now())
        transaction(lambda: db.session.add(row))

    say("ask", "Which account did you pay?")
    for action in ("hand", "accept", "recall", "answer"):
        say(action, "The font looks pasted, ring the bank")
    assert program.get(f"/proofs/{world.first.proof}").json["answer"] == "Which account did you pay?"


def test_what_we_write_on_a_quote_is_read_once_it_is_sent(app: Flask, world: World) -> None:
    def copied(number: str, **changed: Any) -> dict[str, Any]:
        """The customer's quote once more, as a program reads it."""
        row = db.session.execute(select(Quote.__table__).where(Quote.number == world.first.quote)).mappings().one()
        facts = {**row, "number": number, "reply": "Take it or leave it", "valid_until": date(2030, 1, 1), **changed}
        facts.pop("id")
        transaction(lambda: db.session.execute(insert(Quote.__table__).values(facts)))
        return dict(Caller(app, token_of(world.first)).get(f"/quotes/{number}").json)

    draft, sent = copied("QUO-2026-000901", sent_at=None, state="draft"), copied("QUO-2026-000902", sent_at=clock.now())
    assert (draft["reply"], draft["valid_until"]) == ("", None)
    assert (sent["reply"], sent["valid_until"]) == ("Take it or leave it", "2030-01-01")


def test_blanks_are_no_po_number(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))
    made = program.post("/orders", json={**ORDER, "po_number": "  PO 77 ", "delivery": ["1 Main Road\nSprings", " "]})
    assert made.status_code == 201, made.data
    assert (made.json["po_number"], made.json["delivery"]) == ("PO 77", ["1 Main Road", "Springs"])


@pytest.mark.parametrize("path", ["/orders", "/invoices"])
def test_a_mark_of_thousands_of_brackets_is_no_place_in_a_list(app: Flask, world: World, path: str) -> None:
    mark = base64.urlsafe_b64encode(b"[" * 2_900).decode()
    assert Caller(app, token_of(world.first)).get(f"{path}?after={mark}").status_code == 404


def test_a_body_of_thousands_of_brackets_is_no_json(app: Flask, world: World) -> None:
    program = Caller(app, token_of(world.first))
    answer = program.post("/orders", data=b"[" * 5_000, content_type="application/json")
    assert answer.status_code == 400
