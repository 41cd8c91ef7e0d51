"""Keys that make a command act once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.core import clock
from portal.core.errors import BadInput
from portal.platform import idempotency
from portal.platform.db import db, transaction

KEY, SCOPE = "4d0b8e26-9a2f-4a53-8a0d-3f3a4f2b1c00", "orders.place:1"


def test_the_first_answer_comes_back(app):
    assert idempotency.answer_to(KEY, SCOPE) is None

    transaction(lambda: idempotency.remember(KEY, SCOPE, {"number": "ORD-2026-000017"}))

    assert idempotency.answer_to(KEY, SCOPE) == {"number": "ORD-2026-000017"}


def test_a_key_belongs_to_its_scope(app):
    transaction(lambda: idempotency.remember(KEY, SCOPE, {}))

    assert idempotency.answer_to(KEY, "orders.place:2") is None


def test_a_deed_that_is_rolled_back_may_be_done_again(app):
    idempotency.remember(KEY, SCOPE, {})
    db.session.rollback()

    assert idempotency.answer_to(KEY, SCOPE) is None


def test_the_second_to_remember_is_told_and_rolled_back(app):
    transaction(lambda: idempotency.remember(KEY, SCOPE, {"n": 1}))

    with pytest.raises(idempotency.SentTwice):
        transaction(lambda: idempotency.remember(KEY, SCOPE, {"n": 2}))

    assert idempotency.answer_to(KEY, SCOPE) == {"n": 1}


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "käse-und-brot", "line\nbreak-key"])
def test_what_cannot_be_a_key_is_refused(app, key):
    with pytest.raises(BadInput):
        idempotency.answer_to(key, SCOPE)


def test_keys_are_forgotten_after_a_season(app):
    with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
        transaction(lambda: idempotency.remember(KEY, SCOPE, {}))
    with clock.at(datetime(2026, 3, 31, tzinfo=UTC)):
        assert transaction(idempotency.forget_old) == 0
    with clock.at(datetime(2026, 4, 2, tzinfo=UTC)):
        assert transaction(idempotency.forget_old) == 1
