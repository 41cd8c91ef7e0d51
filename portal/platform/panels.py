"""What one feature shows on another's page: the invoice page shows its payments without knowing payments.

A feature above registers a function that renders its panel; the page asks for all panels of its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from markupsafe import Markup


class Shown(Protocol):
    """What a page shows, to features that do not know its kind."""

    @property
    def id(self) -> int:
        """Of its row."""


#: Gives the HTML of a panel for what a page shows (an invoice; on a pay page with the token of its link) or its id
#: (a customer), or nothing to say nothing.
Render = Callable[[Any], str]
_PANELS: dict[str, dict[str, Render]] = {}


def register(place: str, name: str, render: Render) -> None:
    """Add a panel to a place like ``invoice``; registering a name again replaces it."""
    _PANELS.setdefault(place, {})[name] = render


def of(place: str, shown: object) -> list[Markup]:
    """All panels of a place for what it shows, in the order of their names; empty ones are left out.

    The caller has checked that the person asking may see it.
    """
    rendered = (render(shown) for _, render in sorted(_PANELS.get(place, {}).items()))
    return [Markup(html) for html in rendered if html.strip()]  # noqa: S704 - templates have escaped it
