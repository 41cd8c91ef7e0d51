"""Customers and people as staff keep them, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import queries, service
from portal.accounts.types import ReleasePolicy
from portal.core import reference
from portal.core.errors import BadInput, NotFound
from portal.core.money import Money
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent, Mail

FACTS = {
    "name": "Kathu Drilling Services (Pty) Ltd",
    "registration": "2018/442190/07",
    "vat_number": "4590 271 836",
    "email": "accounts@kathu.example",
    "address": "7 Ore Street\r\n\r\nKathu",
    "terms_days": "30",
    "credit_limit": "150 000,00",
    "release_policy": "provisional",
    "provisional_limit": "20000",
}


@pytest.fixture
def manager(make_user: Callable[..., int], signed_in: Callable[..., Any]) -> Any:
    make_user("kagiso@360degree.example", staff_roles=["manager"])
    return signed_in("kagiso@360degree.example")


@pytest.fixture
def administrator(make_user: Callable[..., int], signed_in: Callable[..., Any]) -> Any:
    make_user("nomvula@360degree.example", staff_roles=["administrator"])
    return signed_in("nomvula@360degree.example")


def test_a_manager_opens_an_account(manager: Any) -> None:
    manager.get("/staff/customers/new")
    answer = manager.post("/staff/customers/new", data={**FACTS, "code": "kds001"})

    assert answer.location == "/staff/customers/KDS001"
    made = service.customer_by_code("KDS001")
    assert made.address == ("7 Ore Street", "Kathu")
    assert made.vat_number == "4590271836"
    assert made.credit_limit == Money.parse("150000.00")
    assert made.release_policy is ReleasePolicy.PROVISIONAL
    assert reference.check(made.reference)
    assert "Kathu Drilling Services" in manager.get("/staff/customers/KDS001").text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("vat_number", "459027183", "This one has 9."),
        ("vat_number", "1234567890", "starts with 4"),
        ("credit_limit", "150k", "Write it like 12 500.00."),
        ("credit_limit", "-5", "cannot be less than nothing"),
        ("email", "accounts", "Write it like name@company.co.za."),
        ("name", " ", "Write the name as it is registered."),
        ("code", "12345678", "like MPD014"),
        ("release_policy", "always", "Not a valid choice"),
    ],
)
def test_a_wrong_value_is_named_and_everything_typed_is_kept(manager: Any, field: str, typed: str, words: str) -> None:
    manager.get("/staff/customers/new")
    answer = manager.post("/staff/customers/new", data={**FACTS, "code": "KDS001", field: typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Error: " in answer.text
    assert 'value="2018/442190/07"' in answer.text
    with pytest.raises(NotFound):
        service.customer_by_code("KDS001")


def test_a_code_is_given_once(make_customer: Callable[..., int], manager: Any) -> None:
    make_customer("KDS001")
    manager.get("/staff/customers/new")

    answer = manager.post("/staff/customers/new", data={**FACTS, "code": "KDS001"})

    assert answer.status_code == 422
    assert "KDS001 belongs to another customer" in answer.text


def seen_in(page: str) -> str:
    return page.split('name="seen" value="', 1)[1].split('"', 1)[0]


def test_limits_are_changed_with_before_and_after(make_customer: Callable[..., int], manager: Any) -> None:
    make_customer("KDS001")
    seen = seen_in(manager.get("/staff/customers/KDS001/edit").text)

    manager.post("/staff/customers/KDS001/edit", data={**FACTS, "seen": seen})

    assert service.customer_by_code("KDS001").provisional_limit == Money.parse("20000")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "customer.changed")).one()
    assert event.actor == "kagiso@360degree.example"
    assert (event.before or {})["release_policy"] == "cleared"
    assert (event.after or {})["release_policy"] == "provisional"


def test_two_managers_with_the_same_form_do_not_overwrite_each_other(
    make_customer: Callable[..., int], manager: Any
) -> None:
    make_customer("KDS001")
    seen = seen_in(manager.get("/staff/customers/KDS001/edit").text)

    first = manager.post("/staff/customers/KDS001/edit", data={**FACTS, "seen": seen})
    second = manager.post("/staff/customers/KDS001/edit", data={**FACTS, "name": "Another", "seen": seen})

    assert (first.status_code, second.status_code) == (303, 409)
    assert service.customer_by_code("KDS001").name == FACTS["name"]


def test_an_order_in_between_does_not_refuse_the_form(make_customer: Callable[..., int], manager: Any) -> None:
    customer_id = make_customer("KDS001")
    seen = seen_in(manager.get("/staff/customers/KDS001/edit").text)

    transaction(lambda: service.lock_customer(customer_id))

    assert manager.post("/staff/customers/KDS001/edit", data={**FACTS, "seen": seen}).status_code == 303


def test_customers_are_found_by_code_word_and_address(make_customer: Callable[..., int], manager: Any) -> None:
    make_customer("MPD014", "Marikana Plant & Drilling")
    make_customer("KDS001", "Kathu Services 100% Steel")

    def found(search: str) -> list[str]:
        return [each.code for each in service.customers_page(search).items]

    assert found("") == ["KDS001", "MPD014"]
    assert found("mpd") == found("drill") == found("marikana") == found("accounts@mpd") == ["MPD014"]
    assert found("100%") == ["KDS001"]
    assert found("%") == found("rill") == []
    assert "No customer found" in manager.get("/staff/customers?q=nothing").text


def test_the_list_is_read_page_by_page(make_customer: Callable[..., int]) -> None:
    for number in range(5):
        make_customer(f"ABC{number:03}", "Same name")

    first = service.customers_page(limit=2)
    second = service.customers_page(limit=2, after=first.next)
    third = service.customers_page(limit=2, after=second.next)

    codes = [each.code for page in (first, second, third) for each in page.items]
    assert codes == [f"ABC{number:03}" for number in range(5)]
    assert third.next is None
    assert service.customers_page(limit=2, after=second.previous).items == first.items


def test_an_invited_person_gets_a_mail_and_no_password(make_customer: Callable[..., int], manager: Any) -> None:
    customer_id = make_customer("KDS001")
    manager.get("/staff/customers/KDS001/people/new")

    answer = manager.post(
        "/staff/customers/KDS001/people/new",
        data={"name": "Sipho", "email": "Sipho@kathu.example", "role": "accountant"},
    )

    assert answer.status_code == 303
    (invited,) = service.invitations_of(customer_id)
    assert (invited.email, invited.role) == ("sipho@kathu.example", "accountant")
    assert service.users_of(customer_id) == []
    assert db.session.scalars(select(Mail.to_email)).one() == "sipho@kathu.example"
    assert queries.user_by_email("sipho@kathu.example") is None


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        ("clerk", {"/staff/customers": 200, "/staff/customers/new": 403, "/staff/people": 403}),
        ("dispatcher", {"/staff/customers": 200, "/staff/customers/KDS001/edit": 403, "/staff/people": 403}),
        ("manager", {"/staff/customers/new": 200, "/staff/customers/KDS001/edit": 200, "/staff/people": 403}),
        ("administrator", {"/staff/customers/new": 200, "/staff/people": 200}),
    ],
)
def test_each_role_sees_its_own(
    make_customer: Callable[..., int],
    make_user: Callable[..., int],
    signed_in: Callable[..., Any],
    role: str,
    open_pages: dict[str, int],
) -> None:
    make_customer("KDS001")
    make_user("one@360degree.example", staff_roles=[role])
    client = signed_in("one@360degree.example")

    assert {path: client.get(path).status_code for path in open_pages} == open_pages
    rail = client.get("/staff/customers").text
    assert ('href="/staff/people"' in rail) is (role == "administrator")


def test_customers_see_no_staff_page(
    make_customer: Callable[..., int], make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    make_user(memberships=[(make_customer(), "buyer")])
    client = signed_in("thandi@mpd.example")

    assert client.get("/staff/customers").status_code == 403
    assert client.get("/staff/customers/MPD014").status_code == 403
    assert client.post("/staff/people", data={"name": "X"}).status_code == 403


def test_a_person_acts_only_for_their_own_customers(
    make_customer: Callable[..., int], make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    first, second, foreign = make_customer("AAA001", "A"), make_customer("BBB002", "B"), make_customer("CCC003", "C")
    make_user(memberships=[(first, "buyer"), (second, "accountant")])
    client = signed_in("thandi@mpd.example")

    assert client.post(f"/account/company/{foreign}").status_code == 404
    assert "Account AAA001" in client.get("/account").text
    assert client.post(f"/account/company/{second}").status_code == 303
    page = client.get("/account").text
    assert "Account BBB002" in page
    assert "CCC003" not in page


def test_new_roles_end_the_sessions_they_were_not_made_for(
    make_user: Callable[..., int], signed_in: Callable[..., Any], administrator: Any
) -> None:
    user_id = make_user("one@360degree.example", staff_roles=["clerk"])
    clerk = signed_in("one@360degree.example")
    administrator.get(f"/staff/people/{user_id}")

    administrator.post(f"/staff/people/{user_id}", data={"roles": ["dispatcher", "manager"]})

    assert clerk.get("/account").status_code == 303
    assert service.user_info(user_id).role == "dispatcher,manager"


def test_the_last_administrator_stays(administrator: Any, app: Any) -> None:
    (boss,) = service.staff_with("administrator")

    with pytest.raises(BadInput):
        transaction(lambda: service.set_staff_roles(boss.id, ["clerk"]))
    with pytest.raises(BadInput):
        transaction(lambda: service.switch_user(boss.id, active=False))
    assert administrator.post(f"/staff/people/{boss.id}/switch", data={"active": "no"}).status_code == 422


def test_a_changed_password_ends_the_other_sessions(
    make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    make_user()
    here, there = signed_in("thandi@mpd.example"), signed_in("thandi@mpd.example")

    wrong = here.post("/account/password", data={"old": "not this one", "password": "four very new words"})
    right = here.post("/account/password", data={"old": "three purple words", "password": "four very new words"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "This is not the password you have now." in wrong.text
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_the_colours_are_in_the_page_as_it_comes(make_user: Callable[..., int], signed_in: Callable[..., Any]) -> None:
    make_user()
    client = signed_in("thandi@mpd.example")

    answer = client.post("/account/theme", data={"theme": "dark"}, headers={"Referer": "http://localhost/account?x=1"})

    assert answer.location == "/account?x=1"
    assert '<html lang="en-ZA" data-theme="dark">' in client.get("/account").text
    client.post("/account/theme", data={"theme": ""})
    assert '<html lang="en-ZA">' in client.get("/account").text


def test_notices_are_counted_read_and_told(make_user: Callable[..., int], signed_in: Callable[..., Any]) -> None:
    from portal.platform import outbox

    user_id = make_user()
    transaction(lambda: outbox.note(user_id, "payment_confirmed", "R 12 500.00 confirmed", "/invoices"))
    client = signed_in("thandi@mpd.example")

    assert ">Notices, 1 new<" in client.get("/account/notices").text
    client.post("/account/notices/read")
    assert ">Notices<" in client.get("/account/notices").text
