"""Two customers with the same things each, a third with nothing, our people in every role, and their signed-in sessions."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask
from PIL import Image

from portal.accounts import service as accounts
from portal.accounts.types import MemberDraft, ReleasePolicy
from portal.catalog import service as catalog
from portal.content import service as content
from portal.content.types import Content, Item
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES, Identity
from portal.core.money import Money
from portal.demo import names
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import service as payments
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.platform.jobs import registry
from portal.proofs import service as proofs
from portal.proofs.service import learning
from portal.proofs.types.stored import ProofState
from tests.integration.payments.company import PASSWORD, password_hash
from tests.integration.security import deeds, programs
from tests.integration.security.reconciliation import reconcile
from tests.integration.security.things import EMAILS, Things, World

FAILING = "test.security"


def build(app: Flask) -> World:
    """Make everything once; must run inside the application's context on an empty database."""
    transaction(_bank_and_shelf)
    transaction(_our_people)
    transaction(_a_written_piece)
    product, spare = catalog.product_by_sku("HH-12-R2AT"), catalog.product_by_sku("SK-1")
    first = _customer("ONE001", "Firstling Drilling (Pty) Ltd", "first", 1)
    second = _customer("TWO002", "Secondary Hydraulics BK", "second", 2)
    transaction(lambda: _people(_company("TRE003", "Thirdparty Mining CC", "third"), "third"))
    message = transaction(lambda: content.leave_message("Lerato", "lerato@x.example", "Lerato Tools", "Do you rent?"))
    payer, *_ = learning.memories(customer=first.code)[0]
    world = World(
        first, second, product, spare, message, _failed_job(), ledger.our_accounts()[0].id, deeds.accept_by_itself(app, first),
        payer.id, payer.marks[0].id, deeds.give_token(first), deeds.write_draft(first.customer_id),
        *deeds.list_prices(first, product), *deeds.describe(product), deeds.keep_view(), deeds.have_file_made(app, first), deeds.dispute(first),
        deeds.give_back(first), deeds.read_table(spare), *deeds.import_lines(), deeds.send_a_mail(), reconcile(),
        deeds.hand_over(first),
    )  # fmt: skip
    world.our_token_id, world.webhook_id, world.delivery_id = programs.have_programs(first)
    for email in EMAILS.values():
        world.sessions[email] = _sign_in(app, email)
    db.session.rollback()
    return world


def _bank_and_shelf() -> None:
    ours = names.OUR_ACCOUNTS[0]
    ledger.add_bank_account(ours.bank, ours.branch, ours.number, ours.holder, primary=True)
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(picture, "PNG")
    shelf = catalog.create_category("Hydraulics and hoses", icon="link-2").slug
    catalog.create_product(
        "HH-12-R2AT", "Hydraulic hose 1/2 inch", description="Two steel braids.", category=shelf, unit="roll",
        pack="50 m roll", price=Money.zar(4_350_00), picture=picture.getvalue(),
    )  # fmt: skip
    catalog.create_product("SK-1", "Seal kit", description="", category=shelf, unit="each", price=Money.zar(2_27))


def _our_people() -> None:
    for role in STAFF_ROLES:
        name = f"Our {role}"
        accounts.create_user(EMAILS[role], name, None, staff_roles=[role], password_hash=password_hash())


def _a_written_piece() -> None:
    manager = accounts.staff_with("manager")[0]
    by = replace(deeds.our_clerk(), user_id=manager.id, name=manager.name)
    content.write("notes", Content(items=(Item("Yards", "Open from six", "truck"),)), seen=0, by=by)


def _company(code: str, name: str, domain: str) -> int:
    return accounts.create_customer(code, deeds.facts_of(name, f"ap@{domain}.example"))


def _people(customer_id: int, domain: str) -> dict[str, int]:
    create = partial(accounts.create_user, password=None, password_hash=password_hash())
    return {
        role: create(f"{role}@{domain}.example", f"{domain.title()} {role}", memberships=[(customer_id, role)])
        for role in CUSTOMER_ROLES
    }


