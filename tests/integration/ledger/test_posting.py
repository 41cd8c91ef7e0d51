"""The books take balanced journals once, and never let go of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.errors import AlreadyPosted
from portal.ledger.types import JournalKind
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company

R100, R15 = Money.zar(100_00), Money.zar(15_00)
DAY = date(2026, 3, 16)


def test_an_invoice_is_booked_to_the_customer_to_sales_and_to_vat(company: Company) -> None:
    number = transaction(
        lambda: ledger.post_invoice("INV-X", customer_id=company.customer_id, net=R100, vat=R15, day=DAY)
    )

    made = ledger.journal(number)
    assert [(entry.account.kind, entry.debit, entry.credit) for entry in made.entries] == [
        ("receivable", R100 + R15, None),
        ("sales", None, R100),
        ("vat-output", None, R15),
    ]
    assert ledger.receivable_of(company.customer_id) == R100 + R15
    assert ledger.receivable_of(company.other_id) == Money.zar(0)


def test_an_event_is_booked_once(company: Company) -> None:
    def post() -> int:
        return ledger.post_invoice("INV-X", customer_id=company.customer_id, net=R100, vat=R15, day=DAY)

    transaction(post)

    with pytest.raises(AlreadyPosted):
        transaction(post)


@pytest.mark.parametrize("table", ["journal", "entry", "seal", "account"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_itself_keeps_what_was_written(booked: Company, table: str, verb: str) -> None:
    transaction(ledger.seal_waiting)
    column = {"journal": "words = 'x'", "entry": "debit_cents = 1", "seal": "digest = 'x'", "account": "code = 'x'"}

    with pytest.raises(DBAPIError):
        db.session.execute(text(verb.format(table, column[table])))
    db.session.rollback()


def test_a_statement_lists_what_moved_the_customers_account_in_its_days(booked: Company) -> None:
    found = ledger.statement_of(booked.customer_id, clock.today(), clock.today())

    assert [(entry.kind, entry.debit, entry.credit) for entry in found] == [
        (JournalKind.INVOICE, Money.zar(100_00), Money.zar(0)),
        (JournalKind.INVOICE, Money.zar(50_00), Money.zar(0)),
        (JournalKind.RECEIPT, Money.zar(0), Money.zar(100_00)),
    ]
    assert ledger.statement_of(booked.other_id, clock.today(), clock.today()) == []


def test_the_first_of_our_accounts_is_the_primary_one_until_another_is(company: Company) -> None:
    transaction(lambda: ledger.add_bank_account("Nedbank", "198765", "1234 567 890", "Us", name="Reserve"))
    transaction(lambda: ledger.add_bank_account("Absa", "632005", "40-1234-5678", "Us", primary=True))

    accounts = ledger.our_accounts()

    assert [(each.bank, each.number, each.primary) for each in accounts] == [
        ("Absa", "4012345678", True),
        ("FNB", "62841190736", False),
        ("Nedbank", "1234567890", False),
    ]


@pytest.mark.parametrize(
    ("branch", "number"), [("25065", "62841190736"), ("250655", "628-12"), ("25065x", "62841190736")]
)
def test_a_bank_account_has_a_branch_and_a_number(company: Company, branch: str, number: str) -> None:
    with pytest.raises(BadInput):
        transaction(lambda: ledger.add_bank_account("FNB", branch, number, "Us"))


def test_a_journal_that_is_not_there_is_not_found(company: Company) -> None:
    with pytest.raises(NotFound):
        ledger.journal(99)
