"""The books as staff read them: filters, accounts down to their entries, the trial balance, and files of all of it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.core import clock
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind, JournalFilter, JournalKind
from tests.integration.payments.company import PASSWORD, Company

R50, R100 = Money.zar(50_00), Money.zar(100_00)


@pytest.fixture
def clerk(booked: Company, app: Any) -> Any:
    client = app.test_client()
    client.get("/login")
    client.post("/login", data={"email": "clerk@us.example", "password": PASSWORD})
    return client


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def ids(wanted: JournalFilter) -> list[int]:
    return [each.id for each in ledger.journals_list(wanted).items]


def test_journals_are_found_by_everything_they_are_asked_for(booked: Company) -> None:
    other = booked.invoice(Money.zar(7_00), customer_id=booked.other_id)
    today, sales = clock.today(), ledger.account_by_code("sales:zar").id

    assert ids(JournalFilter()) == [4, 3, 2, 1]
    assert ids(JournalFilter(kind=JournalKind.RECEIPT)) == [3]
    assert ids(JournalFilter(source=f"invoice:{other.number}")) == [4]
    assert ids(JournalFilter(customer_id=booked.other_id)) == [4]
    assert ids(JournalFilter(account_id=sales)) == [4, 2, 1]
    assert ids(JournalFilter(amount=R50)) == [2]
    assert ids(JournalFilter(since=today, until=today, kind=JournalKind.INVOICE)) == [4, 2, 1]
    assert ids(JournalFilter(until=today - timedelta(days=1))) == []


def test_pages_of_journals_by_day_have_no_gap_and_no_row_twice(booked: Company) -> None:
    wanted, seen, after = JournalFilter(since=clock.today()), list[int](), None
    while True:
        page = ledger.journals_list(wanted, after=after, limit=1)
        seen += [each.id for each in page.items]
        if (after := page.next) is None:
            break
    assert seen == [3, 2, 1]


def test_an_account_shows_its_entries_with_the_balance_after_each_on_every_page(booked: Company) -> None:
    code = f"receivable:{booked.customer_id}:ZAR"
    account = ledger.account_by_code(code)
    assert account.balance == ledger.receivable_of(booked.customer_id) == R50

    first = ledger.entries_page(account, limit=2)
    second = ledger.entries_page(account, after=first.next, limit=2)

    assert [(each.journal_id, each.balance.cents) for each in first.items] == [(3, 50_00), (2, 150_00)]
    assert [(each.journal_id, each.balance.cents) for each in second.items] == [(1, 100_00)]


def test_the_trial_balance_sums_to_nothing_on_every_day(booked: Company) -> None:
    with clock.at(clock.now() + timedelta(days=3)):
        booked.invoice(Money.zar(7_00))
    today = clock.today()

    for day in (None, today, today + timedelta(days=3), today - timedelta(days=1)):
        assert all(debits == credited for debits, credited in ledger.sums_of(ledger.trial_balance(day)).values())
    by_kind = {line.kind: line.balance for line in ledger.trial_balance(today)}
    assert by_kind[AccountKind.RECEIVABLE] == R50
    assert by_kind[AccountKind.BANK] == R100
    assert {line.kind: line.balance for line in ledger.trial_balance()}[AccountKind.RECEIVABLE] == Money.zar(57_00)


# -- pages -------------------------------------------------------------------------------------------------------------


def test_every_amount_leads_down_to_its_entries(booked: Company, clerk: Any) -> None:
    account = ledger.account_by_code(f"receivable:{booked.customer_id}:ZAR")
    link = f'href="/staff/ledger/accounts/{account.id}"'

    assert link in text_of(clerk.get("/staff/customers/KDR001"))
    assert link in text_of(clerk.get("/staff/ledger/1"))
    assert link in text_of(clerk.get("/staff/ledger/accounts?kind=receivable"))
    assert "kind=receivable" in text_of(clerk.get("/staff/ledger/trial-balance"))
    shown = text_of(clerk.get(f"/staff/ledger/accounts/{account.id}"))
    assert 'href="/staff/ledger/3"' in shown and "Karoo &amp; Sons Drilling" in shown
    assert clerk.get("/staff/ledger/accounts/999").status_code == 404


def test_filters_that_mean_nothing_are_named_and_kept(booked: Company, clerk: Any) -> None:
    answer = clerk.get("/staff/ledger?since=16/03/2026&amount=ten&customer=NOBODY1&account=x")

    shown = text_of(answer)
    assert answer.status_code == 422
    for words in ("Write the day like 2026-03-16", "is not an amount", "There is no customer NOBODY1", "no account x"):
        assert words in shown
    assert 'value="NOBODY1"' in shown
    assert clerk.get("/staff/ledger/trial-balance?day=soon").status_code == 422


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_files_hold_exactly_what_the_lists_show(booked: Company, clerk: Any) -> None:
    account = ledger.account_by_code("sales:ZAR").id

    journals = rows_of(clerk.get("/staff/ledger?kind=invoice&save=csv"))
    assert [(row[0], row[7]) for row in journals[1:]] == [("2", "50.00"), ("1", "100.00")]
    assert [row[5:] for row in rows_of(clerk.get(f"/staff/ledger/accounts/{account}?save=csv"))[1:]] == [
        ["", "50.00", "-150.00"], ["", "100.00", "-100.00"],
    ]  # fmt: skip
    trial = rows_of(clerk.get("/staff/ledger/trial-balance.csv"))
    assert ["Sales", "", "ZAR", "1", "", "150.00"] in trial
    assert len(rows_of(clerk.get("/staff/ledger/accounts?save=csv"))) == 4
    book = load_workbook(io.BytesIO(clerk.get("/staff/ledger?save=xlsx").data))
    assert book.worksheets[0].max_row == 4
    assert clerk.get("/staff/ledger/accounts.pdf").status_code == 404


def test_a_long_file_is_sent_in_parts_after_the_request_and_two_at_once(
    booked: Company, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.platform import export

    monkeypatch.setattr(export, "_CHUNK", 1)
    monkeypatch.setattr(export, "BATCH", 1)

    first, second = clerk.get("/staff/ledger?save=csv"), clerk.get("/staff/ledger/accounts?save=csv")

    assert [row[0] for row in rows_of(second)] == ["Account", "receivable:1:ZAR", "sales:ZAR", "bank:1:ZAR"]
    assert [row[0] for row in rows_of(first)] == ["Journal", "3", "2", "1"]
