"""Signing in and out: what a stranger learns, what a stolen or old cookie opens, when a session ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import service
from portal.accounts.models import UserSession
from portal.accounts.service import passwords
from portal.core import clock
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent
from tests.integration.accounts.conftest import PASSWORD

EMAIL = "thandi@mpd.example"


def log_in(client: Any, email: str = EMAIL, password: str = PASSWORD, **more: Any) -> Any:
    client.get("/login")
    return client.post("/login", data={"email": email, "password": password, **more})


def test_a_person_signs_in_and_sees_their_name(
    make_customer: Callable[..., int], make_user: Callable[..., int], client: Any
) -> None:
    make_user(memberships=[(make_customer(), "buyer")])

    answer = log_in(client, email=" THANDI@MPD.example ")

    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/account").text
    assert "Thandi Nkosi" in page
    assert "Marikana Plant &amp; Drilling" in page


def test_our_own_people_land_at_work(make_user: Callable[..., int], client: Any) -> None:
    make_user(staff_roles=["clerk"])

    assert log_in(client).location == "/"
    assert client.get("/").location == "/staff"


@pytest.mark.parametrize("wanted", ["/invoices?filter=open", "//evil.example", "https://evil.example/x"])
def test_after_signing_in_only_our_own_pages_follow(make_user: Callable[..., int], client: Any, wanted: str) -> None:
    make_user()

    answer = log_in(client, next=wanted)

    assert answer.location == (wanted if wanted.startswith("/inv") else "/")


def test_unknown_wrong_and_switched_off_are_told_the_same(make_user: Callable[..., int], app: Any) -> None:
    make_user()
    off = make_user("off@mpd.example")
    transaction(lambda: service.switch_user(off, active=False))

    answers = [
        log_in(app.test_client(), email, password)
        for email, password in ((EMAIL, "wrong wrong"), ("nobody@mpd.example", PASSWORD), ("off@mpd.example", PASSWORD))
    ]

    assert {answer.status_code for answer in answers} == {422}
    bodies = []
    for answer, email in zip(answers, (EMAIL, "nobody@mpd.example", "off@mpd.example"), strict=True):
        assert "E-mail address and password do not fit together." in answer.text
        bodies.append(_without_tokens(answer.text.replace(email, "someone")))
    assert bodies[0] == bodies[1] == bodies[2]


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)


def test_one_hash_is_computed_whether_the_person_exists_or_not(
    make_user: Callable[..., int], app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user()
    seen: list[str] = []
    real = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type("Counting", (), {"verify": lambda _self, stored, given: seen.append(stored) or real(stored, given)})(),
    )
    monkeypatch.setattr(passwords, "_nobody", lambda: service.hash_password and _NOBODY)

    log_in(app.test_client(), EMAIL, "wrong wrong")
    log_in(app.test_client(), "nobody@mpd.example", "wrong wrong")

    assert len(seen) == 2
    assert {stored.rsplit("$", 2)[0] for stored in seen} == {"$argon2id$v=19$m=19456,t=2,p=1"}


_NOBODY = passwords.hash_password("nobody has this password")


def test_a_session_known_before_sign_in_is_not_the_one_after(make_user: Callable[..., int], client: Any) -> None:
    make_user()
    client.get("/login")
    before = client.get_cookie("portal_session").value
    with client.session_transaction() as session:
        session["sid"] = "chosen by an attacker"

    log_in(client)

    with client.session_transaction() as session:
        token = session["sid"]
    assert token != "chosen by an attacker"
    assert len(token) >= 43
    assert client.get_cookie("portal_session").value != before
    assert service.identify("chosen by an attacker") is None


def test_the_database_holds_no_token(make_user: Callable[..., int], client: Any) -> None:
    make_user()
    log_in(client)

    with client.session_transaction() as session:
        token = session["sid"]
    stored = db.session.scalar(select(UserSession.token_hash))
    assert len(stored) == 64
    assert token not in stored


def test_a_form_token_of_before_is_dead_after_sign_in(make_user: Callable[..., int], client: Any) -> None:
    make_user()
    client.get("/login")
    old = client.token
    log_in(client)

    answer = client.post("/account/sessions/end", data={"csrf_token": old}, bare=True)

    assert answer.status_code == 400


def test_signing_out_kills_the_cookie_itself(make_user: Callable[..., int], signed_in: Callable[..., Any]) -> None:
    make_user()
    client = signed_in(EMAIL)
    stolen = client.get_cookie("portal_session").value

    client.post("/logout")

    thief = client.application.test_client()
    thief.set_cookie("portal_session", stolen)
    assert thief.get("/account").location.startswith("/login?next=")


def test_a_session_ends_after_half_an_hour_of_silence(
    make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    make_user()
    client = signed_in(EMAIL)

    with clock.at(clock.now() + timedelta(minutes=29)):
        assert client.get("/account").status_code == 200  # used: the half hour begins anew
    with clock.at(clock.now() + timedelta(minutes=58)):
        assert client.get("/account").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=89)):
        assert client.get("/account").status_code == 303


def test_a_session_ends_after_twelve_hours_however_busy(
    make_user: Callable[..., int], signed_in: Callable[..., Any]
) -> None:
    make_user()
    client, start = signed_in(EMAIL), clock.now()

    for minutes in range(20, 12 * 60, 20):
        with clock.at(start + timedelta(minutes=minutes)):
            assert client.get("/account").status_code == 200, minutes
    with clock.at(start + timedelta(minutes=12 * 60 + 1)):
        assert client.get("/account").status_code == 303


def test_the_last_use_is_written_once_a_minute(
    make_user: Callable[..., int], signed_in: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    make_user()
    client, start = signed_in(EMAIL), clock.now()

    def writes(seconds: int) -> int:
        with clock.at(start + timedelta(seconds=seconds)), count_queries() as seen:
            client.get("/account/notices")
        return sum(statement.startswith("UPDATE user_session") for statement in seen)

    assert [writes(seconds) for seconds in (20, 40, 70, 80, 120, 140)] == [0, 0, 1, 0, 0, 1]


def test_who_asks_is_one_query(
    make_customer: Callable[..., int],
    make_user: Callable[..., int],
    signed_in: Callable[..., Any],
    count_queries: Callable[[], Any],
) -> None:
    make_user(memberships=[(make_customer(), "buyer")], staff_roles=["clerk", "manager"])
    client = signed_in(EMAIL)
    with client.session_transaction() as session:
        token = session["sid"]

    with count_queries() as seen:
        identity = service.identify(token)

    assert len(seen) == 1
    assert identity is not None
    assert identity.staff_roles == {"clerk", "manager"}
    assert (identity.customer_code, identity.customer_role) == ("MPD014", "buyer")


def test_a_switched_off_person_is_out_at_once(make_user: Callable[..., int], signed_in: Callable[..., Any]) -> None:
    user_id = make_user()
    client = signed_in(EMAIL)

    transaction(lambda: service.switch_user(user_id, active=False))

    assert client.get("/account").status_code == 303


def test_a_weaker_hash_is_renewed_at_sign_in(make_user: Callable[..., int], client: Any) -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    user_id = make_user(password_hash=weaker)

    log_in(client)

    from portal.accounts import queries

    db.session.expire_all()
    assert "m=19456,t=2,p=1" in queries.user(user_id).password_hash
    assert log_in(client.application.test_client()).status_code == 303


@pytest.fixture
def limited(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.extensions["settings"], rate_limit_enabled=True)
    monkeypatch.setitem(app.extensions, "settings", settings)
    app.extensions.pop("rate_windows", None)


def test_the_sixth_refusal_waits_and_another_address_does_not(
    make_user: Callable[..., int], app: Any, limited: None
) -> None:
    make_user()
    attacker, owner = app.test_client(), app.test_client()
    attacker.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    owner.environ_base["REMOTE_ADDR"] = "203.0.113.9"

    refusals = [log_in(attacker, EMAIL, "wrong wrong").status_code for _ in range(6)]
    right_but_late = log_in(attacker)

    assert refusals == [422] * 5 + [429]
    assert right_but_late.status_code == 429
    assert int(right_but_late.headers["Retry-After"]) > 3000
    assert log_in(owner).status_code == 303


def test_a_right_password_sets_the_count_back(make_user: Callable[..., int], app: Any, limited: None) -> None:
    make_user()
    client = app.test_client()

    for _ in range(2):
        assert [log_in(client, EMAIL, "wrong wrong").status_code for _ in range(4)] == [422] * 4
        assert log_in(client).status_code == 303
        client.get("/account")
        client.post("/logout")


def test_sign_ins_and_refusals_are_in_the_audit_log(make_user: Callable[..., int], client: Any) -> None:
    make_user()
    log_in(client, EMAIL, "wrong wrong")
    log_in(client)

    told = db.session.execute(select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.id)).all()
    assert [tuple(each) for each in told if each[0].startswith("login")] == [
        ("login.failed", f"user:{EMAIL}"),
        ("login", f"user:{EMAIL}"),
    ]
