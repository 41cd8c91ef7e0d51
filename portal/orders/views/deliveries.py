"""What was delivered, as customers see it."""

from __future__ import annotations

from functools import partial

from flask import Response, request
from flask.typing import ResponseReturnValue

from portal.orders import service
from portal.orders.types.deliveries import DELIVERY_HEADS, DeliveryFilter, DeliveryInfo
from portal.orders.views.blueprint import blueprint
from portal.platform import lists
from portal.platform.http import access, customer_id, page
from portal.platform.http.serving import pdf_shown, private_picture

DELIVERIES: lists.Columns[DeliveryInfo] = lists.Columns("deliveries", DELIVERY_HEADS, DeliveryInfo.cells)


@blueprint.get("/deliveries")
@access.customer()
def deliveries() -> ResponseReturnValue:
    """The customer's delivery notes, newest first."""
    search, wanted = request.args.get("q", "").strip()[:80], DeliveryFilter.of(request.args.get("show"))
    pages = partial(service.deliveries_page, customer_id(), wanted, search)
    return lists.page(
        "orders/deliveries.html", DELIVERIES, lambda after, limit: pages(after, limit=limit), limit=25, search=search,
        wanted=wanted,
    )  # fmt: skip


@blueprint.get("/deliveries/<number>")
@access.customer()
def delivery(number: str) -> ResponseReturnValue:
    """One delivery: what was on it, and who took it."""
    return page("orders/delivery.html", delivery=service.delivery_detail(number, customer_id()))


@blueprint.get("/deliveries/<number>.pdf")
@access.customer()
def delivery_note(number: str) -> Response:
    """The delivery note as a PDF."""
    return pdf_shown(service.delivery_note(number, customer_id()), f"{number}.pdf")


@blueprint.get("/deliveries/<number>/received.webp")
@access.customer()
def evidence(number: str) -> Response:
    """The photo or signature of who took the goods."""
    return private_picture(service.evidence(number, customer_id()))
