"""Cart, orders, deliveries, quotes and approvals, as customers see them."""

from portal.orders.views import buying, cart, deliveries, orders
from portal.orders.views.blueprint import blueprint

__all__ = ["blueprint", "buying", "cart", "deliveries", "orders"]
