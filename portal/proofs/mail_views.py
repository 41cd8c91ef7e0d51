"""Staff pages of mails that came to the mailbox of proofs and that nobody could place, and of what became of the others."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput, NotFound
from portal.core.text import counted
from portal.platform import config
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.http.serving import attachment
from portal.platform.paging import row_id
from portal.proofs.errors import NotADocument
from portal.proofs.mail_forms import DismissForm, HandToForm
from portal.proofs.service import incoming

blueprint = Blueprint("proofs_mail", __name__, url_prefix="/staff/mail-in")


@blueprint.get("")
@access.staff("clerk", "manager")
def index() -> ResponseReturnValue:
    """Mails that wait, oldest first, or those that are done."""
    waiting = request.args.get("show") != "done"
    rows, following = incoming.mails(waiting=waiting, after=request.args.get("after", type=row_id))
    return page(
        "proofs/mail_in.html", rows=rows, following=following, waiting=waiting,
        mailbox=config.current().mail_in_address,
    )  # fmt: skip


@blueprint.get("/<mail_id>")
@access.staff("clerk", "manager")
def show(mail_id: str) -> ResponseReturnValue:
    """One mail: who wrote it, what it says, what may be done with it."""
    return _mail_page(mail_id, HandToForm(formdata=None), DismissForm(formdata=None))


@blueprint.get("/<mail_id>/original")
@access.staff("clerk", "manager")
def original(mail_id: str) -> ResponseReturnValue:
    """The mail as it came, as a file."""
    return attachment(incoming.original(mail_id), "message/rfc822", f"{mail_id}.eml")


@blueprint.post("/<mail_id>/hand-to")
@access.staff("clerk", "manager")
def hand_to(mail_id: str) -> ResponseReturnValue:
    """Whose mail it is; its documents become that customer's proofs."""
    form = HandToForm()
    if form.validate_on_submit():
        code = form.code.data
        try:
            made = incoming.hand_to(mail_id, code, by=current_identity(), seen_version=form.version.data)
        except NotADocument as refused:
            blame(form, BadInput(refused.words, field="code"))
        except NotFound as missing:
            if not str(missing).startswith("customer"):
                raise
            blame(form, BadInput("There is no customer with this code.", field="code"))
        else:
            now = incoming.one(mail_id)
            flash(
                f"{counted(len(made), 'document')} taken in as {now.customer_name}’s. {now.words}".strip(),
                "bad" if now.waiting else "done",
            )
            return redirect(url_for(".show", mail_id=mail_id) if now.waiting else url_for(".index"), code=303)
    return _mail_page(mail_id, form, DismissForm(formdata=None)), 422


@blueprint.post("/<mail_id>/dismiss")
@access.staff("clerk", "manager")
@commit_on_success
def dismiss(mail_id: str) -> ResponseReturnValue:
    """Nothing comes of it; the mail and the reason are kept."""
    form = DismissForm()
    if not form.validate_on_submit():
        return _mail_page(mail_id, HandToForm(formdata=None), form), 422
    incoming.dismiss(mail_id, form.why.data, by=current_identity(), seen_version=form.version.data)
    flash("Put aside.", "done")
    return redirect(url_for(".index"), code=303)


def _mail_page(mail_id: str, hand: HandToForm, away: DismissForm) -> str:
    shown = incoming.one(mail_id)
    text = incoming.text_of(incoming.original(mail_id))
    return page("proofs/mail.html", mail=shown, text=text, hand=hand, away=away)
