"""What a visitor did before they signed in, and who wants to know of it: the cart does, and accounts knows no cart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.core.identity import Identity

#: Gets the person and what their browser's session held as a visitor.
Handler = Callable[[Identity, Mapping[str, Any]], None]
_HANDLERS: dict[str, Handler] = {}


def register(name: str, handler: Handler) -> None:
    """Be told when somebody has signed in; registering a name again replaces it. The handler commits what it writes."""
    _HANDLERS[name] = handler


def arrived(identity: Identity, before: Mapping[str, Any]) -> None:
    """Tell everybody who registered."""
    for _, handler in sorted(_HANDLERS.items()):
        handler(identity, before)
