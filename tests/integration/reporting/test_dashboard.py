"""The first page of staff: each figure counted by hand, few queries, empty states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.money import Money
from portal.payments.models import Payment
from portal.platform.db import db, transaction
from portal.proofs.models import Proof
from portal.reporting import service
from tests.integration.payments.company import PASSWORD, Company, found_company

NOW = datetime(2026, 3, 18, 10, 0, tzinfo=clock.SAST)  # a Wednesday
TODAY = date(2026, 3, 18)


@pytest.fixture
def company(app: Any) -> Company:
    return found_company()


@pytest.fixture
def browser(app: Any) -> Callable[[str], Any]:
    def make(role: str) -> Any:
        email = f"{role}@dashboard.example"
        hashed = accounts.hash_password(PASSWORD)
        transaction(lambda: accounts.create_user(email, "Somebody", None, staff_roles=[role], password_hash=hashed))
        client = app.test_client()
        client.get("/login")
        client.post("/login", data={"email": email, "password": PASSWORD})
        return client

    return make


def add_proof(customer_id: int, number: int, state: str, **facts: Any) -> None:
    facts.setdefault("created_at", clock.now())
    row = {
        "public_id": f"PRF-{number:06}", "customer_id": customer_id, "via": "portal", "upload_key": f"{number:064}",
        "sha256": f"{number:064}", "storage_key": "documents/x", "size": 1, "media_type": "application/pdf",
        "file_name": "a.pdf", "claimed_invoices": [], "state": state, "currency": "ZAR", "version": 1, **facts,
    }  # fmt: skip
    transaction(lambda: db.session.execute(insert(Proof).values(row)))


def test_confirmed_and_verified_money_are_never_added(company: Company) -> None:
    with clock.at(NOW):
        company.confirm(company.verified(company.invoice(Money.zar(700_00))))
        company.verified(company.invoice(Money.zar(50_00)))
        company.claimed(company.invoice(Money.zar(9_00)))
        board = service.dashboard()

    assert len(board.money) == 30
    assert (board.money[-1].day, board.money[0].day) == (TODAY, date(2026, 2, 17))
    assert (board.money[-1].confirmed, board.money[-1].verified) == (Money.zar(700_00), Money.zar(50_00))
    assert not any(each.confirmed or each.verified for each in board.money[:-1])
    assert (board.waiting.payments, board.waiting.payments_sum) == (1, Money.zar(50_00))


def test_money_older_than_thirty_days_is_left_out(company: Company) -> None:
    for days, cents in ((29, 100), (30, 1000)):
        with clock.at(NOW - timedelta(days=days)):
            company.confirm(company.verified(company.invoice(Money.zar(cents))))
    with clock.at(NOW):
        board = service.dashboard()

    assert sum(each.confirmed.cents for each in board.money) == 100
    assert board.money[0].confirmed == Money.zar(100)


def test_debtors_are_sorted_by_days_overdue(company: Company) -> None:
    for days, cents in ((0, 1), (30, 2), (31, 4), (60, 8), (61, 16), (90, 32), (91, 64), (120, 128), (121, 256)):
        with clock.at(NOW - timedelta(days=days)):  # terms are 30 days
            company.invoice(Money.zar(cents * 100))
    with clock.at(NOW):
        board = service.dashboard()

    assert [each.cents // 100 for each in board.debtors] == [1 + 2, 4 + 8, 16 + 32, 64 + 128, 256]
    (largest,) = board.largest
    assert largest.overdue == Money.zar(508_00)
    assert largest.since == TODAY - timedelta(days=91)


def test_a_paid_invoice_is_no_debt(company: Company) -> None:
    with clock.at(NOW):
        company.confirm(company.verified(company.invoice(Money.zar(700_00))))
        board = service.dashboard()

    assert sum(each.cents for each in board.debtors) == 0
    assert board.largest == ()


def test_the_queue_is_counted_by_how_long_it_waits(company: Company) -> None:
    for number, minutes in enumerate((1, 29, 31, 61, 119, 121, 500)):
        add_proof(company.customer_id, number, "review", created_at=NOW - timedelta(minutes=minutes))
    add_proof(company.customer_id, 99, "verified", created_at=NOW - timedelta(days=2))
    with clock.at(NOW):
        waiting = service.dashboard().waiting

    assert waiting.reviews == (2, 1, 2, 2)
    assert waiting.review_count == 7
    assert waiting.oldest_review == NOW - timedelta(minutes=500)


def test_straight_through_counts_what_no_person_decided(company: Company) -> None:
    monday = datetime(2026, 3, 16, 0, 0, tzinfo=clock.SAST)
    facts = [
        ("verified", NOW, None), ("verified", monday, None), ("verified", NOW, NOW), ("review", NOW, None),
        ("rejected", NOW, NOW), ("duplicate", NOW, None), ("unreadable", NOW, None),
        ("verified", monday - timedelta(seconds=1), None), ("verified", monday - timedelta(weeks=11), None),
        ("verified", monday - timedelta(weeks=11, seconds=1), None), ("received", None, None),
    ]  # fmt: skip
    for number, (state, read_at, decided_at) in enumerate(facts):
        add_proof(company.customer_id, number, state, read_at=read_at, decided_at=decided_at)
    with clock.at(NOW):
        weeks = service.dashboard().weeks

    assert len(weeks) == 12
    assert (weeks[-1].starts, weeks[-1].answered, weeks[-1].by_rule) == (date(2026, 3, 16), 5, 2)
    assert (weeks[-2].answered, weeks[0].answered) == (1, 1)
    assert weeks[-1].per_mille == 400
    assert weeks[-3].per_mille is None


def test_what_the_bank_never_showed_is_named_with_the_longest_first(company: Company) -> None:
    ids = []
    for days in (3, 20, 10):
        with clock.at(NOW - timedelta(days=days)):
            ids.append(company.verified(company.invoice(Money.zar(days * 100))))
    transaction(lambda: db.session.execute(update(Payment).where(Payment.id == ids[0]).values(expected_on=TODAY)))
    with clock.at(NOW):
        late = service.dashboard().late

    assert [each.payment_id for each in late] == [ids[1], ids[2]]
    assert late[0].amount == Money.zar(2000)


def test_the_page_says_it_all_in_eight_queries(
    company: Company, browser: Callable[[str], Any], count_queries: Callable[[], Any]
) -> None:
    company.confirm(company.verified(company.invoice(Money.zar(12_500_00))))
    company.verified(company.invoice(Money.zar(99_00)))
    add_proof(company.customer_id, 1, "review", read_at=clock.now())
    client = browser("manager")

    with count_queries() as seen:
        page = client.get("/staff").text

    assert len(seen) <= 8
    assert "R\u00a012\u00a0500.00" in page
    assert page.count('<svg class="chart"') == 4
    assert '<a href="/staff/review">1</a>' in page


def test_an_empty_house_says_what_will_be_there(app: Any, browser: Callable[[str], Any]) -> None:
    page = browser("clerk").get("/staff").text

    for words in ("No money yet", "Nothing is late", "The queue is empty", "Nobody is overdue", "No proofs yet"):
        assert words in page


def test_a_dispatcher_goes_to_the_orders(app: Any, browser: Callable[[str], Any]) -> None:
    assert browser("dispatcher").get("/staff").location == "/staff/orders"
