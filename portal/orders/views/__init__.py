"""Cart, orders, deliveries, quotes and approvals, as customers see them."""

from portal.orders.views import buying, cart, deliveries, orders, quotes
from portal.orders.views.blueprint import blueprint

__all__ = ["blueprint", "buying", "cart", "deliveries", "orders", "quotes"]
