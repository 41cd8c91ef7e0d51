"""Whatever is invoiced, paid, credited and taken back, on whatever day: statements, ages and debtors are the ledger's."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core import clock
from portal.core.errors import Conflict
from portal.core.money import Money, total
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.service import crediting
from portal.invoices.types import DraftLine, InvoiceDraft
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import db, transaction
from portal.platform.export import every
from portal.reporting import debtors, statements
from portal.reporting.statements import Asked, Form
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

deeds = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "invoice", "receive", "credit", "reverse"]),
        st.integers(1, 3_000_00),
        st.integers(0, 200),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


class Books:
    """Does deeds on days of the past, for one of two customers."""

    def __init__(self, company: Company) -> None:
        self.company, self.numbers, self.payments = company, [[], []], [[], []]

    def do(self, kind: str, cents: int, other: bool) -> None:
        which = int(other)
        customer = (self.company.customer_id, self.company.other_id)[which]
        if kind == "invoice":
            line = DraftLine("Hose", "HH", Decimal(cents) / 1000, "m", Money.zar(9_99), VatCode.STANDARD)
            made = transaction(lambda: invoices.issue(InvoiceDraft(customer, (line,))))
            self.numbers[which].append(made)
        elif kind == "receive":
            ids = [each.id for each in self.numbers[which][-2:]]
            received = BankReceipt(Money.zar(cents), clock.today(), self.company.bank_id, "EFT")
            done = transaction(lambda: payments.record_receipt(customer, received, ids, key=new_key()))
            self.payments[which].append(done.payment_id)
        elif kind == "credit" and self.numbers[which]:
            found = crediting.crediting(self.numbers[which][-1].number)
            left = found.lines[0].left
            part = min(left, Decimal(cents) / 1000)
            if part and found.lines[0].part(part).gross:
                draft = CreditDraft(found.invoice.number, "Came back", {1: part})
                transaction(lambda: crediting.credit(draft, key=new_key()))
        elif kind == "reverse" and self.payments[which]:
            payment_id = self.payments[which].pop()
            transaction(lambda: payments.reverse(payment_id, "Bounced", key=new_key()))


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_every_figure_is_the_ledgers(applications: Any, backend: str) -> None:
    application = applications(backend)

    @settings(
        max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(wanted=deeds)
    def holds(wanted: list[tuple[str, int, int, bool]]) -> None:
        world = application.fresh()
        next(world)
        try:
            books = Books(found_company())
            for kind, cents, days, other in sorted(wanted, key=lambda each: -each[2]):
                with clock.at(clock.now() - timedelta(days=days)):
                    try:
                        books.do(kind, cents, other)
                    except Conflict:
                        db.session.rollback()
            db.session.expire_all()
            for customer in (books.company.customer_id, books.company.other_id):
                one_account(customer)
            all_accounts(books.company)
            assert broken() == []
        finally:
            next(world, None)

    holds()


def one_account(customer: int) -> None:
    today = clock.today()
    owed = ledger.balance_of(customer)
    by_item = statements.statement_of(customer, Asked(Form.OPEN_ITEM, today - timedelta(days=90), today))
    assert (by_item.owed, by_item.closing) == (owed, owed)
    assert by_item.open_sum == total(by_item.ages) == ledger.receivable_of(customer)
    assert by_item.credit == ledger.credit_of(customer)
    edge = today - timedelta(days=60)
    early = statements.statement_of(customer, Asked(Form.BALANCE_FORWARD, today - timedelta(days=210), edge))
    late = statements.statement_of(customer, Asked(Form.BALANCE_FORWARD, edge + timedelta(days=1), today))
    assert early.opening == Money.zar(0)
    assert (early.closing, late.closing) == (late.opening, owed)
    for each in (early, late):
        assert each.opening + each.charged - each.received == each.closing
        assert list(statements.rows(each))[-1][-1] == each.closing
    assert list(statements.rows(by_item))[len(by_item.items) + 1][-1] == owed


def all_accounts(company: Company) -> None:
    listed = [each.cells() for each in every(lambda after: debtors.page(debtors.Wanted(), after))]
    sums = debtors.sums()
    assert sums.agrees
    assert total(row[-1] for row in listed) == sums.balance
    both = ledger.balance_of(company.customer_id) + ledger.balance_of(company.other_id)
    assert sums.balance == both
    for column, amount in enumerate(sums.ages, 2):
        assert total(row[column] for row in listed) == amount


def test_the_file_of_debtors_is_the_list(app: Any) -> None:
    company = found_company()
    Books(company).do("invoice", 12_000, False)
    browser = app.test_client()
    browser.get("/login")
    from tests.integration.payments.company import PASSWORD

    browser.post("/login", data={"email": "clerk@us.example", "password": PASSWORD})

    page = browser.get("/staff/debtors").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(browser.get("/staff/debtors?save=csv").get_data(as_text=True))))

    assert rows[0][:3] == ["Customer", "Name", "Current"]
    assert rows[1][0] == "KDR001"
    assert rows[1][-1] == ledger.balance_of(company.customer_id).plain
    assert "The ledger has the same" in page
    assert "Karoo" in page and "Zandvliet" not in page
    assert browser.get("/staff/debtors?show=overdue").get_data(as_text=True).count("Karoo") == 0
    statement = browser.get("/staff/customers/KDR001/statement")
    assert statement.status_code == 200
    assert browser.get("/staff/customers/KDR001/statement.pdf").data[:5] == b"%PDF-"
    assert browser.get("/staff/customers/KDR001/statement.xlsx").status_code == 200
