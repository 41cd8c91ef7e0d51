"""What belongs to another customer does not exist: same status, same words as for a number nobody has."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.core.identity import CUSTOMER_ROLES
from portal.platform.db import db
from portal.proofs.models import Proof
from tests.integration.security.access_table import STAFF, TABLE
from tests.integration.security.rules import OWNED, call_named, calls
from tests.integration.security.things import Things, World

#: rules of customers whose addresses name something of theirs
NAMED = (
    "GET invoices.show",
    "GET invoices.pdf",
    "GET invoices.xml",
    "GET invoices.credit_note",
    "GET invoices.credit_note_pdf",
    "GET invoices.credit_note_xml",
    "GET invoices.dispute_form",
    "POST invoices.dispute",
    "GET invoices.promise_form",
    "POST invoices.promise",
    "GET reporting.receipt",
    "GET orders.show",
    "POST orders.again",
    "GET orders.look_again",
    "POST orders.approve",
    "POST orders.refuse",
    "POST orders.withdraw",
    "GET orders.quote",
    "GET orders.quotation",
    "POST orders.accept_quote",
    "POST orders.decline_quote",
    "GET orders.delivery",
    "GET orders.delivery_note",
    "GET orders.evidence",
    "GET proofs.pay",
    "POST proofs.send_for_invoice",
    "POST payments.begin",
    "GET proofs.show",
    "GET proofs.picture",
    "GET proofs.original",
    "POST proofs.appeal",
    "POST proofs.answer",
    "GET proofs_api.status",
    "POST accounts.switch_company",
)
#: rules without an address of somebody's, that list or sum up what a customer has
LISTS = (
    "/", "/account", "/account/notices", "/cart", "/checkout", "/orders", "/deliveries", "/quotes", "/quotes/new",
    "/orders/places", "/orders/quick", "/invoices", "/invoices?show=all", "/invoices?q=INV", "/proofs", "/proofs/new",
    "/statement", "/statement.csv", "/statement?form=balance-forward", "/credit-notes", "/contact", "/products",
)  # fmt: skip
_TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')


def test_no_rule_of_customers_that_names_something_is_left_out(app: Flask) -> None:
    named = {
        call.name for call in calls(app)
        if call.arguments & OWNED and "token" not in call.arguments and not TABLE[call.name] <= STAFF
    }  # fmt: skip
    assert named == set(NAMED)


def nobodys(things: Things) -> Things:
    """Numbers and ids of the same form that nobody has."""
    return replace(
        things, customer_id=987654, order="ORD-2026-987654", held="ORD-2026-987655", invoice="INV-2026-987654",
        released="ORD-2026-987653", delivery="DN-2026-987654", on_the_way="DN-2026-987655", asked="ORD-2026-987652",
        quote="QUO-2026-987654", credit_note="CRN-2026-987654", receipt_id=987654,
        proof="prf_000000000000", review="prf_000000000001", duplicate="prf_000000000002", linked="prf_000000000003",
    )  # fmt: skip


def form_of(name: str) -> dict[str, Any] | None:
    if name == "POST proofs.send_for_invoice":
        return {"key": "k" * 36, "file": (io.BytesIO(b"%PDF-1.4"), "proof.pdf")}
    return {"words": "Look again"} if name.startswith("POST") else None


def ask(browser: Any, method: str, address: str, name: str) -> tuple[int, bytes, str]:
    answer = browser.open(address, method=method, data=form_of(name), headers={"X-Request-ID": "always-the-same"})
    return answer.status_code, _TOKEN.sub(b"", answer.data), answer.content_type


@pytest.mark.parametrize(
    ("name", "role"), [(name, role) for name in NAMED for role in CUSTOMER_ROLES if role in TABLE[name]]
)
def test_anothers_things_look_like_things_that_are_not_there(
    app: Flask, world: World, browser_of: Callable[..., Any], name: str, role: str
) -> None:
    call, browser = call_named(app, name), browser_of(role)
    anothers = ask(browser, call.method, call.address(app, world, world.second), name)
    missing = ask(browser, call.method, call.address(app, world, nobodys(world.second)), name)
    assert anothers[0] == 404
    assert anothers == missing
    if name != "POST accounts.switch_company":
        assert ask(browser, call.method, call.address(app, world, world.first), name)[0] in {200, 303, 422}


@pytest.mark.parametrize("kind", ["review", "duplicate", "linked", "proof"])
@pytest.mark.parametrize("way", ["", "/original", "/page-1.webp"])
def test_documents_of_another_customer_are_not_there(
    world: World, browser_of: Callable[..., Any], kind: str, way: str
) -> None:
    assert browser_of("buyer").get(f"/proofs/{getattr(world.second, kind)}{way}").status_code == 404
    if kind != "linked":
        assert browser_of("buyer").get(f"/proofs/{getattr(world.first, kind)}{way}").status_code == 200


@pytest.mark.parametrize("search", ["INV", "ORD", "PO 88123", "' OR 1=1 --", "1) UNION SELECT", "Secondary", "%", "_"])
def test_no_search_finds_what_another_customer_has(world: World, browser_of: Callable[..., Any], search: str) -> None:
    browser = browser_of("buyer")
    for path in ("/invoices", "/orders", "/proofs", "/products"):
        for show in ("all", "open", "paid"):
            shown = browser.get(path, query_string={"q": search, "show": show, "state": ""}).get_data(as_text=True)
            assert not [mark for mark in world.second.marks if mark in shown], path


@pytest.mark.parametrize("role", ["newcomer", "buyer"])
@pytest.mark.parametrize("path", LISTS)
def test_lists_show_nothing_of_others_least_of_all_to_a_customer_without_anything(
    world: World, browser_of: Callable[..., Any], role: str, path: str
) -> None:
    answer = browser_of(role).get(path, follow_redirects=True)
    assert answer.status_code == 200
    others = world.second.marks + (world.first.marks if role == "newcomer" else ())
    assert not [mark for mark in others if mark in answer.get_data(as_text=True)]


@pytest.mark.parametrize("name", ["GET company.member", "POST company.change_member", "POST company.remove_member"])
def test_an_approver_reaches_the_people_of_no_other_company(
    app: Flask, world: World, browser_of: Callable[..., Any], name: str
) -> None:
    call, browser = call_named(app, name), browser_of("approver")
    for stranger in (world.second.people["buyer"], 987_654):
        address = call.address(app, world, world.first, user_id=stranger)
        answer = browser.open(address, method=call.method, data={"role": "buyer", "seen": "buyer-none"})
        assert answer.status_code == 404
    assert accounts.member(world.second.customer_id, world.second.people["buyer"]).role == "buyer"


@pytest.mark.parametrize("name", ["POST company.send_again", "POST company.take_back"])
def test_an_approver_reaches_no_invitation_of_another_company(
    app: Flask, world: World, browser_of: Callable[..., Any], name: str
) -> None:
    call, browser = call_named(app, name), browser_of("approver")
    address = call.address(app, world, world.first, invitation_id=world.second.invitation_id)
    assert browser.post(address).status_code == 404
    assert [each.id for each in accounts.invitations_of(world.second.customer_id)] == [world.second.invitation_id]


def test_a_link_opens_its_invoice_and_the_proofs_sent_through_it_and_nothing_else(app: Flask, world: World) -> None:
    stranger, token = app.test_client(), world.first.pay_token
    page = stranger.get(f"/pay/{token}").get_data(as_text=True)
    assert not [mark for mark in (*world.second.marks, world.first.order, world.first.invoice) if mark in page]
    assert stranger.get(f"/pay/{token}/proofs/{world.first.linked}").status_code == 200
    for other in (world.first.proof, world.first.review, world.second.linked, "prf_000000000000"):
        assert stranger.get(f"/pay/{token}/proofs/{other}").status_code == 404
    for bad in (token[:-1], token[1:], f"{token}A", world.first.password_token, "x"):
        assert stranger.get(f"/pay/{bad}").status_code == 404
        assert stranger.get(f"/account/password/{bad}").status_code == (
            200 if bad == world.first.password_token else 410
        )


def test_a_claim_names_open_invoices_of_the_sender_only(world: World, browser_of: Callable[..., Any]) -> None:
    own = world.first.invoice
    browser = browser_of("buyer")
    answer = browser.post(
        f"/invoices/{own}/pay",
        data={
            "key": "k" * 36, "claim": [world.second.invoice, "x" * 5000, "INV-2026-987654"],
            "file": (io.BytesIO(b"%PDF-1.4\n%"), "proof.pdf"),
        },
    )  # fmt: skip
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    newest = db.session.scalar(select(Proof).order_by(Proof.id.desc()).limit(1))
    assert newest is not None
    assert newest.claimed_invoices == [own]


def test_one_customers_upload_key_does_not_lead_to_anothers_proof(world: World, browser_of: Callable[..., Any]) -> None:
    sent = [
        browser_of(role).post(
            "/proofs/new", data={"key": "the same key", "file": (io.BytesIO(b"%PDF-1.4\n%same"), "proof.pdf")}
        )
        for role in ("buyer", "stranger", "buyer")
    ]
    assert sent[0].location != sent[1].location
    assert sent[0].location == sent[2].location


def test_one_customers_order_key_does_not_lead_to_anothers_order(world: World, browser_of: Callable[..., Any]) -> None:
    found = {}
    for role in ("buyer", "stranger"):
        browser = browser_of(role)
        page = browser.get("/checkout").get_data(as_text=True)
        mark = re.search(r'name="mark" value="([^"]*)"', page)
        assert mark
        data = {"key": "a" * 36, "mark": mark[1], "po_number": "PO 1", "delivery": "Plot 7", "note": ""}
        answer = browser.post("/checkout", data=data)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
        found[role] = answer.location
    assert found["buyer"] != found["stranger"]


def test_a_receipt_never_pays_another_customers_invoice(world: World, browser_of: Callable[..., Any]) -> None:
    from portal.invoices import service as invoices

    theirs = invoices.by_number(world.second.invoice)
    data = {
        "customer": world.first.code, "invoice": [str(theirs.id)], "amount": "100.00", "value_date": "2026-11-20",
        "account": str(world.bank_id), "text": "EFT", "key": "r" * 36,
    }  # fmt: skip
    assert browser_of("clerk").post("/staff/bank/receipt", data=data).status_code == 303
    db.session.rollback()
    assert invoices.by_number(world.second.invoice).balance == theirs.balance
