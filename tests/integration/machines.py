"""State machines of deeds against a fresh database for each story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.integration.soundness import broken


def run_stories(application: Any, deeds: type[RuleBasedStateMachine], begin: Callable[[Any], None]) -> None:
    """Ten stories of fifteen deeds, each sound at its end. begin: makes the world that a machine acts in."""

    class Machine(deeds):  # type: ignore[misc,valid-type]
        def __init__(self) -> None:
            super().__init__()
            self.database = application.fresh()
            next(self.database)
            begin(self)

        def teardown(self) -> None:
            try:
                assert broken() == []
            finally:
                next(self.database, None)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
