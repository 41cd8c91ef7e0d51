"""Our people at the pages that staff write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.platform.db import transaction

PASSWORD = "three purple words"


@pytest.fixture
def staff(app: Any) -> Callable[[str], Any]:
    """``staff("manager")``: a signed-in browser of one of ours in this role."""

    def make(role: str, name: str = "") -> Any:
        email = f"{role}@360degree.example"
        told = {"staff_roles": [role], "password_hash": accounts.hash_password(PASSWORD)}
        transaction(lambda: accounts.create_user(email, name or f"Our {role}", None, **told))
        browser = app.test_client()
        browser.get("/login")
        assert browser.post("/login", data={"email": email, "password": PASSWORD}).status_code == 303
        browser.get("/account")
        return browser

    return make
