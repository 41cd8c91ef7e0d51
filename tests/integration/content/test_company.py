"""Who we are: one place, empty at first, and no invoice without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.content import service
from portal.core.company import Company
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import service as invoices
from portal.invoices.errors import NotIssuable
from portal.invoices.models import Invoice
from portal.invoices.types import DraftLine, InvoiceDraft
from portal.platform.db import db, transaction

FACTS = {
    "name": "Ours (Pty) Ltd", "registration": "2020/1/07", "vat_number": "4123 456 789", "phone": "011 555 0100",
    "address": "1 Main Road\r\n\r\nKathu\r\n8446", "email": "office@ours.example",
}  # fmt: skip
Staff = Callable[[str], Any]


@pytest.fixture
def unknown(app: Any) -> Iterator[None]:
    """A portal that nobody has told who we are."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, company=Company("360Degree Supply (Pty) Ltd"))
    yield
    app.extensions["settings"] = settings


def issue() -> str:
    made = accounts.create_customer("ABC001", CustomerDraft("A customer", "a@x.example", address=("1 Road", "Kathu")))
    line = DraftLine("Hose", "H-1", Decimal(1), "each", Money.zar(100_00), VatCode.STANDARD)
    return invoices.issue(InvoiceDraft(made, (line,))).number


def supplier_of(number: str) -> dict[str, Any]:
    return dict(db.session.scalars(select(Invoice.supplier).where(Invoice.number == number)).one())


def test_no_invoice_is_issued_without_our_vat_number_and_address(unknown: None) -> None:
    with pytest.raises(NotIssuable):
        transaction(issue)
    assert service.company().missing == ("our VAT number", "our address")


def test_staff_read_on_every_page_what_is_missing(unknown: None, staff: Staff) -> None:
    clerk = staff("clerk")

    assert "No invoice can be issued: our VAT number and our address are missing." in clerk.get("/staff").text
    shown = clerk.get("/staff/company").text
    assert "Ask an administrator to write it here." in shown
    assert "Save our facts" not in shown


def test_an_administrator_writes_our_facts_and_invoices_can_be_issued(unknown: None, staff: Staff, client: Any) -> None:
    administrator = staff("administrator")
    administrator.get("/staff/company")
    answer = administrator.post("/staff/company", data={**FACTS, "seen": "0"})

    assert answer.status_code == 303
    assert service.company() == Company(
        "Ours (Pty) Ltd", "2020/1/07", "4123456789", ("1 Main Road", "Kathu", "8446"), "011 555 0100",
        "office@ours.example",
    )  # fmt: skip
    number = transaction(issue)
    assert supplier_of(number)["vat_number"] == "4123456789"
    assert "Complete: invoices can be issued." in administrator.get("/staff/company").text
    assert "Ours (Pty) Ltd" in client.get("/privacy").text
    assert "missing" not in administrator.get("/staff").text.split("<main")[0]


def test_issued_invoices_keep_the_facts_of_their_day(staff: Staff) -> None:
    number = transaction(issue)
    administrator = staff("administrator")
    administrator.get("/staff/company")
    administrator.post("/staff/company", data={**FACTS, "seen": "0"})

    assert supplier_of(number)["name"] == "360Degree Supply (Pty) Ltd"


@pytest.mark.parametrize(("vat", "words"), [("412345678", "10 digits"), ("9123456789", "starts with 4")])
def test_a_vat_number_that_cannot_be_one_is_refused_and_kept_as_typed(staff: Staff, vat: str, words: str) -> None:
    administrator = staff("administrator")
    administrator.get("/staff/company")
    answer = administrator.post("/staff/company", data={**FACTS, "vat_number": vat, "seen": "0"})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{vat}"' in answer.text


def test_two_administrators_do_not_overwrite_each_other(staff: Staff) -> None:
    administrator = staff("administrator")
    administrator.get("/staff/company")
    told = [administrator.post("/staff/company", data={**FACTS, "seen": "0", "phone": each}) for each in ("1", "2")]

    assert [answer.status_code for answer in told] == [303, 409]


def test_a_demo_says_so_on_every_page_until_a_person_writes_our_facts(staff: Staff, client: Any) -> None:
    facts = replace(service.company(), demo=True)
    transaction(lambda: service.change_company(facts, seen=0, by=None))
    administrator = staff("administrator")
    for browser, path in ((client, "/"), (client, "/products"), (administrator, "/staff")):
        assert "This is a demo" in browser.get(path).text

    administrator.get("/staff/company")
    administrator.post("/staff/company", data={**FACTS, "seen": "1"})

    assert "This is a demo" not in client.get("/").text


def test_a_page_about_a_broken_database_asks_it_nothing(
    app: Any, client: Any, count_queries: Callable[[], Any]
) -> None:
    from portal.platform.http.errors import answer

    client.get("/")
    with app.test_request_context("/"), count_queries() as seen:
        assert answer(503).status_code == 503
    assert seen == []
