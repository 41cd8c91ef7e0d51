"""What accounts does for jobs of the platform."""

from __future__ import annotations

from portal.accounts.service import programs
from portal.platform import webhooks


def register() -> None:
    """An address that is switched off is told to its customer's people."""
    webhooks.when_off(programs.tell_off)
