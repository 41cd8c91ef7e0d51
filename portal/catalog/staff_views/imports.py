"""Tables of products, of prices and of exchange rates: saved, uploaded, looked at, written."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.forms import RemoveForm, TableForm
from portal.catalog.staff_views.blueprint import blueprint
from portal.catalog.types import COLUMNS, ImportInfo, ImportKind, ImportState, Outcome, ProductInfo
from portal.core.errors import BadInput, NotFound
from portal.platform import export
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, fragment_or_page, page


@blueprint.get("/staff/catalog/import")
@access.staff("clerk", "manager")
def tables() -> ResponseReturnValue:
    """The last imports of products, and a form for another."""
    return _tables_page(ImportKind.PRODUCTS, TableForm())


@blueprint.post("/staff/catalog/import")
@access.staff("clerk", "manager")
@commit_on_success
def read_table() -> ResponseReturnValue:
    """Read a table of products and show what it would do."""
    return _read(ImportKind.PRODUCTS)


@blueprint.get("/staff/catalog/prices/import")
@access.staff("manager")
def price_tables() -> ResponseReturnValue:
    """The last imports of price lists, and a form for another."""
    return _tables_page(ImportKind.PRICES, TableForm())


@blueprint.post("/staff/catalog/prices/import")
@access.staff("manager")
@commit_on_success
def read_prices() -> ResponseReturnValue:
    """Read a table of price lists and show what it would do."""
    return _read(ImportKind.PRICES)


@blueprint.get("/staff/catalog/rates/import")
@access.staff("manager")
def rate_tables() -> ResponseReturnValue:
    """The last imports of exchange rates, and a form for another."""
    return _tables_page(ImportKind.RATES, TableForm())


@blueprint.post("/staff/catalog/rates/import")
@access.staff("manager")
@commit_on_success
def read_rates() -> ResponseReturnValue:
    """Read a table of exchange rates and show what it would do."""
    return _read(ImportKind.RATES)


@blueprint.get("/staff/catalog/import/<int:import_id>")
@access.staff("clerk", "manager")
def preview_import(import_id: int) -> ResponseReturnValue:
    """What the rows of a table would do; while they are written, how far that is."""
    info = _mine(import_id)
    wanted = next((each for each in Outcome if each == request.args.get("show")), None)
    after = request.args.get("after", 0, type=int) or 0
    looking = info.state is ImportState.PREVIEW
    rows, following = service.preview(import_id, wanted, after) if looking else ([], None)
    return fragment_or_page(
        "catalog/import.html", "catalog/_import_progress.html", info=info, rows=rows, following=following,
        wanted=wanted, outcomes=Outcome,
    )  # fmt: skip


@blueprint.post("/staff/catalog/import/<int:import_id>")
@access.staff("clerk", "manager")
@commit_on_success
def start_import(import_id: int) -> ResponseReturnValue:
    """Write the rows of a table from now on."""
    _mine(import_id)
    if RemoveForm().validate_on_submit():
        service.start_import(import_id)
        flash("The rows are being written. You may leave this page.", "done")
    return redirect(url_for(".preview_import", import_id=import_id), code=303)


@blueprint.get("/staff/catalog/products.<any(csv,xlsx):form>")
@access.staff("clerk", "manager")
def products_file(form: str) -> ResponseReturnValue:
    """All products with prices and stock, in the columns that an import reads."""
    every = export.every(lambda after: service.products(after=after, limit=export.BATCH, active=None))
    return export.download("products", COLUMNS, _cells(every), form)


def _read(kind: ImportKind) -> ResponseReturnValue:
    form = TableForm()
    if form.validate_on_submit():
        try:
            made = service.read_table(form.data_bytes(), form.file_name(), by=current_identity().name, kind=kind)
        except BadInput as error:
            blame(form, error)
        else:
            return redirect(url_for(".preview_import", import_id=made.id), code=303)
    return _tables_page(kind, form), 422


def _tables_page(kind: ImportKind, form: TableForm) -> str:
    found = service.imports(kind)
    return page("catalog/imports.html", imports=found, form=form, columns=service.columns_of(kind), kind=kind)


def _mine(import_id: int) -> ImportInfo:
    """An import that the person may see and write. Prices and rates are a manager's. Raises NotFound."""
    info = service.an_import(import_id)
    if info.kind is not ImportKind.PRODUCTS and not current_identity().has_staff("manager"):
        raise NotFound(f"no import {import_id}")
    return info


def _cells(products: Iterator[ProductInfo]) -> Iterator[export.Row]:
    for each in products:
        level = each.stock
        yield (
            each.sku, each.name, each.category_slug, each.unit, each.pack, each.pack_size, each.price, each.usd,
            each.vat_code.value, "yes" if each.active else "no", each.barcode or "", each.un_number,
            level.on_hand if level else None, level.reorder_level if level else None, each.description,
        )  # fmt: skip
