"""What programs read and write of orders."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from portal.core.vat import VatCode
from portal.orders.types import LARGEST_QUANTITY, LONGEST_PO_NUMBER, MOST_ADDRESS_LINES, OrderInfo, OrderLine, State
from portal.platform.rest import Amount, Asked, Instant, Shape, amount

MOST_LINES = 200


class OrderedLine(Shape, frozen=True, kw_only=True):
    """One line as ordered or offered; VAT is rounded on each line."""

    sku: Annotated[str, Meta(examples=["HH-12-R2AT"])]
    description: Annotated[str, Meta(examples=["Hydraulic hose 1/2 inch, 50 m roll"])]
    quantity: Annotated[int, Meta(examples=[2])]
    unit: Annotated[str, Meta(examples=["roll"])]
    unit_price: Annotated[Amount, Meta(description="Of one unit, without VAT.")]
    vat_code: VatCode
    vat_rate: Annotated[int, Meta(description="Hundredths of a percent.", examples=[1500])]
    net: Amount
    vat: Amount
    gross: Amount


class Order(Shape, frozen=True, kw_only=True):
    """An order."""

    number: Annotated[str, Meta(examples=["ORD-2026-000123"])]
    customer: Annotated[str, Meta(description="The customer’s code.", examples=["MPD014"])]
    state: State
    po_number: Annotated[str, Meta(description="Your own number.", examples=["PO 88123"])]
    placed_at: Instant
    placed_by: Annotated[str, Meta(examples=["Thandi Mokoena"])]
    net: Amount
    vat: Amount
    total: Amount
    invoice: Annotated[str | None, Meta(description="Its invoice, once there is one.", examples=["INV-2026-000417"])]
    held_reason: Annotated[str, Meta(description="Why it waits for us; empty when it does not.")]
    released_at: Instant | None
    delivered_at: Instant | None
    cancelled_at: Instant | None


class WholeOrder(Order, frozen=True, kw_only=True):
    """An order with its lines."""

    lines: list[OrderedLine]
    delivery: Annotated[list[str], Meta(description="Where it goes.", examples=[["1 Main Road", "Rustenburg"]])]
    note: str
    cancel_reason: str


class NewLine(Asked, frozen=True, kw_only=True):
    """So much of a product."""

    sku: Annotated[str, Meta(min_length=1, max_length=40, description="A product’s code.", examples=["HH-12-R2AT"])]
    quantity: Annotated[int, Meta(ge=1, le=LARGEST_QUANTITY, description="Whole units.", examples=[2])]


class NewOrder(Asked, frozen=True, kw_only=True):
    """An order to be placed at today’s prices, by the rules of your company."""

    lines: Annotated[list[NewLine], Meta(min_length=1, max_length=MOST_LINES)]
    po_number: Annotated[
        str, Meta(max_length=LONGEST_PO_NUMBER, description="Your own number.", examples=["PO 88123"])
    ] = ""
    delivery: Annotated[
        list[Annotated[str, Meta(max_length=120)]],
        Meta(max_length=MOST_ADDRESS_LINES, description="Where it goes; left out for your company’s address.", examples=[["Shaft 4", "Rustenburg"]]),
    ] = []  # fmt: skip
    note: Annotated[str, Meta(max_length=500, description="For our dispatcher.")] = ""
    expected_total: Annotated[
        int | None,
        Meta(description="What you reckon it comes to with VAT, in whole cents; another total is refused.", examples=[None]),
    ] = None  # fmt: skip


def order(info: OrderInfo) -> Order:
    """An order of a list."""
    return Order(**_facts(info))


def whole_order(
    info: OrderInfo, lines: tuple[OrderLine, ...], delivery: tuple[str, ...], note: str, why: str
) -> WholeOrder:
    """An order with its lines."""
    return WholeOrder(
        **_facts(info), lines=[line(each) for each in lines], delivery=list(delivery), note=note, cancel_reason=why
    )


def _facts(info: OrderInfo) -> dict[str, Any]:
    return {
        "number": info.number, "customer": info.customer_code, "state": info.state, "po_number": info.po_number,
        "placed_at": info.placed_at, "placed_by": info.placed_by, "net": amount(info.net), "vat": amount(info.vat),
        "total": amount(info.total), "invoice": info.invoice_number or None, "held_reason": info.held_reason,
        "released_at": info.released_at, "delivered_at": info.delivered_at, "cancelled_at": info.cancelled_at,
    }  # fmt: skip


def line(one: OrderLine) -> OrderedLine:
    """A line of an order or of a quote."""
    return OrderedLine(
        sku=one.sku, description=one.description, quantity=one.quantity, unit=one.unit,
        unit_price=amount(one.unit_price), vat_code=one.vat_code, vat_rate=one.rate, net=amount(one.net),
        vat=amount(one.vat), gross=amount(one.gross),
    )  # fmt: skip
