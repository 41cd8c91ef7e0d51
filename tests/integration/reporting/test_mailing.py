"""Statements of account by mail: looked at, sent once for a period, by a person or at the end of a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.identity import Identity
from portal.core.money import Money
from portal.platform import jobs, outbox
from portal.platform.db import db, transaction
from portal.platform.models import Mail
from portal.reporting import mailing, tasks
from portal.reporting.models import StatementMail
from portal.reporting.statements import Asked, Form
from tests.integration.orders.shop import Shop, more_staff, open_shop, second_customer
from tests.integration.orders.test_pages import value_of

#: an order of February; "now" is early in March
ORDERED, NOW = datetime(2026, 2, 10, 8, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


@pytest.fixture
def shop(app: Any) -> Any:
    with clock.at(ORDERED):
        made = open_shop()
        made.order()
    with clock.at(NOW):
        yield made


def switch(on: bool) -> None:
    known = mailing.MONTHLY.known()
    transaction(lambda: mailing.MONTHLY.change(on, seen_version=known.version))


def mails() -> list[Mail]:
    return [each for each in db.session.query(Mail) if each.event == mailing.EVENT]


def end_of_month() -> int:
    """What the job does: looks who is due, then sends to each."""
    found = mailing.due()
    asked = mailing.asked_for_month(clock.today(), "ZAR")
    return sum(transaction(lambda c=customer: mailing.send_monthly(c, asked)) for customer, _ in found)


def send(shop: Shop, asked: Asked | None = None) -> str:
    wanted = asked or mailing.asked_for_month(clock.today(), "ZAR")
    return transaction(lambda: mailing.send(shop.buyer.customer_code or "", wanted, by=shop.manager))


def test_the_month_before_is_a_whole_month() -> None:
    assert mailing.last_month(date(2026, 3, 31)) == FEBRUARY
    assert mailing.last_month(date(2026, 1, 1)) == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_statement_is_sent_with_its_figures_once_for_the_period(shop: Shop) -> None:
    assert send(shop) == "accounts@marikana.example"

    with pytest.raises(Conflict, match="was sent on"):
        send(shop)
    (row,) = db.session.query(StatementMail)
    assert ((row.first_on, row.last_on), row.closing_cents) == (FEBRUARY, 4_350_00 * 115 // 100)
    assert len(mails()) == 1
    send(shop, Asked(Form.BALANCE_FORWARD, date(2026, 1, 1), date(2026, 1, 31)))
    assert len(mails()) == 2


def test_nothing_goes_out_by_itself_until_it_is_switched_on(shop: Shop) -> None:
    assert end_of_month() == 0
    switch(on=True)
    assert end_of_month() == 1
    assert end_of_month() == 0
    assert len(mails()) == 1


def test_what_a_person_sent_is_not_sent_at_the_end_of_the_month_again(shop: Shop) -> None:
    switch(on=True)
    send(shop)
    assert end_of_month() == 0
    assert len(mails()) == 1


def test_who_owes_nothing_and_had_no_movement_gets_no_mail(shop: Shop) -> None:
    second_customer()
    switch(on=True)
    assert end_of_month() == 1
    with clock.at(NOW.replace(month=4)):
        assert end_of_month() == 1  # the balance of February still stands


def test_switched_on_late_in_a_month_it_waits_for_the_next(shop: Shop) -> None:
    switch(on=True)
    with clock.at(NOW + timedelta(days=14)):
        assert mailing.due() == []


def test_switched_off_while_the_jobs_wait_nothing_goes_out(shop: Shop) -> None:
    switch(on=True)
    (waiting,) = mailing.due()
    switch(on=False)
    asked = mailing.asked_for_month(clock.today(), "ZAR")
    assert not transaction(lambda: mailing.send_monthly(waiting[0], asked))


def test_the_job_of_every_morning_asks_for_one_job_a_customer_and_period(shop: Shop) -> None:
    from portal.platform.models import Job

    switch(on=True)
    for _ in range(2):
        transaction(lambda: tasks._send_all({}, mailing.due()))
    (job,) = [each for each in db.session.query(Job) if each.kind == tasks.STATEMENT]
    assert job.payload["last"] == "2026-02-28"
    transaction(lambda: tasks._send(job.payload, None))
    assert len(mails()) == 1
    assert any(schedule.kind == tasks.STATEMENTS for schedule in jobs.registry.schedules())


def test_the_mail_carries_the_statement_as_a_pdf(shop: Shop, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    sent: list[Any] = []
    monkeypatch.setattr(outbox.mail, "send", sent.append)
    send(shop)

    outbox._send({"outbox_id": mails()[0].id})

    (letter,) = sent
    (paper,) = list(letter.iter_attachments())
    assert paper.get_filename() == "statement-MPD014-2026-02-28.pdf"
    text = PdfReader(io.BytesIO(paper.get_content())).pages[0].extract_text()
    assert "Statement of Account" in text
    assert Money.zar(4_350_00 * 115 // 100).plain.replace(",", "")[:4] in text.replace("\u00a0", "").replace(" ", "")
    assert "never change by e-mail" in letter.get_body(("plain",)).get_content()


def test_a_clerk_looks_at_the_mail_sends_it_and_finds_it_sent(shop: Shop, app: Any) -> None:
    clerk: Identity = more_staff("clerk")
    browser = app.test_client()
    browser.get("/login")
    from tests.integration.orders.shop import PASSWORD

    browser.post("/login", data={"email": clerk.email, "password": PASSWORD})
    where = f"/staff/customers/{shop.buyer.customer_code}/statement/mail"

    shown = browser.get(where).get_data(as_text=True)
    assert "accounts@marikana.example" in shown and "1 Feb 2026".replace(" ", "\u00a0") in shown
    assert mails() == []
    assert browser.post(where).status_code == 303
    assert browser.post(where).status_code == 409

    assert "goes out once" in browser.get(where).get_data(as_text=True)
    listed = browser.get("/staff/statements?save=csv").get_data(as_text=True)
    assert "MPD014" in listed and "5002.50" in listed
    assert browser.get("/staff/statements?q=Nobody&save=csv").get_data(as_text=True).count("\n") == 1
    assert browser.post("/staff/statements", data={"monthly": "y", "version": "0"}).status_code == 403


def test_a_manager_switches_the_end_of_the_month_on(shop: Shop, app: Any) -> None:
    browser = app.test_client()
    browser.get("/login")
    from tests.integration.orders.shop import PASSWORD

    browser.post("/login", data={"email": shop.manager.email, "password": PASSWORD})
    version = value_of(browser.get("/staff/statements").get_data(as_text=True), "version")
    assert browser.post("/staff/statements", data={"monthly": "y", "version": version}).status_code == 303
    assert mailing.MONTHLY.known().value is True
    assert accounts.customer(shop.customer_id).email
