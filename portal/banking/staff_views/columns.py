"""Naming the columns of a file that no layout fits, and the columns that were named before."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.banking import service
from portal.banking.errors import StatementRefused
from portal.banking.forms import NamingForm, SwitchForm
from portal.banking.staff_views.blueprint import blueprint
from portal.banking.types.mappings import ROLES, NamedFile, Naming
from portal.core.errors import BadInput
from portal.ledger import service as ledger
from portal.platform.http import access, commit_on_success, current_identity, page


@blueprint.get("/staff/bank/uploads/<int:upload_id>/columns")
@access.staff("clerk", "manager")
def columns(upload_id: int) -> ResponseReturnValue:
    """The first rows of a file, and which column holds what as far as its headings tell."""
    return _columns(upload_id, NamingForm(formdata=None), None)


@blueprint.post("/staff/bank/uploads/<int:upload_id>/columns")
@access.staff("clerk", "manager")
def name_columns(upload_id: int) -> ResponseReturnValue:
    """Show the file as these columns make it, or keep them and read it so."""
    form = NamingForm()
    if not form.validate_on_submit():
        return _columns(upload_id, form, None), 422
    naming = form.naming(request.form)
    if "keep" not in request.form:
        return _columns(upload_id, form, naming)
    try:
        made = service.keep_naming(upload_id, form.name.data, naming, by=current_identity().user_id)
    except BadInput:
        return _columns(upload_id, form, naming), 422
    flash("The columns are kept. Files of this account with the same headings are read by them from now on.", "done")
    return redirect(url_for(".upload", upload_id=made.id), code=303)


@blueprint.get("/staff/bank/columns")
@access.staff("clerk", "manager")
def mappings() -> ResponseReturnValue:
    """All columns that people named, by account."""
    names = {each.id: each.masked for each in ledger.our_accounts()}
    return page("banking/mappings.html", mappings=service.mappings(), names=names, roles=ROLES)


@blueprint.post("/staff/bank/columns/<int:mapping_id>/switch")
@access.staff("clerk", "manager")
@commit_on_success
def switch_mapping(mapping_id: int) -> ResponseReturnValue:
    """Read files by these columns, or no more."""
    on = SwitchForm().to.data == "on"
    service.switch_mapping(mapping_id, on, by=current_identity().user_id)
    flash("Files are read by these columns again." if on else "No file is read by these columns any more.", "done")
    return redirect(url_for(".mappings"), code=303)


def _columns(upload_id: int, form: NamingForm, naming: Naming | None) -> str:
    info, found, refusal = service.upload(upload_id), None, ""
    try:
        found = service.named(upload_id, naming)
    except StatementRefused as error:
        refusal = error.words
    return page(
        "banking/columns.html", info=info, file=found, refusal=refusal, form=form, roles=ROLES, asked=naming is not None,
        chosen=_chosen(found),
    )  # fmt: skip


def _chosen(found: NamedFile | None) -> dict[int, str]:
    """What each column holds, by its place."""
    return {at: role for role, at in found.naming.roles.items()} if found else {}
