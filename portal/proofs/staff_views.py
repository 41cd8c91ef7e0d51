"""The clerk's queue: one doubtful proof at a time, its evidence beside it, decided with one key."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput
from portal.platform.http import access, commit_on_success, current_identity, page, shell_counts
from portal.platform.http.serving import attachment, private_picture
from portal.platform.paging import row_id
from portal.proofs import service
from portal.proofs.forms import AcceptForm, ReasonForm
from portal.proofs.service import evidence, splitting
from portal.proofs.service.splitting import SplitRow
from portal.proofs.types.stored import Acceptance, ProofDetail

blueprint = Blueprint("proofs_staff", __name__, url_prefix="/staff/review")
shell_counts.register("review", service.waiting_count)


@blueprint.get("")
@access.staff("clerk", "manager")
def queue() -> ResponseReturnValue:
    """What waits, oldest first."""
    proofs, following = service.queue(request.args.get("after", type=row_id))
    return page("proofs/queue.html", proofs=proofs, following=following)


@blueprint.get("/<public_id>")
@access.staff("clerk", "manager")
def show(public_id: str) -> ResponseReturnValue:
    """One proof with its document, its checks and what it would pay."""
    detail = service.detail(public_id)
    lines = evidence.for_staff(detail.verdict, detail.reading) if detail.verdict else []
    split = splitting.proposed(detail)
    return page(
        "proofs/review.html", detail=detail, proof=detail.info, lines=lines, split=split,
        around=service.neighbours(detail.info), certain=splitting.is_certain(detail, split),
        headline=evidence.headline(detail.verdict) if detail.verdict else None,
        marks=evidence.marks, shown_size=evidence.shown_size,
    )  # fmt: skip


@blueprint.get("/<public_id>/accept")
@access.staff("clerk", "manager")
def accept_form(public_id: str) -> ResponseReturnValue:
    """What is accepted, to be changed where the reading was wrong."""
    detail = service.detail(public_id)
    split = splitting.proposed(detail)
    return _accept_page(detail, AcceptForm(data=splitting.form_values(detail)), split, [])


@blueprint.post("/<public_id>/accept")
@access.staff("clerk", "manager")
@commit_on_success
def accept(public_id: str) -> ResponseReturnValue:
    """Accept: with one key when no check fails, else after saying why and how much pays what."""
    detail = service.detail(public_id)
    split = splitting.proposed(detail)
    form = AcceptForm(needs_reason=not splitting.is_certain(detail, split))
    split, errors = splitting.shares_from(request.form, split)
    if not form.validate_on_submit() or errors or form.amount.data is None:
        return _accept_page(detail, form, split, errors), 422
    accepted = Acceptance(form.amount.data, form.paid_on.data, splitting.shares_of(split), form.why.data or "")
    try:
        service.accept(public_id, accepted, by=current_identity(), seen_version=form.version.data)
    except BadInput as refused:
        return _accept_page(detail, form, split, [refused.words]), 422
    flash(f"Accepted: {detail.info.customer_name}.", "done")
    return _to_next(detail.info.id)


@blueprint.route("/<public_id>/reject", methods=["GET", "POST"])
@access.staff("clerk", "manager")
@commit_on_success
def reject(public_id: str) -> ResponseReturnValue:
    """Reject, with the reason the customer reads."""
    detail = service.detail(public_id)
    form = ReasonForm(data={"version": detail.info.version} if request.method == "GET" else None)
    if form.validate_on_submit():
        service.reject(public_id, form.words.data, by=current_identity(), seen_version=form.version.data)
        flash(f"Rejected: {detail.info.customer_name}. They read your reason.", "done")
        return _to_next(detail.info.id)
    shown = page("proofs/reason.html", detail=detail, proof=detail.info, form=form, what="reject")
    return shown, 422 if request.method == "POST" else 200


@blueprint.route("/<public_id>/ask", methods=["GET", "POST"])
@access.staff("clerk", "manager")
@commit_on_success
def ask(public_id: str) -> ResponseReturnValue:
    """Ask the customer something; the proof keeps waiting."""
    detail = service.detail(public_id)
    form = ReasonForm(data={"version": detail.info.version} if request.method == "GET" else None)
    if form.validate_on_submit():
        service.ask(public_id, form.words.data, by=current_identity())
        flash("Asked. The proof keeps waiting for the answer.", "done")
        return redirect(url_for(".show", public_id=public_id), code=303)
    shown = page("proofs/reason.html", detail=detail, proof=detail.info, form=form, what="ask")
    return shown, 422 if request.method == "POST" else 200


@blueprint.get("/<public_id>/page-<int:number>.webp")
@access.staff("clerk", "manager")
def picture(public_id: str, number: int) -> ResponseReturnValue:
    """Our own picture of one page."""
    return private_picture(service.page_picture(public_id, number))


@blueprint.get("/<public_id>/original")
@access.staff("clerk", "manager")
def original(public_id: str) -> ResponseReturnValue:
    """The document as it was sent, as a download only."""
    return attachment(*service.file_of(public_id))


def _accept_page(detail: ProofDetail, form: AcceptForm, split: list[SplitRow], errors: list[str]) -> str:
    return page("proofs/accept.html", detail=detail, proof=detail.info, form=form, split=split, errors=errors)


def _to_next(proof_id: int) -> ResponseReturnValue:
    """The next proof that waits; the queue, with its empty page, when none does."""
    following = service.next_waiting(proof_id)
    if following is None:
        return redirect(url_for(".queue"), code=303)
    return redirect(url_for(".show", public_id=following), code=303)
