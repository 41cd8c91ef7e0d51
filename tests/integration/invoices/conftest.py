"""The same shop as the orders' tests have, and what the database is really asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from portal.platform.db import db
from tests.integration.orders.conftest import shop, signed_in

__all__ = ["shop", "signed_in"]


@pytest.fixture
def count_queries_on() -> Callable[[], Any]:
    """``with count_queries_on() as seen: …``: (statement, parameters) pairs, as the driver gets them."""

    @contextmanager
    def counting() -> Iterator[list[tuple[str, Any]]]:
        seen: list[tuple[str, Any]] = []

        def executed(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            seen.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", executed)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", executed)

    return counting
