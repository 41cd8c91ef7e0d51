"""Reminders and their ladders, disputes, promises that our people write down."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core.errors import BadInput, NotFound
from portal.invoices import service
from portal.invoices.forms.dunning import AnswerForm, PromiseForm, Steps, SwitchesForm
from portal.invoices.service import disputing, interest, promising, reminding
from portal.invoices.staff_views.blueprint import blueprint
from portal.invoices.types.dunning import DisputeInfo, DisputeState, ReminderInfo
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.paging import Page

SENT: lists.Columns[ReminderInfo] = lists.Columns(
    "sent", ("Invoice", "Customer code", "Customer", "Step", "Days overdue", "Was open", "Sent"),
    lambda each: (
        each.invoice_number, each.customer_code, each.recipient, each.level, each.days_overdue, each.balance,
        each.sent_at,
    ),
)  # fmt: skip
DISPUTES: lists.Columns[DisputeInfo] = lists.Columns(
    "disputes",
    ("Invoice", "Customer", "State", "Raised by", "Raised", "What is wrong", "Answer", "Answered by", "Answered", "Closed"),
    lambda each: (
        each.invoice_number, each.recipient, each.state.value, each.raised_by, each.raised_at, each.words, each.answer,
        each.answered_by, each.answered_at, each.closed_at,
    ),
)  # fmt: skip


@blueprint.get("/staff/reminders")
@access.staff("clerk", "manager")
def reminders() -> ResponseReturnValue:
    """What was sent, whether any is sent, and by which ladder."""
    send, charge, rate = reminding.SEND.known(), interest.CHARGE.known(), interest.RATE.known()
    form = SwitchesForm(
        formdata=None, reminders=send.value, interest=charge.value, percent=f"{Decimal(rate.value) / 100:f}",
        versions=f"{send.version}.{charge.version}.{rate.version}",
    )  # fmt: skip
    oldest = request.args.get("sort") == "oldest"

    def pages(after: str | None, limit: int) -> Page[ReminderInfo]:
        return reminding.sent_page(after, limit, oldest=oldest)

    return lists.page("invoices/reminders.html", SENT, pages, form=form, oldest=oldest)


@blueprint.post("/staff/reminders")
@access.staff("manager")
@commit_on_success
def set_reminders() -> ResponseReturnValue:
    """Reminders and interest are switched on or off."""
    form = SwitchesForm()
    rate = form.rate()
    if not form.validate_on_submit() or rate is None:
        if rate is None:
            form.percent.errors = ["Write a rate above nothing, up to 30, like 10 or 11.25."]
        return _reminders(form), 422
    reminders_seen, interest_seen, rate_seen = form.seen()
    reminding.SEND.change(form.reminders.data, seen_version=reminders_seen)
    interest.CHARGE.change(form.interest.data, seen_version=interest_seen)
    interest.RATE.change(rate, seen_version=rate_seen)
    flash("Kept. It holds from now on.", "done")
    return redirect(url_for(".reminders"), code=303)


def _reminders(form: SwitchesForm) -> str:
    return page("invoices/reminders.html", form=form, sent=reminding.sent_page(), oldest=False)


@blueprint.get("/staff/reminders/ladder")
@access.staff("clerk", "manager")
def ladder() -> ResponseReturnValue:
    """The steps for everybody, or with ``?customer=`` for one customer."""
    customer = _customer(request.args.get("customer", ""))
    found = reminding.ladder_of(customer.id if customer else reminding.HOUSE)
    return page("invoices/ladder.html", customer=customer, ladder=found, steps=Steps.of(found.steps), words="")


@blueprint.post("/staff/reminders/ladder")
@access.staff("manager")
@commit_on_success
def change_ladder() -> ResponseReturnValue:
    """The steps are written anew."""
    steps, words = Steps.read(request.form), ""
    try:
        customer = _customer(request.form.get("customer", ""))
    except NotFound:
        customer, words = None, "There is no such customer. Look the code up under Customers."
    owner = customer.id if customer else reminding.HOUSE
    if not steps.errors and not words:
        try:
            text = request.form.get("version", "")
            seen = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
            by = current_identity().name
            reminding.change_ladder(owner, steps.steps, seen_version=seen, by=by)
            flash("The reminders are written anew.", "done")
            return redirect(url_for(".ladder", customer=customer.code if customer else None), code=303)
        except BadInput as error:
            words = error.words
    found = reminding.ladder_of(owner)
    return page("invoices/ladder.html", customer=customer, ladder=found, steps=steps, words=words), 422


def _customer(code: str) -> CustomerInfo | None:
    """Raises NotFound for a code that nobody has."""
    wanted = code.strip()[:20].upper()
    return accounts.customer_by_code(wanted) if wanted else None


@blueprint.get("/staff/disputes")
@access.staff("clerk", "manager")
def disputes() -> ResponseReturnValue:
    """What customers say is wrong, newest first."""
    state = DisputeState.CLOSED if request.args.get("show") == "closed" else DisputeState.OPEN
    oldest = request.args.get("sort") == "oldest"

    def pages(after: str | None, limit: int) -> Page[DisputeInfo]:
        return disputing.list_page(state, after, limit, oldest=oldest)

    return lists.page("invoices/disputes.html", DISPUTES, pages, state=state, oldest=oldest)


@blueprint.get("/staff/disputes/<int:dispute_id>")
@access.staff("clerk", "manager")
def dispute(dispute_id: int) -> ResponseReturnValue:
    """One dispute, and a form to answer it."""
    found = disputing.one(dispute_id)
    form = AnswerForm(formdata=None, words=found.answer, version=str(found.version))
    return page("invoices/staff_dispute.html", dispute=found, form=form)


@blueprint.post("/staff/disputes/<int:dispute_id>")
@access.staff("clerk", "manager")
@commit_on_success
def answer_dispute(dispute_id: int) -> ResponseReturnValue:
    """The customer gets an answer, and perhaps that is the end of it."""
    form, close = AnswerForm(), request.form.get("step") == "close"
    if not form.validate_on_submit():
        return page("invoices/staff_dispute.html", dispute=disputing.one(dispute_id), form=form), 422
    by = current_identity().name
    disputing.answer(dispute_id, form.words.data, close=close, seen_version=form.seen_version, by=by)
    flash("Answered and closed." if close else "Answered. The dispute stays open.", "done")
    return redirect(url_for(".disputes"), code=303)


@blueprint.get("/staff/invoices/<number>/promise")
@access.staff("clerk", "manager")
def promise_form(number: str) -> ResponseReturnValue:
    """A form: what the customer said on the telephone."""
    return page("invoices/staff_promise.html", info=service.by_number(number), form=PromiseForm())


@blueprint.post("/staff/invoices/<number>/promise")
@access.staff("clerk", "manager")
@commit_on_success
def note_promise(number: str) -> ResponseReturnValue:
    """The customer will pay on a day."""
    form = PromiseForm()
    if form.validate_on_submit():
        try:
            promising.promise(number, form.promised_on.data, form.words.data, by=current_identity().name)
            flash("Noted. No reminder goes out for it until then.", "done")
            return redirect(url_for(".show", number=number), code=303)
        except BadInput as error:
            blame(form, error)
    return page("invoices/staff_promise.html", info=service.by_number(number), form=form), 422
