"""Orders, quotes and deliveries, for programs."""

from portal.orders.api import deliveries, orders, quotes  # noqa: F401 - they add their routes
from portal.orders.api.blueprint import blueprint

__all__ = ["blueprint"]
