"""Companies and people with plain defaults, and browsers that are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts import service
from portal.accounts.types import CustomerDraft
from portal.platform.db import transaction

PASSWORD = "three purple words"


@pytest.fixture
def make_customer(app: Any) -> Callable[..., int]:
    """``make_customer("MPD014", name="…")``: its id."""

    def make(code: str = "MPD014", name: str = "Marikana Plant & Drilling", **facts: Any) -> int:
        facts.setdefault("email", f"accounts@{code.lower()}.example")
        return transaction(lambda: service.create_customer(code, CustomerDraft(name=name, **facts)))

    return make


@pytest.fixture
def make_user(app: Any) -> Callable[..., int]:
    """``make_user("a@b.example", staff_roles=[…], memberships=[…])``: the id of a person with PASSWORD."""

    def make(email: str = "thandi@mpd.example", name: str = "Thandi Nkosi", **facts: Any) -> int:
        facts.setdefault("password_hash", service.hash_password(PASSWORD))
        return transaction(lambda: service.create_user(email, name, None, **facts))

    return make


@pytest.fixture
def signed_in(app: Any) -> Callable[..., Any]:
    """``signed_in("a@b.example")``: a browser of that person, with a form token."""

    def make(email: str, password: str = PASSWORD) -> Any:
        client = app.test_client()
        client.get("/login")
        answer = client.post("/login", data={"email": email, "password": password})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        client.get("/account")
        return client

    return make
