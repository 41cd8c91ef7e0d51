"""Price lists, saved as exactly what their pages show."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.staff_views.blueprint import blueprint
from portal.catalog.types.money_rows import EVERYBODY, OPEN, PRICE_COLUMNS
from portal.platform import export
from portal.platform.http import access

_PRICES = (*PRICE_COLUMNS, "name", "shop_price")


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
