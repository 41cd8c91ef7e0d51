"""The shelf, as our staff see and change it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.forms import CountForm, KeepForm, ReceiveForm
from portal.catalog.staff_views.blueprint import blueprint
from portal.catalog.types import (
    Filled,
    MovementFilter,
    MovementInfo,
    MovementKind,
    ProductInfo,
    Shelf,
    ShelfFilter,
    Waiting,
)
from portal.core import text
from portal.core.errors import BadInput, Conflict
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.paging import asked_for

SHELVES: lists.Columns[Shelf] = lists.Columns(
    "shelves", ("code", "name", "unit", "on_hand", "reserved", "available", "reorder_level"),
    lambda each: (
        each.sku, each.name, each.unit, each.level.on_hand, each.level.reserved, each.level.available,
        each.level.reorder_level,
    ),
)  # fmt: skip
MOVEMENTS: lists.Columns[MovementInfo] = lists.Columns(
    "movements", ("at", "code", "name", "kind", "quantity", "on_hand", "order", "words", "by"),
    lambda each: (
        each.at, each.sku, each.name, each.kind.value, each.quantity, each.on_hand, each.order_number, each.words,
        each.by,
    ),
)  # fmt: skip
WAITING: lists.Columns[Waiting] = lists.Columns(
    "waiting",
    ("order", "code", "name", "quantity", "ordered_at"),
    lambda each: (each.order_number, each.sku, each.name, each.quantity, each.ordered_at),
)
_FEW = 10


@blueprint.get("/staff/catalog/stock")
@access.staff()
def stock() -> ResponseReturnValue:
    """What is on the shelf, and what of it is low."""
    wanted, search = ShelfFilter.of(request.args.get("show")), request.args.get("q", "").strip()[:80]
    pages = partial(service.shelves, wanted, search)
    return lists.page("catalog/stock.html", SHELVES, pages, wanted=wanted, search=search)


@blueprint.get("/staff/catalog/stock/back-orders")
@access.staff()
def back_orders() -> ResponseReturnValue:
    """What orders wait for."""
    return lists.page("catalog/back_orders.html", WAITING, service.back_orders)


@blueprint.get("/staff/catalog/stock/movements")
@access.staff()
def movements() -> ResponseReturnValue:
    """Everything that came, went or was counted."""
    wanted = _wanted_movements()
    pages = partial(service.movements, wanted)
    return lists.page("catalog/movements.html", MOVEMENTS, pages, wanted=wanted, kinds=MovementKind)


@blueprint.get("/staff/catalog/<sku>/stock")
@access.staff()
def shelf(sku: str) -> ResponseReturnValue:
    """One product's shelf: what is there, for whom, and what moved."""
    return _shelf_page(service.product_by_sku(sku, on_sale_only=False))


@blueprint.post("/staff/catalog/<sku>/stock/receive")
@access.staff()
@commit_on_success
def receive(sku: str) -> ResponseReturnValue:
    """Goods came in."""
    product, form = service.product_by_sku(sku, on_sale_only=False), ReceiveForm()
    if form.validate_on_submit():
        try:
            filled = service.receive(
                product.id, form.quantity.data, form.words.data, by=current_identity().name, key=form.key.data
            )
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{form.quantity.data} of {sku} are on the shelf.{_went_to(filled)}", "done")
            return redirect(url_for(".shelf", sku=sku), code=303)
    return _shelf_page(product, receive=form), 422


@blueprint.post("/staff/catalog/<sku>/stock/count")
@access.staff()
@commit_on_success
def count(sku: str) -> ResponseReturnValue:
    """Somebody counted what is there."""
    product, form = service.product_by_sku(sku, on_sale_only=False), CountForm()
    if form.validate_on_submit():
        try:
            filled = service.count(product.id, form.found.data, form.why.data, by=current_identity().name)
        except BadInput as error:
            form.form_errors.append(error.words)
        else:
            flash(f"{form.found.data} of {sku} are on the shelf.{_went_to(filled)}", "done")
            return redirect(url_for(".shelf", sku=sku), code=303)
    return _shelf_page(product, count=form), 422


@blueprint.post("/staff/catalog/<sku>/stock/keep")
@access.staff("clerk", "manager")
@commit_on_success
def keep(sku: str) -> ResponseReturnValue:
    """Whether stock is kept of a product, and when it is low."""
    product, form = service.product_by_sku(sku, on_sale_only=False), KeepForm()
    if not form.validate_on_submit():
        return _shelf_page(product, keep=form), 422
    try:
        if form.kept.data:
            service.keep_stock(product.id, form.reorder_level.data)
        else:
            service.stop_keeping_stock(product.id)
    except Conflict as error:
        form.form_errors.append(str(error))
        return _shelf_page(product, keep=form), 409
    flash(f"Stock is kept of {sku}." if form.kept.data else f"No stock is kept of {sku} any more.", "done")
    return redirect(url_for(".shelf", sku=sku), code=303)


def _wanted_movements() -> MovementFilter:
    """The filter that the address asks for."""
    return MovementFilter(
        sku=asked_for(request.args.get("product", ""), 40).upper(),
        kind=next((each for each in MovementKind if each == request.args.get("kind")), None),
        order_number=asked_for(request.args.get("order", ""), 20).upper(),
        first_day=_day("from"),
        last_day=_day("to"),
    )


def _shelf_page(
    product: ProductInfo, *, receive: ReceiveForm | None = None, count: CountForm | None = None,
    keep: KeepForm | None = None,
) -> str:  # fmt: skip
    reserved, waiting = service.orders_of_product(product.id)
    level = product.stock
    kept = keep or KeepForm(kept=level is not None, reorder_level=level.reorder_level if level else 0)
    return page(
        "catalog/shelf.html", product=product, level=level, reserved=reserved, waiting=waiting,
        movements=service.movements(MovementFilter(sku=product.sku), limit=_FEW),
        receive=receive or ReceiveForm(), count=count or CountForm(), keep=kept,
    )  # fmt: skip


def _went_to(filled: Iterable[Filled]) -> str:
    orders = list(dict.fromkeys(each.order_number for each in filled))
    if not orders:
        return ""
    named = text.listed(orders[:5]) if len(orders) <= 5 else f"{len(orders)} orders"
    return f" What {named} waited for is reserved now."


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return None
