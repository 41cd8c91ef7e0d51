"""A company for each test, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.payments.company import PASSWORD, Company, found_company
from tests.integration.payments.gateways import GatewayHere, running
from tests.integration.payments.payfast import PayFastHere, install
from tests.integration.soundness import broken


@pytest.fixture
def company(app: Any) -> Iterator[Company]:
    """Whatever a test does to the money, every invariant holds after it."""
    yield found_company()
    assert broken() == []


@pytest.fixture
def signed_in(app: Any) -> Callable[[str], Any]:
    def make(email: str) -> Any:
        client = app.test_client()
        client.get("/login")
        answer = client.post("/login", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        return client

    return make


@pytest.fixture
def payfast(app: Any, company: Company, monkeypatch: pytest.MonkeyPatch) -> PayFastHere:
    return install(app, company, monkeypatch)


@pytest.fixture(params=["ozow", "yoco", "stripe"])
def gateway(
    app: Any, company: Company, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GatewayHere]:
    """Each gateway beside PayFast in turn."""
    yield from running(app, company, request.param, monkeypatch)
