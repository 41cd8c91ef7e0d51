"""Orders, dispatch and quotes, as our staff see and decide them."""

from portal.orders import service
from portal.orders.staff_views import dispatch, orders, quotes
from portal.orders.staff_views.blueprint import blueprint
from portal.platform.http import shell_counts

__all__ = ["blueprint", "dispatch", "orders", "quotes"]

shell_counts.register("orders", service.waiting_count)
shell_counts.register("dispatch", service.dispatch_count)
shell_counts.register("quotes", service.quotes_waiting)