def _customer(code: str, name: str, domain: str, seed: int) -> Things:
    customer_id = transaction(lambda: _company(code, name, domain))
    people = transaction(lambda: _people(customer_id, domain))
    who = Identity(
        people["buyer"], f"{domain.title()} buyer", f"buyer@{domain}.example", frozenset(), customer_id, name, code,
        "buyer", 0,
    )  # fmt: skip
    info = accounts.customer(customer_id)
    order = deeds.place_order(who, f"first-of-{domain}")
    deeds.set_policy(info, ReleasePolicy.ACCOUNT)
    held = deeds.place_order(who, f"second-of-{domain}")
    deeds.set_policy(info, ReleasePolicy.CLEARED)
    released = deeds.place_order(who, f"third-of-{domain}", 5)
    delivery, on_the_way = deeds.deliver_parts(released, f"{domain} stores")
    asked, quote, quote_asked = (
        deeds.ask_above_limit(who, domain),
        deeds.quote_goods(who, "1"),
        deeds.quote_goods(who, "2", send=False),
    )
    transaction(lambda: orders.save_address(customer_id, f"{name} stores", (f"{name} stores", "Gate 4")))
    (place,) = orders.addresses(customer_id)
    transaction(lambda: orders.add_to_cart(who, "HH-12-R2AT", 2))
    invoice = invoices.by_number(orders.order(order).invoice_number or "")
    settled, linked_to = deeds.issue(customer_id, 700_00), deeds.issue(customer_id, 900_00)
    paper = deeds.draw_paper(invoice, seed)
    proof = deeds.send(who, paper, "portal", seed)
    review = deeds.send(who, deeds.draw_paper(invoice, seed + 10, beneficiary_account="62000000001"), "portal", seed)
    jobs.run_pending(strict=True)
    deeds.accept(proof, invoice)
    duplicate = deeds.send(who, paper, "portal", seed + 1)
    jobs.run_pending(strict=True)
    linked = deeds.send(who, deeds.draw_paper(linked_to, seed + 20), "link", seed, (linked_to.number,))
    transaction(lambda: proofs.ask(review, "Which invoice is this for?", by=deeds.our_clerk()))
    deeds.demand(proof, ProofState.VERIFIED)
    deeds.demand(review, ProofState.REVIEW)
    deeds.demand(duplicate, ProofState.DUPLICATE)
    waiting = payments.by_proof(proofs.detail(proof).info.id)
    assert waiting is not None
    token = accounts.password_link(people["accountant"], 1, "invitation").rsplit("/", 1)[1]
    return Things(
        customer_id, code, name, people, order, held, released, delivery, on_the_way, asked, quote, quote_asked,
        place.id, invoice.number, proof, review, duplicate, linked, waiting.id, deeds.settle(customer_id, settled),
        invoices.pay_token(linked_to.number), token, deeds.credit(customer_id), *_invitation(customer_id, domain),
        deeds.receipt_of(settled),
        deeds.code_of(invoice),
    )  # fmt: skip


def _invitation(customer_id: int, domain: str) -> tuple[int, str]:
    draft = MemberDraft(f"{domain.title()} newcomer", f"newcomer@{domain}.example", "buyer")
    made = transaction(lambda: accounts.invite(customer_id, draft, by=deeds.our_clerk()))
    return made, accounts.invitation_link(made, 1).rsplit("/", 1)[1]


def _failed_job() -> int:
    def work(_payload: dict[str, Any]) -> None:
        raise jobs.GiveUp("the mail server refused")

    jobs.register(FAILING, queue="notifications", work=work, effect=lambda _p, _r: None, words="Send a test mail")
    job_id = transaction(lambda: jobs.enqueue(FAILING, {}))
    jobs.run_pending()
    registry._handlers.pop(FAILING)
    return job_id


def _sign_in(app: Flask, email: str) -> tuple[str, str]:
    browser = app.test_client()
    browser.get("/login")
    answer = browser.post("/login", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    browser.get("/account")
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return cookie.value, browser.token
