"""The VAT report is what documents say, and what the ledger says, to the cent."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core import clock
from portal.core.money import Money, total
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.errors import NotIssuable
from portal.invoices.service import crediting
from portal.invoices.types import DraftLine, InvoiceDraft
from portal.invoices.types.credit import CreditDraft
from portal.platform.db import db, transaction
from portal.reporting import vat_report
from portal.reporting.vat_report import Period
from tests.integration.orders.conftest import shop, signed_in
from tests.integration.orders.shop import Shop, more_staff
from tests.integration.payments.company import found_company, new_key
from tests.integration.soundness import broken

__all__ = ["shop", "signed_in"]

line = st.builds(
    lambda milli, cents, code, less: DraftLine("Hose", "HH", Decimal(milli) / 1000, "m", Money.zar(cents), code, less),
    st.integers(1, 50_000), st.integers(0, 90_000), st.sampled_from(VatCode), st.sampled_from([0, 0, 333, 1250, 9_999]),
)  # fmt: skip
bill = st.tuples(
    st.lists(line, min_size=1, max_size=4), st.sampled_from([0, 500, 1_111]), st.integers(0, 50_00), st.integers(0, 80),
    st.integers(0, 1_000),
)  # fmt: skip


def issue(customer: int, lines: list[DraftLine], discount: int, carriage: int) -> str | None:
    draft = InvoiceDraft(customer, tuple(lines), discount=discount, carriage=Money.zar(carriage))
    try:
        return transaction(lambda: invoices.issue(draft)).number
    except NotIssuable:
        db.session.rollback()
        return None


def take_back(number: str, share: int) -> None:
    """So many thousandths of each line."""
    found = crediting.crediting(number)
    wanted = {
        each.line.position: part
        for each in found.lines
        if (part := (each.left * share / 1000).quantize(Decimal("0.001"))) > 0
    }
    if sum(each.part(wanted[each.line.position]).gross.cents for each in found.lines if each.line.position in wanted):
        transaction(lambda: crediting.credit(CreditDraft(number, "Back", wanted), key=new_key()))


def agree(period: Period) -> None:
    report = vat_report.report(period)
    assert report.other == Money.zar(0)
    detail = list(vat_report.detail(period))
    assert total(row[5] for row in detail) == report.net
    assert total(row[6] for row in detail) == report.vat


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_lines_documents_ledger_and_report_never_drift(applications: Any, backend: str) -> None:
    application = applications(backend)

    @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(wanted=st.lists(bill, min_size=1, max_size=4))
    def holds(wanted: list[Any]) -> None:
        world = application.fresh()
        next(world)
        try:
            customer = found_company().customer_id
            for lines, discount, carriage, days, share in wanted:
                with clock.at(clock.now() - timedelta(days=days)):
                    number = issue(customer, lines, discount, carriage)
                if number:
                    document = invoices.document(number)
                    assert total(each.gross for each in document.lines) == document.info.total
                    assert total(each.vat for each in document.rates) == document.info.vat
                    take_back(number, share)
            db.session.expire_all()
            today = clock.today()
            middle = today - timedelta(days=40)
            agree(Period(today - timedelta(days=90), middle))
            agree(Period(middle + timedelta(days=1), today))
            assert broken() == []
        finally:
            next(world, None)

    holds()


def test_the_page_and_the_file_show_each_rate_with_its_field(shop: Shop, signed_in: Any) -> None:
    placed = shop.order((shop.hose, 2), (shop.meal, 1))
    transaction(lambda: crediting.credit(CreditDraft(placed.invoice_number, "Back", {1: Decimal(1)}), key=new_key()))
    clerk = signed_in(more_staff("clerk").email)
    asked = f"since={clock.today()}&until={clock.today()}"

    page = clerk.get(f"/staff/vat?{asked}").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(clerk.get(f"/staff/vat.csv?{asked}").get_data(as_text=True))))
    detail = list(csv.reader(io.StringIO(clerk.get(f"/staff/vat.csv?{asked}&detail=1").get_data(as_text=True))))

    assert "grew by the same R\u00a0652.50" in page
    assert rows[1][:2] == ["1", "15\u00a0%"]
    assert rows[1][-3:] == ["4350.00", "652.50", "5002.50"]
    assert rows[2][0] == "2"
    assert [row[0][:3] for row in detail[1:]] == ["INV", "CRN"]
    assert detail[2][-1] == "-5002.50"


def test_without_a_period_the_last_two_whole_months_are_shown() -> None:
    assert Period.usual(date(2026, 3, 16)) == Period(date(2026, 1, 1), date(2026, 2, 28))
    assert Period.usual(date(2026, 1, 1)) == Period(date(2025, 11, 1), date(2025, 12, 31))


@pytest.mark.parametrize("asked", ["since=x", "since=2026-02-01&until=2026-01-01", "since=2001-01-01"])
def test_days_that_make_no_period_are_named(shop: Shop, signed_in: Any, asked: str) -> None:
    page = signed_in(more_staff("clerk").email).get(f"/staff/vat?{asked}").get_data(as_text=True)
    assert "Error: " in page
