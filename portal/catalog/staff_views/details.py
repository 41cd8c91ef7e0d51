"""A product's pictures and papers, as our staff add and remove them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.forms import DocumentForm, PictureForm, ProductForm
from portal.catalog.staff_views.blueprint import blueprint
from portal.catalog.types import DocumentKind, ProductInfo
from portal.core.errors import BadInput
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, page


def details_of(
    product: ProductInfo | None, picture: PictureForm | None = None, document: DocumentForm | None = None
) -> dict[str, Any]:
    """What the product's form page shows beside the form itself."""
    return {
        "pictures": service.pictures(product.id) if product else (),
        "documents": service.documents(product.id) if product else (),
        "picture_form": picture or PictureForm(),
        "document_form": document or DocumentForm(),
    }


@blueprint.post("/staff/catalog/<sku>/pictures")
@access.staff("clerk", "manager")
@commit_on_success
def add_picture(sku: str) -> ResponseReturnValue:
    """One more picture, behind the others."""
    form = PictureForm()
    if form.validate_on_submit():
        try:
            service.add_picture(sku, form.data_bytes(), form.alt.data)
        except BadInput as error:
            blame(form, error)
        else:
            flash("The picture is added.", "done")
            return redirect(url_for(".edit", sku=sku, _anchor="pictures"), code=303)
    return _page(sku, picture=form), 422


@blueprint.post("/staff/catalog/<sku>/pictures/<int:picture_id>")
@access.staff("clerk", "manager")
@commit_on_success
def change_picture(sku: str, picture_id: int) -> ResponseReturnValue:
    """What a picture shows; or let it lead; or take it away."""
    form = PictureForm()
    if not form.validate_on_submit():
        return _page(sku, picture=form), 422
    if "remove" in request.form:
        service.remove_picture(sku, picture_id)
    elif "first" in request.form:
        service.lead_with_picture(sku, picture_id)
    else:
        service.describe_picture(sku, picture_id, form.alt.data)
    flash("The pictures are saved.", "done")
    return redirect(url_for(".edit", sku=sku, _anchor="pictures"), code=303)


@blueprint.post("/staff/catalog/<sku>/documents")
@access.staff("clerk", "manager")
@commit_on_success
def add_document(sku: str) -> ResponseReturnValue:
    """One more paper, like a safety data sheet."""
    form = DocumentForm()
    if form.validate_on_submit():
        try:
            service.add_document(sku, form.data_bytes(), DocumentKind(form.kind.data), form.title.data)
        except BadInput as error:
            blame(form, error)
        else:
            flash("The document is added.", "done")
            return redirect(url_for(".edit", sku=sku, _anchor="documents"), code=303)
    return _page(sku, document=form), 422


@blueprint.post("/staff/catalog/<sku>/documents/<int:document_id>/remove")
@access.staff("clerk", "manager")
@commit_on_success
def remove_document(sku: str, document_id: int) -> ResponseReturnValue:
    """Take a paper away."""
    service.remove_document(sku, document_id)
    flash("The document is taken away.", "done")
    return redirect(url_for(".edit", sku=sku, _anchor="documents"), code=303)


def _page(sku: str, *, picture: PictureForm | None = None, document: DocumentForm | None = None) -> str:
    """The product's own form as it stands, with what was refused beside its field."""
    product = service.product_by_sku(sku, on_sale_only=False)
    form = ProductForm(formdata=None, obj=None, **ProductForm.of(product).data).offer(service.categories())
    return page("catalog/form.html", form=form, product=product, **details_of(product, picture, document))
