"""Every route says who may call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.platform.http import access, access_of

#: Who may be asked without signing in; a new one is a decision, not an accident.
MACHINES = {
    "monitoring.healthy", "monitoring.live", "monitoring.detailed", "monitoring.status", "monitoring.numbers",
    "monitoring.prometheus", "monitoring.stats",
}  # fmt: skip


def unmarked(app: Flask) -> list[str]:
    return sorted(
        endpoint for endpoint, view in app.view_functions.items() if endpoint != "static" and access_of(view) is None
    )


def of_kind(app: Flask, kind: str) -> set[str]:
    found = {name: access_of(view) for name, view in app.view_functions.items()}
    return {name for name, mark in found.items() if mark is not None and mark.kind == kind}


def test_every_route_carries_an_access_mark(house: Flask) -> None:
    assert len(house.view_functions) > 30, "the rule looks at nothing"
    assert unmarked(house) == []


def test_the_guard_finds_a_route_without_a_mark() -> None:
    app = Flask(__name__)
    app.add_url_rule("/open", "open", access.public(lambda: ""))
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    assert unmarked(app) == ["forgotten"]


def test_a_request_to_a_route_without_a_mark_is_refused_at_run_time(house: Flask) -> None:
    def forgotten() -> str:
        return "seen by everybody"

    house.view_functions["monitoring.live"], kept = forgotten, house.view_functions["monitoring.live"]
    try:
        with pytest.raises(RuntimeError, match="no access mark"):
            house.test_client().get("/health/live")
    finally:
        house.view_functions["monitoring.live"] = kept


def test_only_the_known_machine_routes_are_for_machines(house: Flask) -> None:
    assert {name for name in of_kind(house, "machine") if name.startswith("monitoring.")} == MACHINES


def test_staff_addresses_are_for_staff_alone(house: Flask) -> None:
    for rule in house.url_map.iter_rules():
        mark = access_of(house.view_functions[rule.endpoint])
        if rule.rule.startswith("/staff"):
            assert mark is not None and mark.kind == "staff", rule.rule
        elif mark is not None:
            assert mark.kind != "staff", rule.rule


def unwrapped(view: Callable[..., Any]) -> list[Callable[..., Any]]:
    layers = [view]
    while (inner := getattr(layers[-1], "__wrapped__", None)) is not None:
        layers.append(inner)
    return layers


def test_the_mark_stands_outside_of_everything_that_wraps_a_view(house: Flask) -> None:
    """A mark under another decorator would hold only because wraps copies attributes; it reads as if it did not."""
    for endpoint, view in house.view_functions.items():
        marks = [access_of(layer) for layer in unwrapped(view) if access_of(layer) is not None]
        assert len(set(marks)) <= 1, endpoint
