"""Tokens of programs in the world of these tests, and what they ask with."""

from __future__ import annotations

import itertools
from typing import Any

from portal.accounts import service as accounts
from portal.core.identity import CUSTOMERS_ONLY, OURS_ONLY, SCOPES, Identity
from portal.platform import webhooks
from portal.platform.db import transaction
from tests.integration.security.filled import KEY, Data, Filled
from tests.integration.security.things import Things, World

_count = itertools.count()
OF_CUSTOMERS = tuple(scope for scope in SCOPES if scope not in OURS_ONLY)
OF_OURS = tuple(scope for scope in SCOPES if scope not in CUSTOMERS_ONLY)


def approver_of(things: Things, role: str = "approver") -> Identity:
    """A person of a customer as the service sees them."""
    domain = "first" if things.code == "ONE001" else "second"
    name, email = f"{domain.title()} {role}", f"{role}@{domain}.example"
    person = things.people[role]
    return Identity(person, name, email, frozenset(), things.customer_id, things.name, things.code, role, 0)


def token_of(things: Things, *scopes: str, by: Identity | None = None) -> str:
    """A token of a customer, made by its approver; with all scopes, or with these."""
    maker, key = by or approver_of(things), f"token number {next(_count)}"
    wanted = scopes or OF_CUSTOMERS
    return transaction(lambda: accounts.issue_token(things.customer_id, "ERP", wanted, 30, by=maker, key=key))


def token_of_ours(*scopes: str) -> str:
    """A token of our own, made by an administrator."""
    (boss,) = accounts.staff_with("administrator")
    maker = Identity(boss.id, boss.name, boss.email, frozenset({"administrator"}), None, None, None, None, 0)
    key, wanted = f"token number {next(_count)}", scopes or OF_OURS
    return transaction(lambda: accounts.issue_token(None, "BI", wanted, 30, by=maker, key=key))


class Caller:
    """A program with a token."""

    def __init__(self, app: Any, token: str) -> None:
        self.client, self.token = app.test_client(), token

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.token}", **headers})

    def post(self, path: str, key: str | None = None, **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or f"deed-number-{next(_count)}"}
        return self.client.post(f"/api/v1{path}", headers=headers, bare=True, **sent)


def have_programs(things: Things) -> tuple[int, int, int]:
    """A token of our own, an address of a customer's, and a test that was sent there."""
    token_of_ours()
    ours = accounts.tokens_of(None)[0].id
    by = things.people["approver"]
    address, _ = transaction(
        lambda: webhooks.register_address(things.customer_id, "https://erp.example/h", "ERP", (), by=by)
    )
    return ours, address, transaction(lambda: webhooks.send_test(things.customer_id, address))


def _nothing(_world: World, _text: str) -> Data:
    return {}


def _token(_world: World, text: str) -> Data:
    return {"name": text[:80] or "ERP", "scopes": "orders:read", "days": "90", "key": KEY}


def _address(_world: World, text: str) -> Data:
    return {"url": "https://other.example/hooks", "words": text[:80]}


FORMS = {
    "POST programs.issue_ours": Filled("administrator", _token),
    "POST programs.revoke_ours": Filled("administrator", _nothing),
    "POST programs.issue_mine": Filled("approver", _token),
    "POST programs.revoke_mine": Filled("approver", _nothing),
    "POST programs.add_mine": Filled("approver", _address),
    "POST programs.do_mine": Filled("approver", _nothing),
    "POST programs.replay_mine": Filled("approver", _nothing),
    "POST programs.add_webhook": Filled("manager", _address),
    "POST programs.do_webhook": Filled("manager", _nothing),
    "POST programs.replay_delivery": Filled("manager", _nothing),
}
