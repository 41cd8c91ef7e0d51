"""What one feature shows on another's page: the invoice page shows its payments without knowing payments.

A feature above registers a function that renders its panel; the page asks for all panels of its place.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

#: Gives the HTML of a panel for the row with this id, or nothing when there is nothing to say.
Render = Callable[[int], str]
_PANELS: dict[str, dict[str, Render]] = {}


def register(place: str, name: str, render: Render) -> None:
    """Add a panel to a place like ``invoice``; registering a name again replaces it."""
    _PANELS.setdefault(place, {})[name] = render


def of(place: str, row_id: int) -> list[Markup]:
    """All panels of a place for one row, in the order of their names; empty ones are left out.

    The caller has checked that the person asking may see the row.
    """
    rendered = (render(row_id) for _, render in sorted(_PANELS.get(place, {}).items()))
    return [Markup(html) for html in rendered if html.strip()]  # noqa: S704 - templates have escaped it
