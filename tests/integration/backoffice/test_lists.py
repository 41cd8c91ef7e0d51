"""What every list offers: files with exactly what it shows, long ones by a job, and views that staff keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.platform import files, jobs, lists, saved_views, storage
from portal.platform.db import db, transaction
from portal.platform.models import MadeFile, Notice

PASSWORD = "three purple words"
NAMES = ("Alpha Drilling", "=HYPERLINK(1)", "Kathu Steel")


@pytest.fixture
def customers(app: Any) -> list[int]:
    def make(place: int, name: str) -> int:
        draft = CustomerDraft(name, f"ap{place}@x.example", terms_days=7 * place)
        return transaction(lambda: accounts.create_customer(f"ABC{place:03}", draft))

    return [make(place, name) for place, name in enumerate(NAMES)]


@pytest.fixture
def sign_in(app: Any) -> Callable[..., Any]:
    def make(email: str, **facts: Any) -> Any:
        told = {"password_hash": accounts.hash_password(PASSWORD), **facts}
        transaction(lambda: accounts.create_user(email, "Somebody", None, **told))
        browser = app.test_client()
        browser.get("/login")
        assert browser.post("/login", data={"email": email, "password": PASSWORD}).status_code == 303
        browser.get("/account")
        return browser

    return make


@pytest.fixture
def clerk(sign_in: Callable[..., Any]) -> Any:
    return sign_in("clerk@360degree.example", staff_roles=["clerk"])


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True))))


def test_a_file_holds_what_the_list_shows(customers: list[int], clerk: Any) -> None:
    everything = rows_of(clerk.get("/staff/customers?save=csv"))
    found = rows_of(clerk.get("/staff/customers?q=kathu&save=csv"))
    sorted_by_age = rows_of(clerk.get("/staff/customers?sort=newest&save=csv"))

    assert everything[0][:2] == ["Customer", "Code"]
    assert [row[1] for row in everything[1:]] == ["ABC001", "ABC000", "ABC002"]
    assert [row[1] for row in found[1:]] == ["ABC002"]
    assert [row[1] for row in sorted_by_age[1:]] == ["ABC002", "ABC001", "ABC000"]


def test_no_cell_is_a_formula(customers: list[int], clerk: Any) -> None:
    names = [row[0] for row in rows_of(clerk.get("/staff/customers?save=csv"))[1:]]
    assert "'=HYPERLINK(1)" in names

    sheet = load_workbook(io.BytesIO(clerk.get("/staff/customers?save=xlsx").data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_a_file_is_no_way_around_a_role(customers: list[int], sign_in: Callable[..., Any]) -> None:
    buyer = sign_in("b@x.example", memberships=[(customers[0], "buyer")])

    assert buyer.get("/staff/customers?save=csv").status_code == 403
    assert buyer.post("/account/files", data={"address": "/staff/customers", "form": "csv"}).status_code == 422


LISTS = (
    "/staff/customers", "/staff/people", "/staff/invoices", "/staff/orders", "/staff/bank", "/staff/review",
    "/staff/messages", "/staff/ledger", "/staff/catalog", "/staff/catalog/stock", "/staff/catalog/stock/movements", "/staff/catalog/stock/back-orders", "/staff/audit",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_every_list_of_staff_is_saved_and_says_so(sign_in: Callable[..., Any], path: str) -> None:
    administrator = sign_in("a@360degree.example", staff_roles=["administrator"])

    page = administrator.get(f"{path}?q=x").text
    assert f'href="?{"q=x&amp;"}save=csv"' in page
    assert 'action="/staff/views"' in page
    assert administrator.get(f"{path}?save=csv").mimetype == "text/csv"
    assert administrator.get(f"{path}?save=xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("path", ["/invoices", "/orders", "/proofs"])
def test_every_list_of_customers_is_saved(customers: list[int], sign_in: Callable[..., Any], path: str) -> None:
    buyer = sign_in("b@x.example", memberships=[(customers[0], "buyer")])

    assert "save=csv" in buyer.get(path).text
    assert "/staff/views" not in buyer.get(path).text
    assert buyer.get(f"{path}?save=csv").mimetype == "text/csv"


# -- long lists --------------------------------------------------------------------------------------------------------


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(lists, "BATCH", 1)
    monkeypatch.setattr(files, "_TELL_EVERY", 1)


def make_long_file(clerk: Any, query: str = "") -> str:
    page = clerk.get(f"/staff/customers?{query}save=csv")
    assert "This list is long" in page.text
    answer = clerk.post("/account/files", data={"address": f"/staff/customers?{query}".rstrip("?&"), "form": "csv"})
    assert answer.status_code == 303
    return str(answer.location)


def test_a_long_list_is_made_by_a_job_that_can_be_left(customers: list[int], clerk: Any, short_patience: None) -> None:
    address = make_long_file(clerk, "sort=newest&")
    assert "Waiting for its turn" in clerk.get(address).text

    jobs.run_pending(queues=("default",), strict=True)

    page = clerk.get(address).text
    assert "3 rows" in page
    assert [row[1] for row in rows_of(clerk.get(f"{address}/download"))[1:]] == ["ABC002", "ABC001", "ABC000"]
    (told,) = db.session.execute(select(Notice.words, Notice.url)).all()
    assert told == ("Your file accounts.csv is ready; it can be fetched for a day", address)


def test_how_far_a_file_is_can_be_seen_while_it_is_made(
    customers: list[int], clerk: Any, short_patience: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_long_file(clerk)
    seen: list[tuple[str, int]] = []
    told = files._told

    def watch(file_id: int, **values: Any) -> None:
        told(file_id, **values)
        seen.append((values["state"], values["done"]))

    monkeypatch.setattr(files, "_told", watch)
    jobs.run_pending(queues=("default",), strict=True)

    assert seen == [("making", 1), ("making", 2), ("making", 3)]
    fragment = clerk.get(address, headers={"HX-Request": "true"})
    assert "HX-Request" in fragment.headers["Vary"]
    assert "hx-get" not in fragment.text  # it asks no more once it is final


def test_a_file_belongs_to_who_asked(
    customers: list[int], clerk: Any, sign_in: Callable[..., Any], short_patience: None
) -> None:
    address = make_long_file(clerk)
    jobs.run_pending(queues=("default",), strict=True)
    other = sign_in("other@360degree.example", staff_roles=["administrator"])

    assert other.get(address).status_code == 404
    assert other.get(f"{address}/download").status_code == 404


def test_a_file_is_gone_after_a_day_with_its_bytes(customers: list[int], clerk: Any, short_patience: None) -> None:
    address = make_long_file(clerk)
    jobs.run_pending(queues=("default",), strict=True)
    key = db.session.scalars(select(MadeFile.document)).one()
    db.session.execute(update(MadeFile).values(expires_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()

    assert clerk.get(f"{address}/download").status_code == 404
    transaction(lambda: jobs.enqueue(files.SWEEP, {}))
    jobs.run_pending(queues=("default",), strict=True)
    assert not storage.exists(str(key))
    assert clerk.get(address).status_code == 404


def test_a_file_shows_what_the_person_may_see(customers: list[int], short_patience: None) -> None:
    who = Identity(1, "B", "b@x.example", frozenset(), customers[0], NAMES[0], "ABC000", "buyer", 7)
    for address in (
        "/staff/customers",
        "https://evil.example/invoices",
        "//evil.example",
        "/invoices/INV-1",
        "/nowhere",
    ):
        with pytest.raises(BadInput):
            transaction(lambda address=address: files.start(address, "csv", by=who))
    with pytest.raises(BadInput):
        transaction(lambda: files.start("/invoices", "exe", by=who))


def test_one_person_has_five_files_under_way_at_most(customers: list[int]) -> None:
    who = Identity(1, "B", "b@x.example", frozenset({"clerk"}), None, None, None, None, 7)
    for _ in range(files.AT_ONCE):
        transaction(lambda: files.start("/staff/customers", "csv", by=who))
    with pytest.raises(BadInput):
        transaction(lambda: files.start("/staff/customers", "csv", by=who))


# -- views that staff keep ---------------------------------------------------------------------------------------------


def keep(clerk: Any, name: str, address: str = "/staff/customers?q=kathu", **more: str) -> Any:
    clerk.get("/staff/customers?sort=name")
    return clerk.post("/staff/views", data={"name": name, "address": address, **more})


def test_a_filter_is_kept_under_a_name_and_found_above_its_list(customers: list[int], clerk: Any) -> None:
    answer = keep(clerk, "Kathu", "/staff/customers?q=kathu&after=abc&save=csv")

    assert answer.location.startswith("/staff/customers?q=kathu")
    page = clerk.get("/staff/customers?q=kathu").text
    assert '<a href="/staff/customers?q=kathu' in page
    assert ">Kathu</a>" in page
    assert "Kathu</a>" not in clerk.get("/staff/invoices").text.split("<main")[1]


def test_a_list_opens_with_the_usual_view_and_with_a_filter_without_it(customers: list[int], clerk: Any) -> None:
    keep(clerk, "Kathu", usual="yes")

    assert clerk.get("/staff/customers").location == "/staff/customers?q=kathu"
    assert "Alpha Drilling" in clerk.get("/staff/customers?q=").text
    (view,) = saved_views.of(_clerk_id(), "/staff/customers")
    clerk.post(f"/staff/views/{view.id}/usual", data={"usual": "no"})
    assert clerk.get("/staff/customers").status_code == 200


def test_one_view_of_a_list_is_the_usual_one(customers: list[int], clerk: Any) -> None:
    keep(clerk, "One", usual="yes")
    keep(clerk, "Two", "/staff/customers?q=alpha", usual="yes")

    assert [(view.name, view.usual) for view in saved_views.of(_clerk_id(), "/staff/customers")] == [
        ("One", False), ("Two", True),
    ]  # fmt: skip


def test_the_same_name_again_replaces_the_view(customers: list[int], clerk: Any) -> None:
    keep(clerk, "Mine")
    keep(clerk, " Mine ", "/staff/customers?q=alpha")

    assert [view.query for view in saved_views.of(_clerk_id(), "/staff/customers")] == ["q=alpha"]


def test_views_are_ones_own(customers: list[int], clerk: Any, sign_in: Callable[..., Any]) -> None:
    keep(clerk, "Mine")
    (view,) = saved_views.of(_clerk_id(), "/staff/customers")
    other = sign_in("other@360degree.example", staff_roles=["administrator"])

    other.get("/staff/customers?sort=name")
    assert other.post(f"/staff/views/{view.id}/delete").status_code == 404
    assert other.post(f"/staff/views/{view.id}/usual").status_code == 404
    clerk.get("/staff/customers?sort=name")
    assert clerk.post(f"/staff/views/{view.id}/delete").location == "/staff/customers?view=all"
    assert saved_views.of(_clerk_id(), "/staff/customers") == []


@pytest.mark.parametrize("address", ["https://evil.example/staff", "//evil.example/staff", "/account", ""])
def test_a_view_leads_to_a_list_of_staff(clerk: Any, address: str) -> None:
    answer = keep(clerk, "Bad", address)

    assert answer.status_code == 422 or answer.location.startswith("/staff?")


def _clerk_id() -> int:
    return next(each.id for each in accounts.staff_with("clerk"))


#: every list of our people that has no end: each is found by its address, sorted or filtered there, kept and saved
STAFF_LISTS = (
    "/staff/review", "/staff/bank", "/staff/bank/lines", "/staff/refunds", "/staff/write-offs", "/staff/orders",
    "/staff/dispatch", "/staff/deliveries", "/staff/quotes", "/staff/invoices", "/staff/invoices/drafts",
    "/staff/credit-notes", "/staff/disputes", "/staff/reminders", "/staff/debtors", "/staff/statements",
    "/staff/customers", "/staff/catalog", "/staff/catalog/stock", "/staff/catalog/stock/movements", "/staff/catalog/stock/back-orders", "/staff/messages", "/staff/ledger", "/staff/ledger/accounts",
    "/staff/ledger/checks",
)  # fmt: skip


@pytest.mark.parametrize("address", STAFF_LISTS)
def test_every_list_is_a_file_and_opens_with_what_its_reader_keeps(clerk: Any, address: str) -> None:
    shown = clerk.get(f"{address}?view=all")
    assert shown.status_code == 200
    text = shown.get_data(as_text=True)
    assert "Save this list as" in text and "Keep this filter as" in text
    assert len(rows_of(clerk.get(f"{address}?save=csv"))[0]) >= 4
    assert clerk.get(f"{address}?save=xlsx").data[:2] == b"PK"

    kept = clerk.post("/staff/views", data={"address": f"{address}?q=abc", "name": "Mine", "usual": "yes"})
    assert kept.status_code == 303
    assert clerk.get(address).location.endswith(f"{address}?q=abc")
    assert ">Mine" in clerk.get(f"{address}?q=abc").get_data(as_text=True)
