"""Months close, stay closed, and are opened again by two people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.errors import PeriodClosed, SamePerson
from portal.payments import service as payments
from portal.platform.db import db
from tests.integration.payments.company import PASSWORD, Company, new_key
from tests.integration.soundness import broken

R100 = Money.zar(100_00)
MARCH = datetime(2026, 3, 10, 9, tzinfo=UTC)
MAY = datetime(2026, 5, 5, 9, tzinfo=UTC)
END_OF_MARCH, END_OF_APRIL = date(2026, 3, 31), date(2026, 4, 30)


@pytest.fixture
def in_may(company: Company) -> Any:
    """Something was booked in March; today is in May."""
    with clock.at(MARCH):
        company.invoice(R100)
    with clock.at(MAY):
        yield company


def close(company: Company, until: date) -> None:
    company.do(lambda: ledger.close(until, key=new_key(), by=1))


def receive(company: Company, day: date) -> Any:
    received = company.receipt(R100, day)
    return company.do(lambda: payments.record_receipt(company.customer_id, received, [], key=new_key(), by=1))


def test_nothing_is_posted_into_a_closed_month_and_nothing_is_left_of_the_attempt(in_may: Company) -> None:
    close(in_may, END_OF_MARCH)

    with pytest.raises(PeriodClosed, match="closed up to 31 March 2026"):
        receive(in_may, date(2026, 3, 31))

    assert receive(in_may, date(2026, 4, 1)).received == R100
    assert ledger.balance_of(in_may.customer_id) == Money.zar(0)
    assert broken() == []


def test_only_whole_past_months_after_the_closed_ones_close(in_may: Company) -> None:
    assert ledger.closable() == [END_OF_MARCH, END_OF_APRIL]
    for day in (date(2026, 3, 30), date(2026, 5, 31)):
        with pytest.raises(BadInput):
            close(in_may, day)
    close(in_may, END_OF_APRIL)
    with pytest.raises(BadInput):
        close(in_may, END_OF_MARCH)
    assert (ledger.closable(), ledger.reopenable()) == ([], [date(2026, 4, 1), date(2026, 3, 1)])


def test_the_same_key_closes_once(in_may: Company) -> None:
    key = new_key()
    for _ in range(2):
        assert in_may.do(lambda: ledger.close(END_OF_MARCH, key=key, by=1)) == END_OF_MARCH
    assert [each.deed for each in ledger.history()] == ["closed"]


def test_two_people_open_a_month_again(in_may: Company) -> None:
    close(in_may, END_OF_APRIL)
    in_may.do(lambda: ledger.ask_reopening(date(2026, 4, 1), "A late statement", key=new_key(), by=1))

    with pytest.raises(SamePerson):
        in_may.do(lambda: ledger.decide_reopening(True, key=new_key(), by=1))
    with pytest.raises(PeriodClosed):
        receive(in_may, END_OF_APRIL)
    in_may.do(lambda: ledger.decide_reopening(True, key=new_key(), by=2))

    assert ledger.standing().closed_until == END_OF_MARCH
    assert receive(in_may, END_OF_APRIL).received == R100
    newest = ledger.history()[0]
    assert (newest.deed, newest.by_user_id, newest.asked_by_id, newest.reason) == ("reopened", 2, 1, "A late statement")
    with pytest.raises(Conflict):
        in_may.do(lambda: ledger.decide_reopening(True, key=new_key(), by=2))


def test_opening_again_wants_a_closed_month_and_a_reason(in_may: Company) -> None:
    close(in_may, END_OF_MARCH)
    for first, reason in ((date(2026, 4, 1), "Why not"), (date(2026, 3, 1), " "), (date(2026, 3, 2), "Half")):
        with pytest.raises(BadInput):
            in_may.do(lambda first=first, reason=reason: ledger.ask_reopening(first, reason, key=new_key(), by=1))
    in_may.do(lambda: ledger.ask_reopening(date(2026, 3, 1), "Why not", key=new_key(), by=1))
    in_may.do(lambda: ledger.decide_reopening(False, key=new_key(), by=1))
    assert (ledger.standing().closed_until, ledger.standing().asked_by_id) == (END_OF_MARCH, None)


def test_broken_books_do_not_close(in_may: Company) -> None:
    found = ledger.self_check()
    from portal.ledger.types import Broken, Held

    problem = Broken("ledger: x", "journal 1", "wrong", in_may.customer_id)
    in_may.do(lambda: ledger.follow("invariants", [*found, Held("ledger: x", (problem,))]))

    with pytest.raises(Conflict, match="broken"):
        close(in_may, END_OF_MARCH)


@pytest.mark.mariadb
def test_closing_waits_for_a_posting_that_is_under_way(mariadb_app: Any) -> None:
    """A posting holds the books open until it is committed; without that, it could land in a closed month."""
    import threading

    from portal.platform.db import transaction
    from tests.integration.payments.company import found_company

    company = found_company()
    with clock.at(MARCH):
        company.invoice(R100)
    asked, closed = threading.Event(), threading.Event()

    def closing() -> None:
        with mariadb_app.app_context(), clock.at(MAY):
            asked.wait(10)
            transaction(lambda: ledger.close(END_OF_MARCH, key=new_key(), by=1))
            closed.set()
            db.session.remove()

    thread = threading.Thread(target=closing)
    thread.start()
    with clock.at(MAY):
        ledger.demand_open(date(2026, 3, 20))
        asked.set()
        assert not closed.wait(1)
        db.session.commit()
    thread.join(20)
    assert closed.is_set()
    with pytest.raises(PeriodClosed):
        ledger.demand_open(date(2026, 3, 20))
    db.session.rollback()


# -- pages -------------------------------------------------------------------------------------------------------------


def signed_in(app: Any, email: str) -> Any:
    client = app.test_client()
    client.get("/login")
    assert client.post("/login", data={"email": email, "password": PASSWORD}).status_code == 303
    return client


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_the_page_closes_and_the_bank_page_says_so_at_the_date(company: Company, app: Any) -> None:
    today = clock.today()
    month_ago = datetime.now(UTC) - timedelta(days=32)
    with clock.at(month_ago):
        payment_id = company.verified(company.invoice(R100))
    manager = signed_in(app, "manager@us.example")
    end = ledger.closable()[-1]

    assert "All months are open" in text_of(manager.get("/staff/ledger/periods"))
    done = manager.post("/staff/ledger/periods/close", data={"until": end.isoformat(), "key": new_key()})
    assert done.status_code == 303
    assert "Closed" in text_of(manager.get("/staff/ledger/periods"))
    typed = {"amount": "100.00", "account": str(company.bank_id), "key": new_key(), "text": ""}
    late = manager.post(f"/staff/bank/payments/{payment_id}/confirm", data={**typed, "value_date": end.isoformat()})
    assert (late.status_code, "The books are closed up to" in text_of(late)) == (422, True)
    good = manager.post(f"/staff/bank/payments/{payment_id}/confirm", data={**typed, "value_date": today.isoformat()})
    assert good.status_code == 303
    ask = {"first": end.replace(day=1).isoformat(), "key": new_key()}
    assert manager.post("/staff/ledger/periods/reopen", data={**ask, "reason": ""}).status_code == 422
    assert manager.post("/staff/ledger/periods/reopen", data={**ask, "reason": "Late line"}).status_code == 303
    own = manager.post("/staff/ledger/periods/decide", data={"answer": "open", "key": new_key()})
    assert own.status_code == 409
    assert "asks to open the books again" in text_of(manager.get("/staff/ledger/periods"))
