"""Statements: a file is read and shown first, and imported as it was shown."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.banking import service
from portal.banking.errors import StatementRefused
from portal.banking.forms import SeenForm, StatementForm
from portal.banking.staff_views.blueprint import blueprint
from portal.banking.types.uploads import Fate, UploadInfo
from portal.core.text import counted
from portal.ledger import service as ledger
from portal.platform.http import access, current_identity, page


@blueprint.get("/staff/bank/statements")
@access.staff("clerk", "manager")
def statements() -> ResponseReturnValue:
    """What was imported last, what was only looked at, and the form for the next file."""
    return _statements(StatementForm(ledger.our_accounts()))


@blueprint.post("/staff/bank/statements")
@access.staff("clerk", "manager")
def look_at_statement() -> ResponseReturnValue:
    """A file is kept, read and proved; nothing of it is imported yet. Kept also when it is refused."""
    form = StatementForm(ledger.our_accounts())
    if not form.validate_on_submit():
        return _statements(form), 422
    file, by = form.file.data, current_identity().user_id
    try:
        made = service.look_at(file.read(), file.filename or "statement", form.account.data, by=by)
    except StatementRefused as error:
        form.file.errors = [error.words]
        return _statements(form), 422
    if made.refused:
        return _upload(made), 422
    return redirect(url_for(".upload", upload_id=made.id), code=303)


def _statements(form: StatementForm) -> str:
    names = {each.id: each.masked for each in ledger.our_accounts()}
    return page(
        "banking/statements.html", form=form, imports=service.imports(), drafts=service.uploads_waiting(), names=names
    )


@blueprint.get("/staff/bank/uploads/<int:upload_id>")
@access.staff("clerk", "manager")
def upload(upload_id: int) -> ResponseReturnValue:
    """What a file says and what importing it would do."""
    return _upload(service.upload(upload_id))


@blueprint.post("/staff/bank/uploads/<int:upload_id>")
@access.staff("clerk", "manager")
def import_upload(upload_id: int) -> ResponseReturnValue:
    """Import exactly what the page showed."""
    form = SeenForm()
    if not form.validate_on_submit():
        return _upload(service.upload(upload_id), changed=True), 422
    by = current_identity().user_id
    try:
        made = service.import_upload(upload_id, seen=form.seen.data, by=by)
    except StatementRefused:
        return _upload(service.look_again(upload_id, by=by)), 422
    known = f" {counted(made.already, 'line was', 'lines were')} here before." if made.already else ""
    flash(f"{counted(made.added, 'line')} added.{known}", "done")
    if made.gap:
        flash(made.gap, "bad")
    return redirect(url_for(".lines"), code=303)


@blueprint.post("/staff/bank/uploads/<int:upload_id>/again")
@access.staff("clerk", "manager")
def look_again(upload_id: int) -> ResponseReturnValue:
    """Read a kept file once more: other lines may have come, other invoices may be open."""
    service.look_again(upload_id, by=current_identity().user_id)
    return redirect(url_for(".upload", upload_id=upload_id), code=303)


def _upload(info: UploadInfo, *, changed: bool = False) -> str:
    wanted = next((each for each in Fate if each == request.args.get("show")), None)
    after = request.args.get("after", 0, type=int) or 0
    lines, following = service.shown_lines(info, wanted, after)
    account = ledger.our_account(info.account_id)
    return page(
        "banking/upload.html", info=info, lines=lines, following=following, wanted=wanted, fates=Fate,
        account=account, changed=changed,
    )  # fmt: skip
