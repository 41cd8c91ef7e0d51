"""Links to choose a password: once, in time, and only for whom they were made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import render_template_string
from sqlalchemy import func, select

from portal.accounts import queries, service
from portal.accounts.errors import LinkExpired
from portal.core import clock
from portal.platform import mail
from portal.platform.db import db, transaction
from portal.platform.models import Mail
from tests.integration.accounts.conftest import PASSWORD

NEW = "four very new words"


def link_to(user_id: int, kind: str = "forgotten") -> str:
    """The path of a fresh link."""
    db.session.expire_all()
    address = service.password_link(user_id, queries.user(user_id).password_version, kind)
    return "/account/password/" + address.rsplit("/", 1)[1]


def test_a_link_sets_a_password_once_and_ends_every_session(
    make_user: Callable[..., int], signed_in: Callable[..., Any], client: Any
) -> None:
    path = link_to(make_user())
    elsewhere = signed_in("thandi@mpd.example")

    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": NEW}).location == "/login"

    assert elsewhere.get("/account").status_code == 303
    assert client.get(path).status_code == 410
    client.get("/login")
    assert client.post(path, data={"password": "yet another set of words"}).status_code == 410
    signed_in("thandi@mpd.example", NEW)
    client.get("/login")
    assert client.post("/login", data={"email": "thandi@mpd.example", "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(("kind", "minutes", "status"), [
    ("forgotten", 59, 200), ("forgotten", 61, 410), ("invitation", 6 * 24 * 60, 200), ("invitation", 8 * 24 * 60, 410),
])  # fmt: skip
def test_a_link_works_for_its_time_only(
    make_user: Callable[..., int], client: Any, kind: str, minutes: int, status: int
) -> None:
    path = link_to(make_user(), kind)

    with clock.at(clock.now() + timedelta(minutes=minutes)):
        assert client.get(path).status_code == status


def test_a_changed_link_is_not_ours(make_user: Callable[..., int], client: Any) -> None:
    path = link_to(make_user())

    assert client.get(path[:-2] + ("AA" if path[-2:] != "AA" else "BB")).status_code == 410
    assert client.get("/account/password/nonsense").status_code == 410


def test_a_link_of_a_switched_off_person_is_dead(make_user: Callable[..., int], client: Any) -> None:
    user_id = make_user()
    path = link_to(user_id)

    transaction(lambda: service.switch_user(user_id, active=False))

    assert client.get(path).status_code == 410


def test_a_weak_password_is_refused_with_the_reason_and_the_link_lives(
    make_user: Callable[..., int], client: Any
) -> None:
    path = link_to(make_user())
    client.get(path)

    answer = client.post(path, data={"password": "password1"})

    assert answer.status_code == 422
    assert "first that anybody tries" in answer.text
    assert "password1" not in answer.text
    assert client.get(path).status_code == 200


def test_asking_for_a_link_says_the_same_for_everybody(make_user: Callable[..., int], client: Any) -> None:
    make_user()
    pages = []
    for email in ("thandi@mpd.example", "nobody@mpd.example"):
        client.get("/account/forgotten")
        answer = client.post("/account/forgotten", data={"email": email})
        assert answer.status_code == 200
        pages.append(answer.text.replace(email, "someone"))

    assert pages[0] == pages[1]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 1


def test_the_mail_holds_the_link_and_the_outbox_does_not(make_user: Callable[..., int], app: Any, client: Any) -> None:
    make_user(name="Thandi & Sons")
    client.get("/account/forgotten")
    client.post("/account/forgotten", data={"email": "thandi@mpd.example"})

    row = db.session.scalars(select(Mail)).one()
    assert not any("account/password" in str(value) for value in row.data.values())
    letter = mail.Letter(row.uid, row.event, mail.Recipient(row.to_email or ""), row.data, row.created_at)
    text = mail.render(app, letter).get_content()
    assert "Good day Thandi & Sons" in text
    (address,) = [line for line in text.splitlines() if "/account/password/" in line]
    assert client.get(address[address.index("/account/password/") :]).status_code == 200


def test_the_first_administrator_is_made_once(app: Any) -> None:
    address = transaction(lambda: service.first_admin_link("boss@360degree.example"))

    assert address is not None
    assert transaction(lambda: service.first_admin_link("other@360degree.example")) is None
    token = address.rsplit("/", 1)[1]
    transaction(lambda: service.set_password_by_link(token, NEW))
    with pytest.raises(LinkExpired):
        service.link_holder(token)
    assert [person.email for person in service.staff_with("administrator")] == ["boss@360degree.example"]


def test_templates_can_make_the_link(make_user: Callable[..., int], app: Any) -> None:
    user_id = make_user()

    with app.test_request_context():
        made = render_template_string("{{ password_link(user_id, 1, 'forgotten') }}", user_id=user_id)

    assert made.startswith("http://127.0.0.1:8000/account/password/")
