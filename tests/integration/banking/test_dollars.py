"""A statement of our dollar account: it confirms dollars only, and its fees stand in rand as well (reconciliation.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.banking import service as banking
from portal.banking.errors import StatementRefused
from portal.catalog.errors import NoExchangeRate
from portal.core import clock
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger.types import AccountKind
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.payments.abroad import Abroad, found_abroad, rand, usd
from tests.integration.soundness import broken
from tests.unit.banking.files import ACCOUNT, Told, ofx

K = AccountKind


@pytest.fixture
def abroad(app: Any) -> Iterator[Abroad]:
    yield found_abroad()
    assert broken() == []


def statement(*lines: Told, currency: str = "USD") -> bytes:
    text = ofx(lines).replace("<CURDEF>ZAR", f"<CURDEF>{currency}").replace(str(ACCOUNT), "62000000001")
    return text.encode()


def line(cents: int, text: str) -> Told:
    return Told(clock.today(), cents, text)


def upload(abroad: Abroad, content: bytes, account: int | None = None) -> Any:
    made = transaction(lambda: banking.import_statement(content, "dollars.ofx", account or abroad.bank_id, by=2))
    jobs.run_pending(queues=("imports", "default"), strict=True)
    db.session.rollback()
    return made


def test_dollars_at_the_bank_pay_the_dollar_invoice_they_name_and_the_fee_is_ours(abroad: Abroad) -> None:
    invoice = abroad.invoice(100_00)
    home = abroad.home.invoice(Money.zar(100_00))
    abroad.rate("19.00")
    upload(abroad, statement(line(100_00, f"INWARD SWIFT {invoice.reference}"), line(-12_50, "#SERVICE FEES")))
    assert invoices.by_id(invoice.id).balance == usd(0)
    assert invoices.by_id(home.id).balance == Money.zar(100_00)
    assert (rand(K.EXCHANGE), rand(K.FEES), rand(K.BANK_RAND)) == (-80_00, 237_50, 1_900_00 - 237_50)


def test_dollars_that_name_an_invoice_in_rand_pay_nothing(abroad: Abroad) -> None:
    home = abroad.home.invoice(Money.zar(100_00))
    upload(abroad, statement(line(100_00, f"INWARD SWIFT {home.reference}")))
    assert invoices.by_id(home.id).balance == Money.zar(100_00)


def test_a_statement_in_another_currency_than_its_account_is_refused(abroad: Abroad) -> None:
    with pytest.raises(StatementRefused, match="The file is in ZAR and the account in USD"):
        transaction(
            lambda: banking.import_statement(
                statement(line(1_00, "X"), currency="ZAR"), "rand.ofx", abroad.bank_id, by=2
            )
        )


def test_a_fee_of_a_day_without_a_rate_is_not_booked_at_a_guess(abroad: Abroad) -> None:
    from datetime import timedelta

    with clock.at(clock.now() + timedelta(days=40)):
        content = statement(line(-12_50, "#SERVICE FEES"))
        transaction(lambda: banking.import_statement(content, "dollars.ofx", abroad.bank_id, by=2))
        with pytest.raises(NoExchangeRate):
            jobs.run_pending(queues=("imports", "default"), strict=True)
        db.session.rollback()
        assert rand(K.FEES) == 0
