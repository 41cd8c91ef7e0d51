"""What invoices bring into the running application."""

from __future__ import annotations

from portal.invoices import service


def register() -> None:
    """Add the invariants of invoices to the self-check."""
    service.register_invariants()
