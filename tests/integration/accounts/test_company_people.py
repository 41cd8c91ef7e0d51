"""People of a customer: invited, changed and removed by their approver; several customers for one person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.accounts import service
from portal.accounts.errors import LinkExpired
from portal.accounts.models import Invitation, UserSession
from portal.accounts.types import MemberDraft
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.money import Money
from portal.platform import jobs
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent, Notice
from tests.integration.accounts.conftest import PASSWORD
from tests.integration.accounts.mails import link_in_newest_mail

NEW = {"name": "Sipho Dlamini", "email": "Sipho@mpd.example", "role": "buyer", "spending_limit": "10 000"}


@pytest.fixture
def company(make_customer: Callable[..., int], make_user: Callable[..., int]) -> dict[str, int]:
    """One customer with an approver and a buyer."""
    customer = make_customer()
    approver = make_user("anna@mpd.example", "Anna Botha", memberships=[(customer, "approver")])
    buyer = make_user("thandi@mpd.example", memberships=[(customer, "buyer")])
    return {"customer": customer, "approver": approver, "buyer": buyer}


@pytest.fixture
def approver(company: dict[str, int], signed_in: Callable[..., Any]) -> Any:
    return signed_in("anna@mpd.example")


def invite(approver: Any, **changes: str) -> str:
    approver.get("/account/people")
    answer = approver.post("/account/people", data={**NEW, **changes})
    assert answer.status_code == 303, answer.text[:2000]
    jobs.run_pending(strict=True)
    return link_in_newest_mail()


def change(approver: Any, user_id: int, **data: str) -> Any:
    shown = approver.get(f"/account/people/{user_id}").text
    seen = shown.split('name="seen" value="', 1)[1].split('"', 1)[0]
    return approver.post(f"/account/people/{user_id}", data={"seen": seen, **data})


def test_somebody_new_is_invited_chooses_a_password_and_has_the_limit(
    company: dict[str, int], approver: Any, client: Any, signed_in: Callable[..., Any]
) -> None:
    link = invite(approver)

    assert "Anna Botha invites" in client.get(link).text
    answer = client.post(link, data={"name": "Sipho Dlamini", "password": PASSWORD})

    assert answer.location == "/login"
    (sipho,) = [each for each in service.members_of(company["customer"]) if each.email == "sipho@mpd.example"]
    assert service.spending_limit_of(sipho.id, company["customer"]) == Money.zar(10_000_00)
    assert "Marikana" in signed_in("sipho@mpd.example").get("/account").text
    told = db.session.scalars(select(Notice.words).where(Notice.user_id == company["approver"])).all()
    assert told == ["Sipho Dlamini acts for Marikana Plant & Drilling now"]


def test_an_invitation_works_once(approver: Any, client: Any) -> None:
    link = invite(approver)
    client.get(link)
    client.post(link, data={"name": "Sipho", "password": PASSWORD})
    client.get("/login")

    assert client.get(link).status_code == 410
    assert client.post(link, data={"name": "Another", "password": PASSWORD}).status_code == 410


def test_an_invitation_ends_after_seven_days_and_can_be_sent_again(
    company: dict[str, int], approver: Any, client: Any
) -> None:
    link = invite(approver)
    db.session.execute(update(Invitation).values(expires_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    assert client.get(link).status_code == 410
    (waiting,) = service.invitations_of(company["customer"])
    assert waiting.expired

    approver.get("/account/people")
    approver.post(f"/account/people/invitations/{waiting.id}/resend")
    jobs.run_pending(strict=True)

    newest = link_in_newest_mail()
    assert newest != link
    assert (client.get(link).status_code, client.get(newest).status_code) == (410, 200)


def test_an_invitation_that_is_taken_back_opens_nothing(company: dict[str, int], approver: Any, client: Any) -> None:
    link = invite(approver)
    (waiting,) = service.invitations_of(company["customer"])

    approver.post(f"/account/people/invitations/{waiting.id}/revoke")

    assert client.get(link).status_code == 410
    assert service.invitations_of(company["customer"]) == []
    assert approver.post(f"/account/people/invitations/{waiting.id}/revoke").status_code == 409


@pytest.mark.parametrize(
    "spoiled", [lambda link: link[:-1], lambda link: link + "A", lambda link: link[:-9] + link[-5:]]
)
def test_a_link_that_we_did_not_sign_opens_nothing(approver: Any, client: Any, spoiled: Callable[[str], str]) -> None:
    assert client.get(spoiled(invite(approver))).status_code == 410


def test_the_same_invitation_sent_twice_is_one(company: dict[str, int], approver: Any) -> None:
    invite(approver)
    approver.post("/account/people", data=NEW)

    assert len(service.invitations_of(company["customer"])) == 1
    assert approver.post("/account/people", data={**NEW, "role": "accountant"}).status_code == 422


def test_who_is_there_already_is_not_invited(approver: Any) -> None:
    approver.get("/account/people")
    answer = approver.post("/account/people", data={**NEW, "email": "thandi@mpd.example"})

    assert answer.status_code == 422
    assert "is among the people of" in answer.text


@pytest.mark.parametrize(("limit", "words"), [("-1", "cannot be less than nothing"), ("ten", "Write it like")])
def test_a_limit_that_cannot_be_is_named_and_what_was_typed_is_kept(approver: Any, limit: str, words: str) -> None:
    approver.get("/account/people")
    answer = approver.post("/account/people", data={**NEW, "spending_limit": limit})

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Sipho Dlamini"' in answer.text


def test_a_person_with_a_sign_in_joins_a_second_company_and_switches(
    company: dict[str, int], approver: Any, make_customer: Callable[..., int], make_user: Callable[..., int],
    signed_in: Callable[..., Any], client: Any,
) -> None:  # fmt: skip
    other = make_customer("KDS001", "Kathu Drilling")
    make_user("lindiwe@kds.example", "Lindiwe Maseko", memberships=[(other, "buyer")])
    link = invite(approver, email="lindiwe@kds.example", name="Lindiwe Maseko")

    stranger = client.get(link)
    assert "has a sign-in already" in stranger.text
    client.post(link, data={"name": "Mallory", "password": "a new long password"})  # nobody's password is replaced
    lindiwe = signed_in("lindiwe@kds.example")
    assert lindiwe.get(link).status_code == 200
    assert lindiwe.post(link).location == "/"

    assert "Marikana" in lindiwe.get("/account").text
    page = lindiwe.get("/account/people")
    assert f'action="/account/company/{other}"' in page.text
    assert lindiwe.post(f"/account/company/{other}").location == "/"
    assert "Kathu Drilling" in lindiwe.get("/account/people").text
    again = signed_in("lindiwe@kds.example")
    assert "People of Kathu Drilling" in again.get("/account/people").text


def test_only_the_person_who_was_invited_accepts(
    approver: Any, make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    make_user("sipho@mpd.example", "Sipho Dlamini")
    make_user("mallory@x.example", "Mallory")
    link = invite(approver)

    mallory = signed_in("mallory@x.example")
    mallory.get(link)
    assert mallory.post(link).status_code == 410


def test_a_role_and_a_limit_are_changed_and_the_person_is_told(company: dict[str, int], approver: Any) -> None:
    answer = change(approver, company["buyer"], role="accountant", spending_limit="500")

    assert answer.status_code == 303
    found = service.member(company["customer"], company["buyer"])
    assert (found.role, found.spending_limit) == ("accountant", Money.zar(500_00))
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "member.changed")).one()
    assert (event.actor, event.before) == ("anna@mpd.example", {"role": "buyer", "limit_cents": None})
    told = db.session.scalars(select(Notice.words).where(Notice.user_id == company["buyer"])).all()
    assert told == ["You are accountant at Marikana Plant & Drilling"]


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [
        (("buyer", ""), ("accountant", ""), True),
        (("buyer", ""), ("approver", ""), False),
        (("buyer", ""), ("buyer", "100"), True),
        (("buyer", "100"), ("buyer", "200"), False),
        (("buyer", "200"), ("buyer", "100"), True),
        (("buyer", "100"), ("buyer", ""), False),
    ],
)
def test_sessions_end_where_rights_shrink_and_only_there(
    company: dict[str, int], approver: Any, signed_in: Callable[..., Any], before: Any, after: Any, ends: bool
) -> None:
    change(approver, company["buyer"], role=before[0], spending_limit=before[1])
    buyer = signed_in("thandi@mpd.example")

    change(approver, company["buyer"], role=after[0], spending_limit=after[1])

    assert buyer.get("/account").status_code == (303 if ends else 200)


def test_whoever_is_removed_sees_nothing_more_and_is_signed_out(
    company: dict[str, int], approver: Any, signed_in: Callable[..., Any]
) -> None:
    buyer = signed_in("thandi@mpd.example")
    approver.get(f"/account/people/{company['buyer']}")

    approver.post(f"/account/people/{company['buyer']}/remove")

    assert buyer.get("/invoices").location.startswith("/login")
    assert signed_in("thandi@mpd.example").get("/invoices").status_code == 403
    with pytest.raises(NotFound):
        service.spending_limit_of(company["buyer"], company["customer"])


def test_the_last_approver_stays(company: dict[str, int], approver: Any) -> None:
    refused = change(approver, company["approver"], role="buyer")
    assert refused.status_code == 422
    assert "this is the last one" in refused.text
    assert approver.post(f"/account/people/{company['approver']}/remove").status_code == 422
    assert service.member(company["customer"], company["approver"]).role == "approver"


def test_an_approver_goes_when_there_is_another(company: dict[str, int], approver: Any) -> None:
    change(approver, company["buyer"], role="approver")

    answer = change(approver, company["approver"], role="buyer")

    assert answer.status_code == 303
    assert approver.get("/account").status_code == 200  # one's own session goes on, with the new role
    assert approver.post("/account/people", data=NEW).status_code == 403


def test_two_approvers_with_the_same_form_do_not_overwrite_each_other(company: dict[str, int], approver: Any) -> None:
    first = change(approver, company["buyer"], role="buyer", spending_limit="100")
    second = approver.post(
        f"/account/people/{company['buyer']}", data={"role": "buyer", "spending_limit": "900", "seen": "buyer-none"}
    )

    assert (first.status_code, second.status_code) == (303, 409)
    assert service.spending_limit_of(company["buyer"], company["customer"]) == Money.zar(100_00)


def test_buyers_see_who_may_invite_and_cannot_themselves(
    company: dict[str, int], signed_in: Callable[..., Any]
) -> None:
    buyer = signed_in("thandi@mpd.example")

    shown = buyer.get("/account/people").text
    assert "Anna Botha may invite" in shown
    assert "Invite somebody" not in shown
    assert buyer.post("/account/people", data=NEW).status_code == 403


def test_staff_invite_change_and_remove_too(
    company: dict[str, int], make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    make_user("kagiso@360degree.example", "Kagiso", staff_roles=["manager"])
    manager = signed_in("kagiso@360degree.example")
    manager.get("/staff/customers/MPD014/people/new")
    manager.post("/staff/customers/MPD014/people/new", data=NEW)
    address = f"/staff/customers/MPD014/people/{company['buyer']}"
    manager.post(address, data={"role": "buyer", "spending_limit": "7500", "seen": "buyer-none"})

    page = manager.get("/staff/customers/MPD014").text
    assert "Sipho Dlamini" in page
    assert "R\xa07\xa0500.00" in page
    assert manager.post(f"{address}/remove").location == "/staff/customers/MPD014"
    assert [each.id for each in service.members_of(company["customer"])] == [company["approver"]]
    assert db.session.scalar(select(UserSession.id).where(UserSession.user_id == company["buyer"])) is None


def test_a_limit_belongs_to_one_company(
    company: dict[str, int], make_customer: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    with pytest.raises(NotFound):
        service.spending_limit_of(company["buyer"], make_customer("KDS001", "Kathu Drilling"))
    assert service.spending_limit_of(company["buyer"], company["customer"]) is None


def test_an_invitation_names_a_role_that_exists(company: dict[str, int], approver: Any) -> None:
    from portal.core.identity import Identity

    by = Identity(company["approver"], "Anna", "anna@mpd.example", frozenset(), None, None, None, None, 0)
    with pytest.raises(BadInput):
        transaction(lambda: service.invite(company["customer"], MemberDraft("X", "x@x.example", "owner"), by=by))
    with pytest.raises(LinkExpired):
        service.invitation("nothing")
