"""Public pages, their headers, static files, and messages people leave."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.content import service
from portal.content.models import ContactMessage
from portal.platform import mail
from portal.platform.db import db, transaction
from portal.platform.models import Mail, Notice

PUBLIC = ("/", "/services", "/privacy", "/terms", "/paia", "/contact", "/login", "/account/forgotten")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_carry_the_policy_and_one_heading(client: Any, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert "data:" not in answer.text


@pytest.mark.parametrize("path", ["/", "/services", "/privacy", "/terms"])
def test_pages_without_a_form_set_no_cookie_and_ask_nothing(
    client: Any, path: str, count_queries: Callable[[], Any]
) -> None:
    with count_queries() as seen:
        answer = client.get(path)

    assert len(seen) == 1  # what staff wrote for this page, with menu and facts
    assert "Set-Cookie" not in answer.headers


def test_the_privacy_page_says_who_decides_and_how_to_ask_a_person(client: Any) -> None:
    page = client.get("/privacy").text

    assert "section 71 of POPIA" in page
    assert "Ask a person to look" in page


def test_an_unknown_address_is_a_page_with_a_code(client: Any) -> None:
    answer = client.get("/no/such/page", headers={"X-Request-ID": "abcdef-123456"})

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "abcdef-123456" in answer.text


def assets_of(page: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))


def test_static_files_are_named_by_content_and_kept_for_ever(client: Any) -> None:
    assets = assets_of(client.get("/").text)

    assert len(assets) >= 5
    for address in assets:
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        assert "Set-Cookie" not in answer.headers
        assert answer.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"


def test_without_the_right_hash_a_file_is_asked_for_again(client: Any) -> None:
    for address in ("/static/portal.css", "/static/000000000000/portal.css"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, no-cache")
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/..%2fapp.py", "/static/none.css", "/static/vendor"])
def test_nothing_else_is_served_as_static(client: Any, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("coding", ["br", "gzip", ""])
def test_a_style_sheet_comes_in_the_coding_asked_for(client: Any, coding: str) -> None:
    plain = client.get("/static/portal.css").data

    answer = client.get("/static/portal.css", headers={"Accept-Encoding": coding})

    assert answer.headers.get("Content-Encoding", "") == coding
    assert answer.mimetype == "text/css"
    assert len(answer.data) < len(plain) / 3 if coding else answer.data == plain


def test_what_a_customer_page_loads_weighs_less_than_40_kilobytes(client: Any) -> None:
    assets = [each for each in assets_of(client.get("/").text) if each.endswith((".css", ".js"))]

    weight = sum(len(client.get(each, headers={"Accept-Encoding": "br"}).data) for each in assets)

    assert 0 < weight < 40_000


def test_a_message_is_kept_mailed_and_noticed(app: Any, client: Any) -> None:
    clerk = transaction(
        lambda: accounts.create_user(
            "clerk@360degree.example",
            "Clerk",
            None,
            staff_roles=["clerk"],
            password_hash=accounts.hash_password("x y z"),
        )
    )
    client.get("/contact")

    answer = client.post(
        "/contact",
        data={"name": "Sipho & Co", "company": "Acme", "email": "s@acme.example", "words": "Open an account <now>"},
    )

    assert "We have your message" in answer.text
    (kept,) = service.messages_page().items
    assert (kept.name, kept.words, kept.answered_at) == ("Sipho & Co", "Open an account <now>", None)
    row = db.session.scalars(select(Mail)).one()
    letter = mail.render(
        app, mail.Letter(row.uid, row.event, mail.Recipient(row.to_email or ""), row.data, row.created_at)
    )
    assert letter["To"] == service.company().email
    assert letter["Subject"] == "Message from Sipho & Co, Acme"
    assert "Open an account <now>" in letter.get_content()
    assert db.session.scalars(select(Notice.user_id)).all() == [clerk]


def test_what_a_machine_fills_in_is_not_kept(client: Any) -> None:
    client.get("/contact")

    answer = client.post(
        "/contact", data={"name": "Bot", "email": "b@x.example", "words": "Buy", "website": "http://spam.example"}
    )

    assert "We have your message" in answer.text
    assert db.session.scalars(select(ContactMessage)).all() == []


def test_a_wrong_message_keeps_what_was_typed(client: Any) -> None:
    client.get("/contact")

    answer = client.post("/contact", data={"name": "Sipho", "email": "sipho", "words": "A < B"})

    assert answer.status_code == 422
    assert "Write it like name@company.co.za." in answer.text
    assert "A &lt; B" in answer.text


def test_a_message_is_answered_once_by_the_first(app: Any) -> None:
    message_id = transaction(lambda: service.leave_message("S", "s@x.example", "", "Hello"))

    transaction(lambda: service.mark_answered(message_id, by="Nomvula"))
    transaction(lambda: service.mark_answered(message_id, by="Kagiso"))

    assert service.messages_page().items[0].answered_by == "Nomvula"
