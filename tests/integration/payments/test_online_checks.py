"""The self-check sees a gateway's money that is not booked as it was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from portal.payments.queries import online as queries
from portal.payments.service import online
from portal.payments.types.online import Told
from portal.platform.db import db
from tests.integration.payments.company import Company, found_company
from tests.integration.payments.payfast import event
from tests.integration.soundness import broken


@pytest.fixture
def settled(app: Any) -> Iterator[Company]:
    """Not the fixture that demands a sound company afterwards: these tests break it."""
    company = found_company()
    begun = company.do(lambda: online.begin("payfast", company.invoice().number, None, key="the-key-of-the-form"))
    company.do(lambda: online.follow(queries.by_token(begun.token), event(begun, Told.SETTLED)))
    assert broken() == []
    yield company


def change(statement: str) -> list[str]:
    db.session.execute(text(statement))
    db.session.commit()
    return broken()


def test_a_fee_that_is_not_the_booked_one_is_found(settled: Company) -> None:
    (found,) = change("UPDATE online_payment SET fee_cents = 301")
    assert found.startswith("payments: what gateways keep stands in the ledger: PAY-000001")


@pytest.mark.parametrize("number", ["NULL", "'7'"])
def test_a_payment_whose_gateway_says_otherwise_is_found(settled: Company, number: str) -> None:
    payment = 1
    if number != "NULL":
        other = settled.do(lambda: online.begin("payfast", settled.invoice().number, None, key="another-key-of-it"))
        payment = other.payment_id
    found = change(f"UPDATE online_payment SET gateway_id = {number} WHERE payment_id = {payment}")
    assert any(line.startswith(f"payments: what gateways settled is money: PAY-00000{payment}") for line in found)
