"""Programs use the API with a token: of their own customer, of its scope, while it lives; sessions need their form token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import ApiToken
from portal.accounts.service import tokens
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.platform.db import db, transaction
from portal.platform.models import AuditEvent
from portal.proofs.models import Proof
from tests.integration.proofs.conftest import World, as_file

PATH = "/api/ocr/process"


@pytest.fixture
def issue(world: World) -> Callable[..., str]:
    """A token of the first customer, or of another: ``issue(customer_id=…, days=…)``."""
    count = iter(range(100))

    def make(customer_id: int | None = None, *, days: int = 30, name: str = "Stock system") -> str:
        key = f"the form number {next(count)}"
        owner = customer_id or world.customer_id
        return transaction(lambda: tokens.issue(owner, name, ["proofs:read"], days, by=world.clerk, key=key))

    return make


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_program_sends_a_document_without_a_form_token_and_reads_what_was_read(
    app: Any, world: World, proof_of: Any, issue: Any
) -> None:
    program, token = app.test_client(), issue()

    sent = program.post(f"{PATH}?wait=0", data={"file": as_file(proof_of(world.invoice()))}, headers=bearer(token))
    world.read()
    done = program.get(sent.get_json()["status_url"], headers=bearer(token))

    assert sent.status_code == 202
    assert done.get_json()["state"] == "verified" and done.headers["Cache-Control"] == "no-store"
    row = db.session.scalars(select(Proof)).one()
    assert (row.customer_id, row.user_id, row.via) == (world.customer_id, None, "api")
    deed = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "proof_received")).one()
    assert (deed.actor, deed.actor_id) == ("token Stock system", None)


def test_the_token_of_one_customer_finds_nothing_of_another(app: Any, world: World, proof_of: Any, issue: Any) -> None:
    theirs = world.send(proof_of(world.invoice(customer_id=world.other_id)), customer_id=world.other_id)
    program = app.test_client()

    own = program.get(f"{PATH}/{theirs.public_id}", headers=bearer(issue()))
    missing = program.get(f"{PATH}/prf_000000000000", headers=bearer(issue()))
    owner = program.get(f"{PATH}/{theirs.public_id}", headers=bearer(issue(world.other_id)))

    assert (own.status_code, missing.status_code, owner.status_code) == (404, 404, 200)
    assert own.get_json()["detail"] == missing.get_json()["detail"]


@pytest.mark.parametrize(
    "header",
    ["Bearer p360_nobody", "Bearer ", "Bearer", "Basic dXNlcjpwYXNz", "p360_x", "Bearer p360_" + "x" * 5000, "Bearer \u00e9"],
)  # fmt: skip
def test_what_is_no_token_is_401_as_json_even_beside_a_session(
    world: World, signed_in: Callable[[str], Any], header: str
) -> None:
    buyer = signed_in("buyer@karoo.example")
    buyer.get("/proofs/new")

    for answer in (
        buyer.get(f"{PATH}/prf_000000000000", headers={"Authorization": header}),
        buyer.post(PATH, data={"file": as_file(b"%PDF-1.4")}, headers={"Authorization": header}),
    ):
        assert answer.status_code == 401 and answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_and_one_that_has_ended_open_nothing(app: Any, world: World, issue: Any) -> None:
    program, revoked, ended = app.test_client(), issue(), issue(days=1)
    assert program.get(f"{PATH}/prf_000000000000", headers=bearer(revoked)).status_code == 404

    first = min(one.id for one in tokens.tokens_of(world.customer_id))
    transaction(lambda: tokens.revoke(world.customer_id, first))
    assert program.get(f"{PATH}/prf_000000000000", headers=bearer(revoked)).status_code == 401
    with clock.at(clock.now() + timedelta(days=2)):
        assert program.get(f"{PATH}/prf_000000000000", headers=bearer(ended)).status_code == 401


def test_a_token_without_the_scope_is_403_as_json(app: Any, world: World, issue: Any) -> None:
    token = issue()
    row = db.session.scalars(select(ApiToken)).one()
    row.scopes = "orders:read"
    db.session.commit()

    answer = app.test_client().get(f"{PATH}/prf_000000000000", headers=bearer(token))

    assert answer.status_code == 403 and answer.get_json()["error"]


@pytest.mark.parametrize("path", ["/proofs", "/invoices", "/account", "/staff/review", "/staff/customers"])
def test_a_token_opens_no_page(app: Any, world: World, issue: Any, path: str) -> None:
    answer = app.test_client().get(path, headers=bearer(issue()))

    assert answer.status_code == 303 and answer.location.startswith("/login")


def test_a_session_still_needs_its_form_token(world: World, signed_in: Callable[[str], Any]) -> None:
    buyer = signed_in("buyer@karoo.example")
    buyer.get("/proofs/new")

    answer = buyer.post(PATH, data={"file": as_file(b"%PDF-1.4")}, bare=True)

    assert answer.status_code == 400 and answer.mimetype == "application/problem+json"
    assert db.session.scalars(select(Proof)).all() == []


def test_every_other_form_still_needs_its_token_though_a_program_s_is_sent(
    world: World, signed_in: Callable[[str], Any], issue: Any
) -> None:
    buyer = signed_in("buyer@karoo.example")
    buyer.get("/proofs/new")

    answer = buyer.post("/account/theme", data={"theme": "dark"}, headers=bearer(issue()), bare=True)

    assert answer.status_code == 400


def test_a_token_is_kept_as_a_digest_and_never_shown_again(world: World, issue: Any) -> None:
    token = issue()

    row = db.session.scalars(select(ApiToken)).one()
    kept = {column.name: str(getattr(row, column.name)) for column in ApiToken.__table__.columns}
    assert len(row.token_hash) == 64 and not any(token in value or token[12:] in value for value in kept.values())
    assert token.startswith(row.starts) and len(token) > 40
    log = db.session.scalars(select(AuditEvent)).all()
    assert not any(token in f"{deed.before}{deed.after}" for deed in log)


def test_the_last_use_is_written_at_most_once_a_minute(app: Any, world: World, issue: Any) -> None:
    program, token = app.test_client(), issue()

    def used() -> Any:
        program.get(f"{PATH}/prf_000000000000", headers=bearer(token)).close()
        db.session.rollback()
        return tokens.tokens_of(world.customer_id)[0].used_at

    assert tokens.tokens_of(world.customer_id)[0].used_at is None
    first = used()
    assert first is not None and used() == first
    with clock.at(first + timedelta(minutes=2)):
        assert used() > first


def test_requests_are_counted_by_token(app: Any, world: World, issue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.platform import ratelimit

    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], rate_limit_enabled=True))
    app.extensions.pop("rate_windows", None)
    monkeypatch.setattr(ratelimit, "PROGRAMS", (ratelimit.Rule("program-minute", 2, 60),))
    program, busy, other = app.test_client(), issue(), issue()

    seen = [program.get(f"{PATH}/prf_000000000000", headers=bearer(busy)).status_code for _ in range(3)]

    assert seen == [404, 404, 429]
    assert program.get(f"{PATH}/prf_000000000000", headers=bearer(other)).status_code == 404


def test_the_same_form_makes_one_token(world: World) -> None:
    def make() -> str:
        return tokens.issue(world.customer_id, "Stock", ["proofs:read"], 30, by=world.clerk, key="the same key")

    transaction(make)
    with pytest.raises(Conflict):
        transaction(make)
    assert len(tokens.tokens_of(world.customer_id)) == 1


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["proofs:read"], 30), ("A", [], 30), ("A", ["everything"], 30), ("A", ["proofs:read"], 0), ("A", ["proofs:read"], 800)],
)  # fmt: skip
def test_a_token_without_name_scope_or_an_end_is_refused(world: World, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(BadInput):
        tokens.issue(world.customer_id, name, scopes, days, by=world.clerk, key="some long key")


def test_a_customer_has_so_many_live_tokens_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_LIVE", 1)

    def make(key: str) -> str:
        return tokens.issue(world.customer_id, "Stock", ["proofs:read"], 30, by=world.clerk, key=key)

    transaction(lambda: make("first key"))
    with pytest.raises(BadInput, match="Revoke one"):
        transaction(lambda: make("second key"))


def test_a_manager_issues_and_revokes_on_the_customer_s_page(
    app: Any, world: World, signed_in: Callable[[str], Any]
) -> None:
    from tests.integration.proofs.conftest import PASSWORD

    transaction(lambda: accounts.create_user("boss@us.example", "Lindiwe Nkosi", PASSWORD, staff_roles=["manager"]))
    manager = signed_in("boss@us.example")
    assert "/staff/customers/KDR001/tokens" in manager.get("/staff/customers/KDR001").get_data(as_text=True)
    manager.get("/staff/customers/KDR001/tokens")
    form = {"name": "Stock system", "scopes": "proofs:read", "days": "90", "key": "k" * 36}

    shown = manager.post("/staff/customers/KDR001/tokens", data=form).get_data(as_text=True)
    token = shown.split('data-copy="p360_')[1].split('"')[0]
    assert "p360_" + token not in manager.get("/staff/customers/KDR001/tokens").get_data(as_text=True)
    assert app.test_client().get(f"{PATH}/prf_1", headers=bearer("p360_" + token)).status_code == 404

    (listed,) = tokens.tokens_of(world.customer_id)
    strange = manager.post(f"/staff/customers/ZAN002/tokens/{listed.id}/revoke")
    revoked = manager.post(f"/staff/customers/KDR001/tokens/{listed.id}/revoke")
    assert (strange.status_code, revoked.status_code) == (404, 303)
    assert app.test_client().get(f"{PATH}/prf_1", headers=bearer("p360_" + token)).status_code == 401
    deeds = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "customer 1")))
    assert {"token.issued", "token.revoked"} <= deeds
