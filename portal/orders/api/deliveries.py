"""Delivery notes: listed and read."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from portal.accounts import service as accounts
from portal.orders import service
from portal.orders.api.blueprint import blueprint
from portal.orders.types.deliveries import DeliveryFilter, DeliveryInfo, DeliveryState
from portal.platform.http import access, current_program
from portal.platform.rest import Instant, Listed, PageAsked, Search, Shape, listed, operation


class Delivery(Shape, frozen=True, kw_only=True):
    """Goods that left with a delivery note."""

    number: Annotated[str, Meta(examples=["DN-2026-000077"])]
    order: Annotated[str, Meta(examples=["ORD-2026-000123"])]
    po_number: Annotated[str, Meta(examples=["PO 88123"])]
    state: DeliveryState
    sent_at: Instant
    received_at: Instant | None
    receiver: Annotated[str, Meta(description="Who took it; empty until then.", examples=["J. Nkosi"])]
    address: list[str]
    note: str


class DeliveredLine(Shape, frozen=True, kw_only=True):
    """So much of a product."""

    sku: Annotated[str, Meta(examples=["HH-12-R2AT"])]
    description: str
    unit: Annotated[str, Meta(examples=["roll"])]
    quantity: Annotated[int, Meta(examples=[2])]
    ordered: Annotated[int, Meta(description="By the order’s line.", examples=[5])]


class WholeDelivery(Delivery, frozen=True, kw_only=True):
    """A delivery with its lines."""

    lines: list[DeliveredLine]


class DeliveriesAsked(PageAsked, frozen=True, kw_only=True):
    """Which deliveries."""

    state: DeliveryFilter = DeliveryFilter.ALL
    q: Search = ""


@blueprint.get("/api/v1/deliveries")
@access.program("orders:read")
@operation(
    "List deliveries", tag="Deliveries", answer=Listed[Delivery], query=DeliveriesAsked, words="The newest first."
)
def deliveries(query: DeliveriesAsked) -> Listed[Delivery]:
    """A page of delivery notes."""
    whose = accounts.whose(current_program(), query.customer)
    page = service.deliveries_page(whose, query.state, query.q, query.after or None, limit=query.limit)
    return listed(page, lambda info: Delivery(**_facts(info)))


@blueprint.get("/api/v1/deliveries/<number>")
@access.program("orders:read")
@operation("Get a delivery", tag="Deliveries", answer=WholeDelivery,
           path={"number": ("The delivery note’s number.", "DN-2026-000077")})  # fmt: skip
def delivery(number: str) -> WholeDelivery:
    """One delivery with its lines."""
    found = service.delivery_detail(number, current_program().customer_id)
    lines = [
        DeliveredLine(sku=each.sku, description=each.description, unit=each.unit, quantity=each.quantity, ordered=each.ordered)
        for each in found.lines
    ]  # fmt: skip
    return WholeDelivery(**_facts(found.info), lines=lines)


def _facts(info: DeliveryInfo) -> dict[str, Any]:
    return {
        "number": info.number, "order": info.order_number, "po_number": info.po_number, "state": info.state,
        "sent_at": info.sent_at, "received_at": info.received_at, "receiver": info.receiver,
        "address": list(info.address), "note": info.note,
    }  # fmt: skip
