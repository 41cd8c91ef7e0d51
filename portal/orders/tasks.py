"""What orders bring into the running application."""

from __future__ import annotations

from portal.orders import service


def register() -> None:
    """Add the invariants of orders to the self-check."""
    service.register_invariants()
