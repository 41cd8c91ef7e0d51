"""Two requests with one key at one moment, on MariaDB: one deed, one answer; with the keeping switched off there are two."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.core.money import Money
from portal.orders.models import Order
from portal.orders.service import placing
from portal.platform import idempotency
from portal.platform.db import db, transaction
from portal.platform.rest import once
from tests.integration.webhooks.conftest import Company

pytestmark = pytest.mark.mariadb
AT_ONCE = 4


@pytest.fixture
def app(mariadb_app: Any) -> Any:
    return mariadb_app


@pytest.fixture
def token(app: Any, company: Company) -> str:
    def make() -> str:
        shelf = catalog.create_category("Hoses", icon="link-2").slug
        catalog.create_product("SK-1", "Seal kit", description="", category=shelf, unit="each", price=Money.zar(2_27))
        return accounts.issue_token(company.customer_id, "ERP", ["orders:write"], 30, by=company.approver, key="k" * 20)

    return transaction(make)


def all_at_once(app: Any, token: str) -> list[Any]:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "the-same-deed"}
    body = {"lines": [{"sku": "SK-1", "quantity": 1}], "delivery": ["1 Main Road"]}
    start, answers = threading.Barrier(AT_ONCE), []

    def ask() -> None:
        client = app.test_client()
        start.wait()
        answers.append(client.post("/api/v1/orders", json=body, headers=headers, bare=True))

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def how_many() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Order.id))) or 0


def test_one_key_at_one_moment_is_one_order_and_one_answer(app: Any, token: str) -> None:
    answers = all_at_once(app, token)

    assert [answer.status_code for answer in answers] == [201] * AT_ONCE, [answer.data for answer in answers]
    assert len({answer.data for answer in answers}) == 1 and how_many() == 1


def test_without_keeping_the_key_the_harness_shows_more(app: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful:
        SentTwice = idempotency.SentTwice
        answer_to = staticmethod(lambda _key, _scope: None)
        remember = staticmethod(lambda _key, _scope, _answer: None)

    monkeypatch.setattr(once, "idempotency", Forgetful)
    monkeypatch.setattr(placing, "idempotency", Forgetful)

    all_at_once(app, token)

    assert how_many() == AT_ONCE


def test_keys_that_differ_in_capitals_are_two_keys(app: Any, token: str) -> None:
    """The database's own comparison of texts takes them for one."""
    body = {"lines": [{"sku": "SK-1", "quantity": 1}], "delivery": ["1 Main Road"]}
    for key in ("the-deed-aB", "the-deed-Ab"):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        assert app.test_client().post("/api/v1/orders", json=body, headers=headers, bare=True).status_code == 201
    assert how_many() == 2
