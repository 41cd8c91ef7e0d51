"""What we say about ourselves, and messages that strangers leave."""

from __future__ import annotations

from portal.core.company import Company
from portal.platform import config


def company() -> Company:
    """Who we are, as configured (COMPANY_NAME and its neighbours)."""
    return config.current().company
