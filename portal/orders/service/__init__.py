"""Ordering: carts, orders, and when goods may leave."""

from portal.orders.service.cart import add_to_cart, cart_of, count_in_cart, remove_from_cart, set_quantity
from portal.orders.service.checks import register_invariants
from portal.orders.service.dispatching import (
    deliver,
    deliveries_of,
    deliveries_page,
    delivery,
    delivery_detail,
    dispatch_page,
    evidence,
    mark_delivered,
    open_lines,
    pick_list,
    record_receipt,
    short_of,
)
from portal.orders.service.finding import detail, dispatch_count, list_page, order, waiting_count
from portal.orders.service.placing import place_for_demo, place_order, reorder
from portal.orders.service.printing import delivery_note
from portal.orders.service.releasing import cancel, lift_hold, release_by_hand, release_if_due

__all__ = [
    "add_to_cart",
    "cancel",
    "cart_of",
    "count_in_cart",
    "deliver",
    "deliveries_of",
    "deliveries_page",
    "delivery",
    "delivery_detail",
    "delivery_note",
    "detail",
    "dispatch_count",
    "dispatch_page",
    "evidence",
    "lift_hold",
    "list_page",
    "mark_delivered",
    "open_lines",
    "order",
    "pick_list",
    "place_for_demo",
    "place_order",
    "record_receipt",
    "register_invariants",
    "release_by_hand",
    "release_if_due",
    "remove_from_cart",
    "reorder",
    "set_quantity",
    "short_of",
    "waiting_count",
]
