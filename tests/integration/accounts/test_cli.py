"""``flask user create``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from portal.accounts import service


def test_a_person_is_created_for_a_customer(make_customer: Callable[..., int], app: Any) -> None:
    customer_id = make_customer("MPD014")
    command = ["user", "create", "--email", "New@mpd.example", "--name", "New", "--customer", "mpd014", "--json"]

    told = json.loads(app.test_cli_runner().invoke(args=command).output)

    assert told["ok"] is True
    assert service.sign_in("new@mpd.example", told["password"], address="127.0.0.1", agent="test")
    assert [person.email for person in service.users_of(customer_id, "buyer")] == ["new@mpd.example"]


def test_a_staff_password_may_come_from_standard_input(app: Any) -> None:
    command = ["user", "create", "--email", "a@b.example", "--name", "A", "--staff", "clerk", "--password-stdin"]

    done = app.test_cli_runner().invoke(args=command, input="five words nobody has chosen\n")

    assert done.exit_code == 0
    assert "five words" not in done.output
    assert [person.role for person in service.staff_with("clerk")] == ["clerk"]


def test_what_cannot_be_is_refused_in_words(make_user: Callable[..., int], app: Any) -> None:
    make_user()
    create = ["user", "create", "--name", "X", "--json", "--email"]

    twice = app.test_cli_runner().invoke(args=[*create, "thandi@mpd.example"])
    nowhere = app.test_cli_runner().invoke(args=[*create, "x@y.example", "--customer", "ZZZ999"])

    assert (twice.exit_code, nowhere.exit_code) == (1, 1)
    assert json.loads(twice.output) == {"ok": False, "error": "thandi@mpd.example has a sign-in already."}
    assert "no customer ZZZ999" in json.loads(nowhere.output)["error"]
