"""The company of the payments' tests, with statements of its account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.banking.bank import Bank
from tests.integration.payments.company import PASSWORD, found_company
from tests.integration.soundness import broken


@pytest.fixture
def bank(app: Any) -> Iterator[Bank]:
    """Whatever a test does to the money, every invariant holds after it."""
    yield Bank(found_company())
    assert broken() == []


@pytest.fixture
def signed_in(app: Any) -> Callable[[str], Any]:
    def make(email: str) -> Any:
        client = app.test_client()
        client.get("/login")
        assert client.post("/login", data={"email": email, "password": PASSWORD}).status_code == 303
        client.get("/staff/bank")
        return client

    return make
