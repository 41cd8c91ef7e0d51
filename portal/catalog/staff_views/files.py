"""Lists of the shelf and of prices, saved as exactly what their pages show."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.staff_views.blueprint import blueprint
from portal.catalog.staff_views.stock import wanted_movements
from portal.catalog.types import ShelfFilter
from portal.catalog.types.money_rows import EVERYBODY, OPEN, PRICE_COLUMNS
from portal.platform import export
from portal.platform.http import access

_STOCK = ("code", "name", "unit", "on_hand", "reserved", "available", "reorder_level")
_MOVEMENTS = ("at", "code", "name", "kind", "quantity", "on_hand", "order", "words", "by")
_WAITING = ("order", "code", "name", "quantity", "ordered_at")
_PRICES = (*PRICE_COLUMNS, "name", "shop_price")


@blueprint.get("/staff/catalog/stock.<any(csv,xlsx):form>")
@access.staff()
def stock_file(form: str) -> ResponseReturnValue:
    """What is on the shelf."""
    wanted, search = ShelfFilter.of(request.args.get("show")), request.args.get("q", "").strip()[:80]
    every = export.every(lambda after: service.shelves(wanted, search, after, limit=export.BATCH))
    rows = (
        (each.sku, each.name, each.unit, each.level.on_hand, each.level.reserved, each.level.available,
         each.level.reorder_level)
        for each in every
    )  # fmt: skip
    return export.download("stock", _STOCK, rows, form)


@blueprint.get("/staff/catalog/stock/movements.<any(csv,xlsx):form>")
@access.staff()
def movements_file(form: str) -> ResponseReturnValue:
    """What came, went or was counted."""
    wanted = wanted_movements()
    every = export.every(lambda after: service.movements(wanted, after, limit=export.BATCH))
    rows = (
        (
            each.at,
            each.sku,
            each.name,
            each.kind.value,
            each.quantity,
            each.on_hand,
            each.order_number,
            each.words,
            each.by,
        )
        for each in every
    )
    return export.download("movements", _MOVEMENTS, rows, form)


@blueprint.get("/staff/catalog/stock/back-orders.<any(csv,xlsx):form>")
@access.staff()
def back_orders_file(form: str) -> ResponseReturnValue:
    """What orders wait for."""
    every = export.every(lambda after: service.back_orders(after, limit=export.BATCH))
    rows = ((each.order_number, each.sku, each.name, each.quantity, each.ordered_at) for each in every)
    return export.download("back-orders", _WAITING, rows, form)


@blueprint.get("/staff/catalog/prices/<int:list_id>.<any(csv,xlsx):form>")
@access.staff()
def prices_file(list_id: int, form: str) -> ResponseReturnValue:
    """The prices of a list, in the columns that an import reads."""
    info, search = service.price_list(list_id), request.args.get("q", "").strip()[:40]
    every = export.every(lambda after: service.listed_prices(list_id, search, after, limit=export.BATCH))
    last = info.valid_to.isoformat() if info.valid_to else OPEN
    whom = EVERYBODY if info.everybody else " ".join(each.code for each in service.customers_of_list(list_id))
    facts = (info.name, info.currency, info.valid_from, last, whom)
    rows = ((*facts, each.sku, each.from_quantity, each.price, each.name, each.shop) for each in every)
    return export.download(f"prices-{list_id}", _PRICES, rows, form)
