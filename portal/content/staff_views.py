"""Messages people left, what public pages say, and who we are: for our staff."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.content import service
from portal.content.forms import AnswerForm, CompanyForm, PieceForm
from portal.content.types import Content, MessageInfo, MessageState, PieceInfo
from portal.core.errors import BadInput
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.http.counts import shell_counts

blueprint = Blueprint("content_staff", __name__)
MESSAGES: lists.Columns[MessageInfo] = lists.Columns(
    "messages", ("Sent", "Name", "Company", "E-mail", "Message", "State", "Looked after by", "Answered by"),
    lambda each: (
        each.sent_at, each.name, each.company, each.email, each.words, each.state.value, each.assigned_to,
        each.answered_by,
    ),
)  # fmt: skip
_ANSWER = ("clerk", "manager")
shell_counts.register("messages", service.waiting_messages)


@blueprint.get("/staff/messages")
@access.staff(*_ANSWER)
def messages() -> ResponseReturnValue:
    """Messages, newest first: those that wait, mine, or all."""
    show, oldest = request.args.get("show", "all"), request.args.get("sort") == "oldest"
    state = MessageState(show) if show in list(MessageState) else None
    mine = current_identity().user_id if show == "mine" else None
    pages = partial(service.messages_page, state=state, assigned_id=mine, oldest_first=oldest)
    return lists.page("content/messages.html", MESSAGES, pages, limit=30, show=show, oldest=oldest)


@blueprint.get("/staff/messages/<int:message_id>")
@access.staff(*_ANSWER)
def message(message_id: int) -> ResponseReturnValue:
    """One message, what we wrote back, and a form to answer."""
    return _message(message_id, AnswerForm())


def _message(message_id: int, form: AnswerForm) -> str:
    found, answers = service.message(message_id), service.answers_to(message_id)
    people = accounts.staff_with(*_ANSWER, "administrator")
    return page("content/message.html", message=found, answers=answers, people=people, form=form)


@blueprint.post("/staff/messages/<int:message_id>/answer")
@access.staff(*_ANSWER)
@commit_on_success
def answer(message_id: int) -> ResponseReturnValue:
    """Answer by mail."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _message(message_id, form), 422
    service.answer_message(message_id, form.words.data, by=current_identity(), key=form.key.data)
    flash("Your answer is on its way.", "done")
    return redirect(f"/staff/messages/{message_id}", code=303)


@blueprint.post("/staff/messages/<int:message_id>/assign")
@access.staff(*_ANSWER)
@commit_on_success
def assign(message_id: int) -> ResponseReturnValue:
    """Give the message to one of us, or to nobody."""
    to = request.form.get("to", "")
    service.assign_message(message_id, int(to) if to.isascii() and to.isdigit() else None, by=current_identity())
    return redirect(f"/staff/messages/{message_id}", code=303)


@blueprint.post("/staff/messages/<int:message_id>/close")
@access.staff(*_ANSWER)
@commit_on_success
def close(message_id: int) -> ResponseReturnValue:
    """Nothing more is to be done, or there is again."""
    service.close_message(message_id, closed=request.form.get("closed") != "no", by=current_identity())
    return redirect(f"/staff/messages/{message_id}", code=303)


@blueprint.post("/staff/messages/<int:message_id>/answered")
@access.staff(*_ANSWER)
@commit_on_success
def answered(message_id: int) -> ResponseReturnValue:
    """I dealt with this one, by telephone or otherwise."""
    service.mark_answered(message_id, by=current_identity().name)
    return redirect("/staff/messages", code=303)


@blueprint.get("/staff/content")
@access.staff("manager")
def pieces() -> ResponseReturnValue:
    """Everything public pages say, and who wrote it last."""
    return page("content/pieces.html", pieces=service.all_pieces(), missing=service.company().missing)


@blueprint.get("/staff/content/<piece>")
@access.staff("manager")
def edit(piece: str) -> ResponseReturnValue:
    """A piece as a form."""
    found = service.piece_info(piece)
    return _edit(found, PieceForm.of(found))


def _edit(found: PieceInfo, form: PieceForm, preview: Content | None = None) -> str:
    return page("content/piece.html", info=found, piece=found.piece, form=form, preview=preview)


@blueprint.post("/staff/content/<piece>/preview")
@access.staff("manager")
def preview(piece: str) -> ResponseReturnValue:
    """How it would look; nothing is kept."""
    found, form = service.piece_info(piece), PieceForm()
    if form.validate_on_submit():
        try:
            return _edit(found, form, service.checked(piece, form.content()))
        except BadInput as error:
            blame(form, error)
    return _edit(found, form), 422


@blueprint.post("/staff/content/<piece>")
@access.staff("manager")
@commit_on_success
def write(piece: str) -> ResponseReturnValue:
    """Show it from now on; what it said before is kept."""
    found, form = service.piece_info(piece), PieceForm()
    if form.validate_on_submit():
        try:
            seen = int(form.seen.data) if (form.seen.data or "").isdigit() else -1
            service.write(piece, form.content(), seen=seen, by=current_identity(), note=form.note.data)
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"“{found.piece.name}” is shown like this from now on.", "done")
            return redirect(f"/staff/content/{piece}", code=303)
    return _edit(found, form), 422


@blueprint.get("/staff/content/<piece>/history")
@access.staff("manager")
def history(piece: str) -> ResponseReturnValue:
    """All versions of a piece."""
    return page("content/history.html", info=service.piece_info(piece), versions=service.versions_of(piece))


@blueprint.get("/staff/content/<piece>/history/<int:number>")
@access.staff("manager")
def version(piece: str, number: int) -> ResponseReturnValue:
    """One version, as it looked and against what is shown now."""
    info, old = service.piece_info(piece), service.version_of(piece, number)
    changes = service.differences(old.content, info.content)
    return page("content/version.html", info=info, piece=info.piece, version=old, changes=changes)


@blueprint.post("/staff/content/<piece>/history/<int:number>/restore")
@access.staff("manager")
@commit_on_success
def restore(piece: str, number: int) -> ResponseReturnValue:
    """Say again what this version said."""
    seen = request.form.get("seen", "")
    service.restore(piece, number, seen=int(seen) if seen.isdigit() else -1, by=current_identity())
    flash(f"Version {number} is shown again.", "done")
    return redirect(f"/staff/content/{piece}", code=303)


@blueprint.get("/staff/company")
@access.staff()
def company() -> ResponseReturnValue:
    """Who we are, and what is missing before invoices can be issued."""
    facts, number = service.company_known()
    return page("content/company.html", form=CompanyForm.of(facts, number), facts=facts)


@blueprint.post("/staff/company")
@access.staff("administrator")
@commit_on_success
def write_company() -> ResponseReturnValue:
    """Write who we are."""
    form = CompanyForm()
    if form.validate_on_submit():
        try:
            seen = int(form.seen.data) if (form.seen.data or "").isdigit() else -1
            service.change_company(form.facts(), seen=seen, by=current_identity(), note=form.note.data)
        except BadInput as error:
            blame(form, error)
        else:
            flash("Our facts are saved.", "done")
            return redirect("/staff/company", code=303)
    return page("content/company.html", form=form, facts=service.company()), 422
