"""Ordering: carts, orders, and when goods may leave."""

from portal.orders.service.approving import approval_of, approvals_page, approve, lapse_old, refuse, withdraw
from portal.orders.service.buying import addresses, po_rules, remove_address, save_address, set_po_rules
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
from portal.orders.service.quick import add_many, propose, propose_again
from portal.orders.service.releasing import cancel, lift_hold, release_by_hand, release_if_due

__all__ = [
    "add_many",
    "add_to_cart",
    "addresses",
    "approval_of",
    "approvals_page",
    "approve",
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
    "lapse_old",
    "lift_hold",
    "list_page",
    "mark_delivered",
    "open_lines",
    "order",
    "pick_list",
    "place_for_demo",
    "place_order",
    "po_rules",
    "propose",
    "propose_again",
    "record_receipt",
    "refuse",
    "register_invariants",
    "release_by_hand",
    "release_if_due",
    "remove_address",
    "remove_from_cart",
    "reorder",
    "save_address",
    "set_po_rules",
    "set_quantity",
    "short_of",
    "waiting_count",
    "withdraw",
]
