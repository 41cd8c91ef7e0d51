"""The same shop as the orders' tests have."""

from tests.integration.orders.conftest import shop, signed_in

__all__ = ["shop", "signed_in"]
