"""The clerk's queue: one doubtful proof at a time, its evidence beside it, decided with one key."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from portal.core import clock
from portal.core.errors import BadInput
from portal.platform import config, lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page, shell_counts
from portal.platform.http.serving import attachment, private_picture
from portal.platform.paging import numbered, row_id
from portal.proofs import service
from portal.proofs.forms import AcceptForm, CorrectForm, HandOverForm, ReasonForm
from portal.proofs.service import (
    bank_pages,
    correcting,
    evidence,
    handing,
    holding,
    measuring,
    queueing,
    splitting,
)
from portal.proofs.service.splitting import SplitRow
from portal.proofs.types.review import CORRECTABLE, Correction, QueueRow, Whose
from portal.proofs.types.stored import PROOF_HEADS, Acceptance, ProofDetail

blueprint = Blueprint("proofs_staff", __name__, url_prefix="/staff/review")
shell_counts.register("review", service.waiting_count)
QUEUE: lists.Columns[QueueRow] = lists.Columns("review", PROOF_HEADS, lambda row: row.proof.cells())


@blueprint.get("")
@access.staff("clerk", "manager")
def queue() -> ResponseReturnValue:
    """What waits, oldest first: to do, mine, everybody's, or asked."""
    me, whose = current_identity(), _whose()
    asked = partial(queueing.queue, whose, me)
    if (file := lists.saved(QUEUE, lambda after, _limit: numbered(*asked(int(after) if after else None)))) is not None:
        return file
    rows, following = asked(request.args.get("after", type=row_id))
    return page(
        "proofs/queue.html", rows=rows, following=following, whose=whose, counts=queueing.counts(me),
        clock=measuring.clock_of(me), held=queueing.about_to_take_effect(me), me=me,
        list_name=QUEUE.name,
    )  # fmt: skip


@blueprint.get("/<public_id>")
@access.staff("clerk", "manager")
def show(public_id: str) -> ResponseReturnValue:
    """One proof with its document, its checks, what it would pay and what may be done."""
    return _review_page(service.detail(public_id))


@blueprint.get("/<public_id>/accept")
@access.staff("clerk", "manager")
def accept_form(public_id: str) -> ResponseReturnValue:
    """What is accepted, to be changed where the reading was wrong."""
    detail = service.detail(public_id)
    split = splitting.proposed(detail.info, detail.verdict)
    return _accept_page(detail, AcceptForm(data=splitting.form_values(detail)), split, [])


@blueprint.post("/<public_id>/accept")
@access.staff("clerk", "manager")
@commit_on_success
def accept(public_id: str) -> ResponseReturnValue:
    """Accept: with one key when it is what was read and proposed, else after saying why and how much pays what."""
    detail, form = service.detail(public_id), AcceptForm()
    split, errors = splitting.shares_from(request.form, splitting.proposed(detail.info, detail.verdict))
    if not form.validate_on_submit() or errors or form.amount.data is None:
        return _accept_page(detail, form, split, errors), 422
    try:
        amount = splitting.accepted_amount(form.amount.data, detail.info, split)
        accepted = Acceptance(amount, form.paid_on.data, splitting.shares_of(split), form.why.data or "")
        holding.accept(
            public_id, accepted, by=current_identity(), seen_version=form.version.data, seconds=_seconds()
        )  # fmt: skip
    except BadInput as refused:
        blame(form, refused)
        return _accept_page(detail, form, split, [refused.words] if refused.field != "why" else []), 422
    return _to_next(detail, "Accepted")


@blueprint.route("/<public_id>/reject", methods=["GET", "POST"])
@access.staff("clerk", "manager")
@commit_on_success
def reject(public_id: str) -> ResponseReturnValue:
    """Reject, with the reason the customer reads."""
    detail = service.detail(public_id)
    form = _reason_form(detail)
    if form.validate_on_submit():
        holding.reject(
            public_id, form.words.data, by=current_identity(), seen_version=form.version.data, seconds=_seconds()
        )  # fmt: skip
        return _to_next(detail, "Rejected")
    return _reason_page(detail, form, "reject")


@blueprint.route("/<public_id>/ask", methods=["GET", "POST"])
@access.staff("clerk", "manager")
@commit_on_success
def ask(public_id: str) -> ResponseReturnValue:
    """Ask the customer something; the proof comes back with the answer."""
    detail = service.detail(public_id)
    form = _reason_form(detail)
    if form.validate_on_submit():
        service.ask(public_id, form.words.data, by=current_identity(), seen_version=form.version.data)
        flash(f"Asked {detail.info.customer_name}. The proof comes back with the answer, or in two days.", "done")
        return _to_next(detail, None)
    return _reason_page(detail, form, "ask")


@blueprint.route("/<public_id>/hand-over", methods=["GET", "POST"])
@access.staff("clerk", "manager")
@commit_on_success
def hand_over(public_id: str) -> ResponseReturnValue:
    """Give it to a colleague, or back to everybody, with a note."""
    detail = service.detail(public_id)
    known = {"version": detail.info.version} if request.method == "GET" else None
    form = HandOverForm([(person.id, person.name) for person in handing.colleagues()], data=known)
    if form.validate_on_submit():
        handing.hand_over(
            public_id, form.to.data or None, form.words.data or "", by=current_identity(), seen_version=form.version.data
        )  # fmt: skip
        flash(f"Handed over: {detail.info.customer_name}.", "done")
        return _to_next(detail, None)
    shown = page("proofs/hand_over.html", detail=detail, proof=detail.info, form=form, whose=_whose())
    return shown, 422 if request.method == "POST" else 200


