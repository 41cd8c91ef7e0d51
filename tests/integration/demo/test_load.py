"""The demo company as it stands after a load: lively, consistent, made once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.demo import names, service
from portal.demo.catalogue import CATEGORIES, PRODUCTS
from portal.ledger import service as ledger
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.proofs import service as proofs

#: the smallest past that has every kind of order in it; 31 orders take some seconds
SMALL = service.Options(days=15, customers=3, orders=31, today=date(2026, 3, 16), seed=11)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[service.Loaded]:
    """A small company, loaded once; the tests of this module only look at it."""
    from tests.application import TestApplication

    application = TestApplication(tmp_path_factory.mktemp("demo"), None)
    for _app in application.fresh():
        yield service.load(SMALL)
    application.close()


def all_proofs() -> list[Any]:
    return [
        shown for customer in accounts.customers_page().items for shown in proofs.list_of(customer.id, customer.name)[0]
    ]


def test_it_has_what_was_asked_for(company: service.Loaded) -> None:
    assert not company.already
    assert company.customers == 3
    assert company.products == len(PRODUCTS)
    assert sum(company.tally.orders.values()) == 31


def test_every_shelf_and_every_product_with_its_picture_is_there(company: service.Loaded) -> None:
    shelves = {shelf.slug: shelf.products for shelf in catalog.categories()}
    product = catalog.product_by_sku(PRODUCTS[0].sku)

    assert shelves == Counter(each.category for each in PRODUCTS)
    assert set(shelves) == {each.slug for each in CATEGORIES}
    assert product.picture is not None
    assert catalog.picture(product.slug, product.picture).startswith(b"RIFF")


def test_the_books_hold(company: service.Loaded) -> None:
    broken = [found for check in ledger.self_check() for found in check.broken]

    assert broken == []
    assert ledger.verify().problems == ()


def test_some_invoices_are_paid_and_some_are_open(company: service.Loaded) -> None:
    assert company.tally.invoices["paid"] >= 5
    assert company.tally.invoices["issued"] >= 8


def test_goods_left_for_paid_orders_only_or_on_account(company: service.Loaded) -> None:
    assert company.tally.orders["delivered"] >= 4
    assert company.tally.orders["placed"] >= 8


def test_proofs_stand_in_every_state_a_clerk_meets(company: service.Loaded) -> None:
    assert {"received", "verified", "review", "duplicate", "rejected"} <= set(company.tally.proofs)


def test_five_proofs_wait_for_the_worker(company: service.Loaded) -> None:
    waiting = [proof for proof in all_proofs() if not proof.final]

    assert len(waiting) == 5
    assert len({proof.media_type for proof in waiting}) == 3
    assert jobs.stats()["queues"]["ocr"] == 5


def test_nothing_but_those_five_is_left_for_the_worker(company: service.Loaded) -> None:
    from portal.platform.models import Job, Mail

    assert Counter(db.session.scalars(db.select(Job.kind))) == {"proofs.read": 5}
    assert db.session.scalars(db.select(Mail.id)).all() == []


def test_doubtful_proofs_wait_for_a_clerk_with_their_reasons(company: service.Loaded) -> None:
    waiting = [proof for proof in all_proofs() if proof.state == "review"]
    details = [proofs.detail(each.public_id) for each in waiting]

    assert len(waiting) >= 4
    assert all(each.reading is not None and each.verdict is not None for each in details)
    assert all(proofs.page_picture(each.public_id, 1).startswith(b"RIFF") for each in waiting)


def test_notices_tell_the_buyers_what_happened(company: service.Loaded) -> None:
    customer = accounts.customer_by_code(names.CUSTOMERS[0].code)
    (buyer, *_) = accounts.users_of(customer.id, "buyer")

    assert accounts.notices_of(buyer.id)


def test_loading_again_adds_nothing(company: service.Loaded) -> None:
    again = service.load(SMALL)

    assert again.already
    assert again.tally == company.tally


def test_everybody_listed_can_sign_in(company: service.Loaded) -> None:
    shown = service.logins()
    buyers = {login.customer for login in shown if login.role == "buyer"}

    assert {login.role for login in shown} == {
        "clerk", "dispatcher", "manager", "administrator", "buyer", "approver", "accountant",
    }  # fmt: skip
    assert len(buyers) >= 2
    for login in shown:
        token = transaction(lambda login=login: accounts.sign_in(login.email, login.password, address="", agent=""))
        assert accounts.identify(token) is not None


def test_the_passwords_command_prints_one_object_a_line(company: service.Loaded) -> None:
    from flask import current_app

    answer = current_app.test_cli_runner().invoke(args=["demo", "passwords", "--json"])
    lines = [json.loads(line) for line in answer.output.splitlines()]

    assert answer.exit_code == 0
    assert all(set(line) == {"role", "email", "password", "customer", "totp_secret"} for line in lines)
    assert [(line["email"], line["password"]) for line in lines] == [
        (login.email, login.password) for login in service.logins()
    ]


@pytest.mark.mariadb
def test_the_same_seed_makes_the_same_company_on_another_database(company: service.Loaded, mariadb_app: Any) -> None:
    again = service.load(SMALL)

    assert again.tally == company.tally
    assert [found for check in ledger.self_check() for found in check.broken] == []
