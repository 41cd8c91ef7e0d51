"""The interface does what its own description says, on real data: schemathesis asks, within bounds."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from portal.platform.rest import document
from tests.integration.security.programs import token_of, token_of_ours
from tests.integration.security.things import World

#: of each operation, in each way
EXAMPLES = 12
BOUNDED = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
WAYS = {"as described": schemathesis.GenerationMode.POSITIVE, "otherwise": schemathesis.GenerationMode.NEGATIVE}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("whose", ["customer", "ours"])
def test_every_answer_is_as_the_description_says(app: Flask, world: World, whose: str, way: str) -> None:
    token = token_of(world.first) if whose == "customer" else token_of_ours()
    schema = schemathesis.openapi.from_dict(document.build(app, "http://localhost"))
    schema.app = app
    asked: dict[str, int] = {}

    for found in schema.get_all_operations():
        operation = found.ok()

        def ask(case: Any) -> None:
            asked[case.operation.label] = asked.get(case.operation.label, 0) + 1
            headers = {"Authorization": f"Bearer {token}"}
            if way == "as described" and case.method == "POST":
                headers["Idempotency-Key"] = f"a-new-deed-{sum(asked.values())}"
            case.call_and_validate(headers=headers)

        try:
            BOUNDED(given(case=operation.as_strategy(generation_mode=WAYS[way]))(ask))()
        except Unsatisfiable:  # nothing about this one can be sent otherwise
            assert way == "otherwise" and not operation.query and not operation.body
    assert len(asked) >= 19 and sum(asked.values()) >= 100
