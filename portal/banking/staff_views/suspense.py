"""Suspense: money that nobody knows the owner of, by its age; given to its owner on the line's page, or given back."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.banking import service
from portal.banking.forms import GiveBackForm, NoteForm
from portal.banking.staff_views.blueprint import blueprint
from portal.banking.types.suspense import AGE_WORDS
from portal.core.errors import BadInput
from portal.payments import service as payments
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page


@blueprint.get("/staff/bank/suspense")
@access.staff("clerk", "manager")
def suspense() -> ResponseReturnValue:
    """What waits in suspense, and for how long."""
    age = request.args.get("age", "")
    age = age if age in AGE_WORDS else ""
    return page(
        "banking/suspense.html", ages=service.ages(), lines=service.suspended(age, request.args.get("after")), age=age
    )


@blueprint.post("/staff/bank/lines/<int:line_id>/suspend")
@access.staff("clerk", "manager")
@commit_on_success
def suspend(line_id: int) -> ResponseReturnValue:
    """Nobody knows whose money this is."""
    form = NoteForm()
    if not form.validate_on_submit():
        flash(form.note.errors[0] if form.note.errors else "The form was too old. Try again.", "bad")
        return redirect(url_for(".line", line_id=line_id), code=303)
    service.suspend(line_id, form.note.data, by=current_identity().user_id)
    flash("The money is in the books as suspense. Give it to its owner as soon as somebody knows.", "done")
    return redirect(url_for(".lines"), code=303)


@blueprint.get("/staff/bank/lines/<int:line_id>/give-back")
@access.staff("clerk", "manager")
def give_back_form(line_id: int) -> ResponseReturnValue:
    """Pay money in suspense back: to which account, why."""
    return _give_back(line_id, GiveBackForm(formdata=None))


@blueprint.post("/staff/bank/lines/<int:line_id>/give-back")
@access.staff("clerk", "manager")
@commit_on_success
def give_back(line_id: int) -> ResponseReturnValue:
    """Ask for it; a second person approves."""
    form = GiveBackForm()
    if not form.validate_on_submit():
        return _give_back(line_id, form), 422
    try:
        to = payments.beneficiary(form.holder.data, form.bank.data, form.branch.data, form.account.data)
        made = service.give_back(line_id, to, form.reason.data, key=form.key.data, by=current_identity().user_id)
    except BadInput as error:
        blame(form, error)
        return _give_back(line_id, form), 422
    flash("A second person has to approve this refund now.", "done")
    return redirect(url_for("payments_oversight.refund", refund_id=made.id), code=303)


def _give_back(line_id: int, form: GiveBackForm) -> str:
    return page("banking/give_back.html", line=service.line(line_id), form=form)
