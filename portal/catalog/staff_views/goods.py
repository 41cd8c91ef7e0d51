"""Products and categories, as our staff see and change them."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.forms import CategoryForm, ProductForm
from portal.catalog.staff_views.blueprint import blueprint
from portal.catalog.staff_views.details import details_of
from portal.catalog.types import CategoryInfo, ProductInfo, SortBy, path_to
from portal.core.errors import BadInput, NotFound
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, page

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
    sort, shelves = SortBy.of(request.args.get("sort")), service.categories()
    pages = partial(service.products, search, category, sort=sort, active=_SHOWN.get(shown))
    return lists.page(
        "catalog/staff_index.html", PRODUCTS, pages, search=search, show=shown, category=category,
        shelves=shelves, form=CategoryForm().offer(shelves),
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
    """Add a shelf at the end of the shop order."""
    form = CategoryForm()
    if not form.validate_on_submit():
        flash("A category needs a name of 3 to 80 letters.", "bad")
        return redirect(url_for(".index"), code=303)
    try:
        made = service.create_category(form.name.data, parent=form.parent.data or None)
    except BadInput as error:
        flash(error.words, "bad")
    else:
        flash(f"{made.name} is a category now.", "done")
    return redirect(url_for(".index"), code=303)


@blueprint.get("/staff/catalog/categories/<category_slug>")
@access.staff("clerk", "manager")
def edit_category(category_slug: str) -> ResponseReturnValue:
    """The form with a shelf as it stands."""
    path = _path(category_slug)
    form = CategoryForm(name=path[-1].name, parent=path[-2].slug if len(path) > 1 else "")
    return page("catalog/category.html", shelf=path[-1], form=form.offer(service.categories()))


@blueprint.post("/staff/catalog/categories/<category_slug>")
@access.staff("clerk", "manager")
@commit_on_success
def change_category(category_slug: str) -> ResponseReturnValue:
    """Another name or place for a shelf."""
    shelf, form = _path(category_slug)[-1], CategoryForm().offer(service.categories())
    if form.validate_on_submit():
        try:
            service.change_category(category_slug, form.name.data, form.parent.data or None)
        except BadInput as error:
            blame(form, error)
        else:
            flash("The category is saved.", "done")
            return redirect(url_for(".index", category=category_slug), code=303)
    return page("catalog/category.html", shelf=shelf, form=form), 422


def _path(slug: str) -> tuple[CategoryInfo, ...]:
    path = path_to(slug, service.categories())
    if not path:
        raise NotFound(f"no category {slug}")
    return path


def _form_page(form: ProductForm, product: ProductInfo | None) -> str:
    return page("catalog/form.html", form=form.offer(service.categories()), product=product, **details_of(product))
