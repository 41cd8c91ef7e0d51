"""What can go wrong in the catalogue."""

from __future__ import annotations

from portal.core.errors import BadInput


class NotAPicture(BadInput):
    """The file is no picture that we show."""
