"""Money that the bank should have shown rises to the top, pauses credit, and its customer is asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.types import ReleasePolicy
from portal.banking import service as banking
from portal.core import clock
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.orders.service import moving
from portal.orders.types import Event, may_release
from portal.payments import service as payments
from portal.payments.types import Rail
from portal.platform import audit, jobs
from portal.platform.db import db, transaction
from portal.platform.models import Mail, Notice
from tests.integration.banking.bank import Bank, line
from tests.integration.banking.test_pages import text_of

SignIn = Callable[[str], Any]
PAID = datetime(2026, 3, 16, 9, tzinfo=clock.SAST)  # a Monday: expected on Wednesday
LATE = datetime(2026, 3, 19, 9, tzinfo=clock.SAST)


@contextmanager
def day(moment: datetime) -> Iterator[None]:
    with clock.at(moment):
        yield
    db.session.expire_all()


@pytest.fixture
def awaited(bank: Bank) -> int:
    with day(PAID):
        return bank.company.verified(bank.company.invoice())


def chase(bank: Bank) -> list[int]:
    """The morning's job, and those it asks for."""
    found = banking.to_chase()
    for payment_id in found:
        transaction(lambda payment_id=payment_id: payments.chase(payment_id))
    return found


def asked() -> int:
    db.session.rollback()
    return len([each for each in db.session.scalars(select(Mail)) if each.event == "payment_awaited"])


def test_a_payment_knows_its_rail_and_so_its_day(bank: Bank) -> None:
    with day(PAID):
        invoice = bank.company.invoice()
        shares = [(invoice.id, Money.zar(100_00))]
        customer = bank.company.customer_id
        made = transaction(
            lambda: payments.claim(customer, Money.zar(100_00), clock.today(), shares, rail=Rail.PAYSHAP)
        )
    found = payments.payment(made)
    assert (found.rail, found.expected_on) == (Rail.PAYSHAP, PAID.date())


def test_our_own_bank_is_the_same_bank_by_any_of_its_names(bank: Bank) -> None:
    transaction(lambda: ledger.add_bank_account("FNB", "250655", "62999999999", "Us", primary=True))
    assert payments.rail_of("Payment", "First National Bank", Money.zar(1)) is Rail.SAME_BANK
    assert payments.rail_of("Payment", "Capitec", Money.zar(1)) is Rail.EFT
    assert payments.rail_of("", "", Money.zar(1)) is Rail.EFT


def test_nobody_is_asked_before_the_day_is_over_and_then_once(bank: Bank, awaited: int) -> None:
    with day(PAID + timedelta(days=2)):
        assert chase(bank) == []
    with day(LATE):
        assert chase(bank) == [awaited]
        assert chase(bank) == []
        assert transaction(lambda: payments.chase(awaited)) is False
    assert asked() == 1
    notice = db.session.scalars(select(Notice)).all()[-1]
    assert "has not reached our bank yet" in notice.words
    assert audit.of(payments.payment(awaited).name)[0].action == "payment.asked-about"


def test_nobody_is_asked_about_a_day_that_no_statement_reached(bank: Bank, awaited: int) -> None:
    with day(LATE):
        bank.upload(bank.statement(line(1_00, "X", day=PAID.date())))
        assert chase(bank) == []
        bank.upload(bank.statement(line(2_00, "Y", day=LATE.date())))
        assert chase(bank) == [awaited]


def test_what_the_bank_shows_meanwhile_is_not_asked_about(bank: Bank, awaited: int) -> None:
    with day(LATE):
        assert banking.to_chase() == [awaited]
        bank.company.confirm(awaited)
        assert transaction(lambda: payments.chase(awaited)) is False
    assert asked() == 0


def test_the_job_of_the_morning_asks(bank: Bank, awaited: int) -> None:
    with day(LATE):
        transaction(lambda: jobs.enqueue("banking.chase", {}))
        jobs.run_pending(strict=True)
    assert asked() == 1


def test_late_money_pauses_provisional_credit_until_the_bank_shows_it(bank: Bank, awaited: int) -> None:
    customer_id = bank.company.customer_id
    draft = accounts.customer(customer_id)

    def released() -> bool:
        from dataclasses import replace

        customer = replace(draft, release_policy=ReleasePolicy.PROVISIONAL, provisional_limit=Money.zar(1_000_00))
        return may_release(moving.standing_of(customer, "ZAR"), Event.VERIFIED, paid=False, covered=True)

    with day(PAID + timedelta(days=2)):
        assert payments.late_of(customer_id, "ZAR") == Money.zar(0)
        assert released()
    with day(LATE):
        assert payments.late_of(customer_id, "ZAR") == Money.zar(100_00)
        assert not released()
        bank.company.confirm(awaited)
        assert payments.late_of(customer_id, "ZAR") == Money.zar(0)
        assert released()
    db.session.rollback()


def test_what_should_have_come_first_stands_first(bank: Bank, signed_in: SignIn) -> None:
    with day(LATE):
        later = bank.company.verified(bank.company.invoice())
    with day(PAID):
        earlier = bank.company.verified(bank.company.invoice())
    shown = payments.waiting().items
    assert [each.id for each in shown] == [earlier, later]
    page = text_of(signed_in("clerk@us.example").get("/staff/bank/lines"))
    assert "The bank should have shown" in page and "2\xa0verified payments" in page
