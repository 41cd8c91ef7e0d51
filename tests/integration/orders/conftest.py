"""A shop for each test, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.orders.shop import PASSWORD, Shop, open_shop
from tests.integration.soundness import broken


@pytest.fixture
def shop(app: Any) -> Iterator[Shop]:
    """Whatever a test does, every invariant holds after it."""
    yield open_shop()
    assert broken() == []


@pytest.fixture
def signed_in(app: Any) -> Callable[[str], Any]:
    """A browser of the person with this address."""

    def make(email: str) -> Any:
        browser = app.test_client()
        browser.get("/login")
        answer = browser.post("/login", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        return browser

    return make
