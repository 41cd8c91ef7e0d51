"""Staff pages that watch over automatic accepts: samples, recalls with the switch, and what is remembered of payers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput, Conflict, NotFound
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page, shell_counts
from portal.platform.paging import asked_for, row_id
from portal.proofs.oversight_forms import OpinionForm, PayerForm, RecallForm, SettleForm, ShareForm, SwitchForm
from portal.proofs.service import learning, recalling, sampling, switching
from portal.proofs.types.oversight import TRAITS, WRONG

blueprint = Blueprint("proofs_oversight", __name__, url_prefix="/staff")
shell_counts.register("oversight", sampling.waiting_count)


@blueprint.get("/sampling")
@access.staff("clerk", "manager")
def samples() -> ResponseReturnValue:
    """Automatic accepts that wait for a second, unseen look, or that had it; and the rate of wrong ones."""
    settled = request.args.get("show") == "settled"
    rows, following = sampling.samples(settled=settled, after=request.args.get("after", type=row_id))
    return _samples_page(ShareForm(formdata=None), rows=rows, following=following, settled=settled)


@blueprint.post("/sampling/share")
@access.staff("manager")
@commit_on_success
def set_share() -> ResponseReturnValue:
    """How large a share of the automatic accepts a person looks at, from the next one on."""
    form = ShareForm()
    if not form.validate_on_submit():
        rows, following = sampling.samples(settled=False)
        return _samples_page(form, rows=rows, following=following, settled=False), 422
    switching.AUDIT_SHARE.change(form.share, seen_version=form.version.data)
    flash(f"From now on a person looks at {form.percent.data.normalize():f} % of the automatic accepts.", "done")
    return redirect(url_for(".samples"), code=303)


@blueprint.get("/sampling/<public_id>")
@access.staff("clerk", "manager")
def sample(public_id: str) -> ResponseReturnValue:
    """One drawn document: first alone, and with what was decided only after somebody has said what they see."""
    found = sampling.sample(public_id)
    form = OpinionForm(formdata=None).offer(found.open_invoices) if found.opinion is None else SettleForm(formdata=None)
    return page("proofs/sample.html", sample=found, form=form)


@blueprint.post("/sampling/<public_id>/look")
@access.staff("clerk", "manager")
@commit_on_success
def look(public_id: str) -> ResponseReturnValue:
    """What the person sees; the same as was decided settles the sample."""
    found = sampling.sample(public_id)
    if found.opinion is not None:
        raise Conflict("Somebody has looked at this sample already.")
    form = OpinionForm().offer(found.open_invoices)
    if form.validate_on_submit():
        try:
            agrees = sampling.give_opinion(
                public_id, form.opinion(), by=current_identity(), seen_version=form.version.data
            )
        except BadInput as refused:
            blame(form, refused)
        else:
            if not agrees:
                return redirect(url_for(".sample", public_id=public_id), code=303)
            flash("You saw what the computer saw: the accept was right.", "done")
            return redirect(url_for(".samples"), code=303)
    return page("proofs/sample.html", sample=found, form=form), 422


@blueprint.post("/sampling/<public_id>/settle")
@access.staff("clerk", "manager")
@commit_on_success
def settle(public_id: str) -> ResponseReturnValue:
    """Right or wrong, after comparing. A wrong accept goes back to review, and the way to a recall is open."""
    found, form = sampling.sample(public_id), SettleForm()
    if found.opinion is None:
        raise Conflict("Look at the document unseen first.")
    if not form.validate_on_submit():
        return page("proofs/sample.html", sample=found, form=form), 422
    outcome, by = form.outcome.data, current_identity()
    back = sampling.settle(public_id, outcome, form.words.data, by=by, seen_version=form.version.data)
    if outcome != WRONG:
        flash("Written down: the accept was right.", "done")
        return redirect(url_for(".samples"), code=303)
    flash(
        "It is back in the review queue. What else was made like it can be called back here."
        if back
        else "The bank has shown its money already, so it stays. What else was made like it can be called back here.",
        "note",
    )
    return redirect(url_for(".sample", public_id=public_id), code=303)


@blueprint.get("/recall")
@access.staff("clerk", "manager")
def recall() -> ResponseReturnValue:
    """What automatic accepts were made with, the recalls so far, and the switch that sends everything to people."""
    what = request.args.get("what", "rules")
    return page(
        "proofs/recall.html", what=what, counts=recalling.trait_counts(what), traits=TRAITS,
        recalls=recalling.recalls(), switch=switching.REVIEW_ALL.known(),
    )  # fmt: skip


@blueprint.post("/recall/switch")
@access.staff("manager")
@commit_on_success
def switch() -> ResponseReturnValue:
    """Send every new proof to a person, or let the rules decide again; it holds for the next judgement."""
    form = SwitchForm()
    if not form.validate_on_submit():
        raise BadInput("Open the page again and use its button.")
    on = form.on.data == "yes"
    switching.REVIEW_ALL.change(on, seen_version=form.version.data)
    flash("Every new proof goes to a person now." if on else "The rules decide new proofs again.", "done")
    return redirect(url_for(".recall"), code=303)


@blueprint.get("/recall/accepts")
@access.staff("clerk", "manager")
def accepts() -> ResponseReturnValue:
    """Every automatic accept that was made with one thing and still stands."""
    form = RecallForm(formdata=None, what=request.args.get("what", "rules"), value=request.args.get("value", "")[:80])
    return _accepts_page(form, after=request.args.get("after", type=row_id) or 0)


@blueprint.post("/recall/accepts")
@access.staff("manager")
@commit_on_success
def start_recall() -> ResponseReturnValue:
    """Send all of them back to people; a job does it."""
    form = RecallForm()
    if form.validate_on_submit():
        try:
            recalling.start(form.what.data, form.value.data, form.reason.data, by=current_identity())
        except BadInput as refused:
            blame(form, refused)
        else:
            flash("They are called back now. Those whose money the bank has shown stay as they are.", "done")
            return redirect(url_for(".recall", what=form.what.data), code=303)
    return _accepts_page(form), 422


@blueprint.get("/learned")
@access.staff("clerk", "manager")
def learned() -> ResponseReturnValue:
    """What decisions taught about payers."""
    return _learned_page(PayerForm(formdata=None))


@blueprint.post("/learned/<int:memory_id>")
@access.staff("clerk", "manager")
@commit_on_success
def correct_payer(memory_id: int) -> ResponseReturnValue:
    """The payer pays for another customer."""
    form = PayerForm()
    if form.validate_on_submit():
        try:
            row = learning.correct(memory_id, form.customer.data, seen_version=form.version.data)
        except BadInput as refused:
            blame(form, refused)
        except NotFound:
            form.customer.errors = ["There is no customer with this code."]
        else:
            flash(f"{row.name or row.account} pays for {row.customer_name} from now on.", "done")
            return redirect(url_for(".learned"), code=303)
    return _learned_page(form, editing=memory_id), 422


@blueprint.post("/learned/<int:memory_id>/switch")
@access.staff("clerk", "manager")
@commit_on_success
def switch_payer(memory_id: int) -> ResponseReturnValue:
    """Let a memory speak, or not."""
    form = SwitchForm()
    if not form.validate_on_submit():
        raise BadInput("Open the page again and use its button.")
    row = learning.switch(memory_id, active=form.on.data == "yes", seen_version=form.version.data)
    flash(f"{row.name or row.account} {'is remembered again' if row.active else 'is forgotten'}.", "done")
    return redirect(url_for(".learned"), code=303)


@blueprint.post("/learned/marks/<int:mark_id>/undo")
@access.staff("clerk", "manager")
@commit_on_success
def undo_mark(mark_id: int) -> ResponseReturnValue:
    """One decision counts no more for what is remembered, or counts again."""
    undone = request.form.get("on") != "yes"
    learning.undo(mark_id, undone=undone)
    flash("That decision counts no more." if undone else "That decision counts again.", "done")
    return redirect(url_for(".learned"), code=303)


def _samples_page(form: ShareForm, **shown: object) -> str:
    return page("proofs/sampling.html", form=form, rates=sampling.rates(), share=switching.AUDIT_SHARE.known(), **shown)


def _accepts_page(form: RecallForm, after: int = 0) -> str:
    rows, following = recalling.accepts_with(form.what.data, form.value.data, after)
    return page("proofs/recall_accepts.html", form=form, rows=rows, following=following, traits=TRAITS)


def _learned_page(form: PayerForm, editing: int | None = None) -> str:
    asked = {name: asked_for(request.args.get(name, "")) for name in ("q", "customer", "show")}
    shown = {"on": True, "off": False}.get(asked["show"])
    try:
        rows, following = learning.memories(
            asked["q"], shown=shown, customer=asked["customer"], before=request.args.get("before", type=row_id)
        )
    except NotFound:
        rows, following = [], None
    return page("proofs/learned.html", rows=rows, following=following, asked=asked, form=form, editing=editing)
