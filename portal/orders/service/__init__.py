"""Ordering: carts, orders, and when goods may leave."""

from portal.orders.service.cart import add_to_cart, cart_of, count_in_cart, remove_from_cart, set_quantity
from portal.orders.service.checks import register_invariants
from portal.orders.service.finding import detail, list_page, order, waiting_count
from portal.orders.service.placing import place_for_demo, place_order, reorder
from portal.orders.service.releasing import cancel, lift_hold, mark_delivered, release_by_hand, release_if_due

__all__ = [
    "add_to_cart",
    "cancel",
    "cart_of",
    "count_in_cart",
    "detail",
    "lift_hold",
    "list_page",
    "mark_delivered",
    "order",
    "place_for_demo",
    "place_order",
    "register_invariants",
    "release_by_hand",
    "release_if_due",
    "remove_from_cart",
    "reorder",
    "set_quantity",
    "waiting_count",
]
