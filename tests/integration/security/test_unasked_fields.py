"""A form changes what it shows and nothing else, whatever more is sent with it; and a field left out breaks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.content import service as content
from portal.platform.db import transaction
from tests.integration.security.access_table import TABLE
from tests.integration.security.forms import FORMS, REFUSED
from tests.integration.security.stored import Cell, cells, strict_columns
from tests.integration.security.things import World

#: what nobody is asked for, and a careless form would take
UNASKED = {
    "status": "paid", "state": "paid", "balance": "0.00", "balance_cents": "0", "total_cents": "1", "total": "0.01",
    "amount_paid": "999999.00", "paid_cents": "99999900", "received_cents": "99999900", "is_admin": "1",
    "staff_roles": "administrator", "roles": "administrator", "role": "administrator", "is_staff": "1",
    "customer_id": "2", "user_id": "2", "owner": "2", "id": "1", "number": "INV-2026-000002", "invoice_id": "2",
    "price": "0.01", "price_cents": "1", "unit_price_cents": "1", "credit_limit": "999999.00", "credit_limit_cents": "1",
    "release_policy": "trusted", "released_by": "me", "terms_days": "60", "verdict": "verified", "via": "mail",
    "password": "another long sentence nobody guesses", "password_hash": "x", "password_version": "7", "email": "me@x.example",
    "disabled_at": "", "created_at": "2020-01-01", "by": "1", "by_name": "Somebody", "decided_at": "2020-01-01",
    "confirmed_at": "2020-01-01", "reference": "AAAAAAAA", "currency": "USD", "code": "HAX001", "version_id": "1",
    "slug": "evil", "picture_key": "documents/x", "storage_key": "documents/x", "sha256": "0" * 64, "duplicate_of": "x",
    "answered_by": "Somebody", "quantity_delivered": "9", "invoice_number": "INV-2026-000002", "delivered_at": "2020-01-01",
}  # fmt: skip

JUNK = ("\x00", "9" * 19, "-1", "９９", "a" * 20_000)


def test_every_rule_that_takes_a_form_has_a_good_one_here() -> None:
    assert {name for name, who in TABLE.items() if who and not name.startswith("GET")} == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_fields_that_nobody_asked_for_change_nothing(
    app: Flask, send: Callable[..., Any], restore: Callable[[], None], name: str
) -> None:
    left: list[dict[Cell, Any]] = []
    for extra in ({}, {}, UNASKED):
        restore()
        answer = send(name, extra=extra)
        wanted = {409, 422} if name in REFUSED else {200, 202, 303}
        assert answer.status_code in wanted, answer.get_data(as_text=True)[:3000]
        left.append(cells())
    first, again, more = left
    chance = {cell for cell in first.keys() | again.keys() if first.get(cell) != again.get(cell)}
    changed = {cell for cell in first.keys() | more.keys() if first.get(cell) != more.get(cell)} - chance
    assert not {cell: (first.get(cell), more.get(cell)) for cell in changed}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_without_one_of_its_fields_is_refused_in_words(
    world: World, send: Callable[..., Any], browser_of: Callable[..., Any], restore: Callable[[], None], name: str
) -> None:
    for missing in FORMS[name].data(world, "Plain words"):
        answer = send(name, without=missing)
        assert answer.status_code in {200, 202, 303, 400, 409, 422}, (missing, answer.status_code)
        restore()


@pytest.mark.parametrize("name", FORMS)
def test_junk_in_any_one_field_is_refused_or_kept_within_its_column(
    world: World, send: Callable[..., Any], restore: Callable[[], None], name: str
) -> None:
    with strict_columns():
        for field, value in FORMS[name].data(world, "Plain words").items():
            for junk in JUNK if isinstance(value, str) else ():
                answer = send(name, change={field: junk})
                assert answer.status_code in {200, 202, 303, 400, 409, 413, 422, 429}, (field, junk, answer.status_code)
                if answer.status_code < 400:
                    restore()


def test_a_text_that_its_column_does_not_hold_is_noticed_here(app: Flask) -> None:
    """The control of the test above: SQLite alone would keep it."""
    with strict_columns(), pytest.raises(AssertionError, match=r"contact_message\.name"):
        transaction(lambda: content.leave_message("a" * 121, "a@x.example", "", "Words"))