@blueprint.get("/<public_id>/correct")
@access.staff("clerk", "manager")
def correct_form(public_id: str) -> ResponseReturnValue:
    """Correct a field by typing what the document says."""
    detail = service.detail(public_id)
    wanted = request.args.get("name", "")
    first = wanted if wanted in CORRECTABLE else "amount"
    known = detail.reading.value(first) if detail.reading else None
    form = CorrectForm(formdata=None, data={"version": detail.info.version, "name": first, "value": known, "page": 1})
    return page("proofs/correct.html", detail=detail, proof=detail.info, form=form, whose=_whose())


@blueprint.post("/<public_id>/correct")
@access.staff("clerk", "manager")
def correct(public_id: str) -> ResponseReturnValue:
    """A field read again where a box was drawn, or typed; the proof is judged again in a transaction of its own."""
    form = CorrectForm()
    if form.validate_on_submit():
        told = Correction(form.name.data, form.value.data or "", form.page.data or 1, form.place())
        try:
            value = correcting.correct(public_id, told, by=current_identity(), seen_version=form.version.data)
        except BadInput as refused:
            blame(form, refused)
        else:
            flash(f"{CORRECTABLE[told.field]} is now {value}. Everything was judged again.", "done")
            return redirect(url_for(".show", public_id=public_id, whose=_whose() or None), code=303)
    detail = service.detail(public_id)
    return page("proofs/correct.html", detail=detail, proof=detail.info, form=form, whose=_whose()), 422


@blueprint.post("/<public_id>/undo")
@access.staff("clerk", "manager")
@commit_on_success
def undo(public_id: str) -> ResponseReturnValue:
    """Take back what this person decided, before it takes effect."""
    holding.undo(public_id, by=current_identity())
    flash("Taken back. Nothing of it took effect.", "done")
    return redirect(url_for(".show", public_id=public_id, whose=_whose() or None), code=303)


@blueprint.post("/<public_id>/read-again")
@access.staff("clerk", "manager")
@commit_on_success
def read_again(public_id: str) -> ResponseReturnValue:
    """Try once more to read what could not be read."""
    service.read_again(public_id)
    flash("It is being read again. It leaves the queue when it fits, and comes back when it does not.", "done")
    return redirect(url_for(".queue", whose=_whose() or None), code=303)


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


def _whose() -> Whose:
    """The part of the queue this person works through; an unknown one is the first."""
    told = request.args.get("whose", "")
    return Whose(told) if told in set(Whose) else Whose.TO_DO


def _seconds() -> int | None:
    measured, opened = (request.form.get(name, type=row_id) for name in ("seconds", "opened"))
    return measuring.seconds_of(measured, opened)


def _reason_form(detail: ProofDetail) -> ReasonForm:
    return ReasonForm(data={"version": detail.info.version} if request.method == "GET" else None)


def _review_page(detail: ProofDetail) -> str:
    me, whose = current_identity(), _whose()
    split = splitting.proposed(detail.info, detail.verdict)
    return page(
        "proofs/review.html", detail=detail, proof=detail.info, split=split, whose=whose, me=me,
        lines=evidence.for_staff(detail.verdict, detail.reading) if detail.verdict else [],
        headline=evidence.headline(detail.verdict) if detail.verdict else None,
        standing=queueing.standing(detail.info, whose, me), certain=splitting.is_certain(detail, split),
        second=detail.info.amount is not None and service.needs_second(detail.info.amount), opened=_now(),
        bank=bank_pages.page_for(detail.reading), correctable=CORRECTABLE, marks=evidence.marks, shown_size=evidence.shown_size,
    )  # fmt: skip


def _now() -> int:
    return int(clock.now().timestamp())


def _accept_page(detail: ProofDetail, form: AcceptForm, split: list[SplitRow], errors: list[str]) -> str:
    return page(
        "proofs/accept.html", detail=detail, proof=detail.info, form=form, split=split, errors=errors, whose=_whose(),
        opened=_now(), certain=splitting.is_certain(detail, split),
    )  # fmt: skip


def _reason_page(detail: ProofDetail, form: FlaskForm, what: str) -> ResponseReturnValue:
    shown = page(
        "proofs/reason.html", detail=detail, proof=detail.info, form=form, what=what, whose=_whose(), opened=_now()
    )
    return shown, 422 if request.method == "POST" else 200


def _to_next(detail: ProofDetail, decided: str | None) -> ResponseReturnValue:
    """The next proof that waits; the queue, with its empty page, when none does."""
    if decided is not None and not config.current().review_undo_seconds:
        flash(f"{decided}: {detail.info.customer_name}.", "done")
    whose = _whose()
    following = queueing.next_waiting(detail.info.id, whose, current_identity())
    if following is None:
        return redirect(url_for(".queue", whose=whose or None), code=303)
    return redirect(url_for(".show", public_id=following, whose=whose or None), code=303)
