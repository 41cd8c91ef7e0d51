"""The catalogue as our staff see and change it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.forms import CategoryForm, ProductForm
from portal.catalog.types import ProductInfo, SortBy
from portal.core.errors import BadInput
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, page

blueprint = Blueprint("catalog_staff", __name__)

PRODUCTS: lists.Columns[ProductInfo] = lists.Columns(
    "products", ("SKU", "Name", "Category", "Unit", "Pack", "Price without VAT", "VAT", "On sale"),
    lambda each: (
        each.sku, each.name, each.category, each.unit, each.pack, each.price, each.vat_code.value,
        "yes" if each.active else "no",
    ),
)  # fmt: skip
_SHOWN = {"on-sale": True, "withdrawn": False}


@blueprint.get("/staff/catalog")
@access.staff()
def index() -> ResponseReturnValue:
    """All products, on sale or not."""
    search, shown = request.args.get("q", "").strip()[:80], request.args.get("show", "on-sale")
    category = request.args.get("category") or None
    sort = SortBy.of(request.args.get("sort"))
    pages = partial(service.products, search, category, sort=sort, active=_SHOWN.get(shown))
    return lists.page(
        "catalog/staff_index.html", PRODUCTS, pages, search=search, show=shown, category=category,
        shelves=service.categories(), form=CategoryForm(),
    )  # fmt: skip


@blueprint.get("/staff/catalog/new")
@access.staff("clerk", "manager")
def new() -> ResponseReturnValue:
    """A form for a new product."""
    return _form_page(ProductForm(), None)


@blueprint.post("/staff/catalog/new")
@access.staff("clerk", "manager")
@commit_on_success
def create() -> ResponseReturnValue:
    """Put the new product on sale."""
    form = ProductForm().offer(service.categories())
    if form.validate_on_submit():
        try:
            made = service.add(form.draft(), form.picture_bytes())
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{made.name} is in the catalogue.", "done")
            return redirect(url_for(".index", q=made.sku), code=303)
    return _form_page(form, None), 422


@blueprint.get("/staff/catalog/<sku>/edit")
@access.staff("clerk", "manager")
def edit(sku: str) -> ResponseReturnValue:
    """The form with a product as it stands."""
    product = service.product_by_sku(sku, on_sale_only=False)
    return _form_page(ProductForm.of(product), product)


@blueprint.post("/staff/catalog/<sku>/edit")
@access.staff("clerk", "manager")
@commit_on_success
def change(sku: str) -> ResponseReturnValue:
    """Write a product."""
    product = service.product_by_sku(sku, on_sale_only=False)
    form = ProductForm(sku=sku).offer(service.categories())
    if form.validate_on_submit():
        try:
            service.change(sku, form.draft(), version=form.version.data, picture=form.picture_bytes())
        except BadInput as error:
            blame(form, error)
        else:
            flash("The product is saved.", "done")
            return redirect(url_for(".edit", sku=sku), code=303)
    return _form_page(form, product), 422


@blueprint.post("/staff/catalog/categories")
@access.staff("clerk", "manager")
@commit_on_success
def create_category() -> ResponseReturnValue:
    """Add a category at the end of the shop order."""
    form = CategoryForm()
    if form.validate_on_submit():
        flash(f"{service.create_category(form.name.data).name} is a category now.", "done")
    else:
        flash("A category needs a name of 3 to 80 letters.", "bad")
    return redirect(url_for(".index"), code=303)


def _form_page(form: ProductForm, product: ProductInfo | None) -> str:
    return page("catalog/form.html", form=form.offer(service.categories()), product=product)
