"""How Stripe's library reaches Stripe: through our own door to other companies. Loaded with that library alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripe import HTTPClient

from portal.platform import outbound


class Door(HTTPClient):
    """Our deadline, our cap on answers, no proxy, and nothing inside a transaction."""

    name = "portal"

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """The answer to one question. Raises Unavailable without one."""
        body = post_data.encode() if isinstance(post_data, str) else post_data
        answer = outbound.ask(method.upper(), url, body, headers)
        return answer.text, answer.status, {}

    def close(self) -> None:
        """Each question has a connection of its own."""
