"""The books under watch: what checks found broken, and which months are closed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core.errors import BadInput
from portal.ledger import service
from portal.ledger.oversight_forms import CloseForm, DecideForm, ReopenForm, WhyForm
from portal.ledger.types import ACCOUNT_WORDS, BooksInfo, FindingInfo
from portal.platform import lists, panels
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, identity_or_none, page
from portal.platform.paging import Page

blueprint = Blueprint("ledger_oversight", __name__)
FINDINGS: lists.Columns[FindingInfo] = lists.Columns(
    "findings", ("Row", "Rule", "What is wrong", "Found", "Sound again", "Lifted", "Why it was lifted"),
    lambda each: (
        each.row, each.invariant, each.words, each.found_at, each.sound_at, each.lifted_at, each.lift_reason,
    ),
)  # fmt: skip


@blueprint.app_context_processor
def _parked() -> dict[str, object]:
    """Staff pages of any feature can say why something of theirs is parked."""
    return {"parked_of": service.parked}


@blueprint.record
def _join_other_pages(_state: BlueprintSetupState) -> None:
    panels.register("customer", "ledger", of_customer)
    panels.register("invoice", "ledger", of_invoice)


def of_customer(customer_id: int) -> str:
    """What a customer's accounts hold, each amount leading to its entries; and why the customer is parked."""
    found = service.accounts_of(customer_id)
    return render_template("ledger/_of_customer.html", accounts=found, customer_id=customer_id, words=ACCOUNT_WORDS)


def of_invoice(invoice: panels.Shown) -> str:
    """Why an invoice is parked, for staff; empty when it is not."""
    person = identity_or_none()
    if person is None or not person.is_staff or not (found := service.parked(invoice_id=invoice.id)):
        return ""
    return render_template("ledger/_parked.html", findings=found)


@blueprint.get("/staff/ledger/checks")
@access.staff("clerk", "manager")
def checks() -> ResponseReturnValue:
    """What the checks of the books found broken, and when they ran last."""
    everything, oldest = request.args.get("show") == "all", request.args.get("sort") == "oldest"

    def pages(after: str | None, limit: int) -> Page[FindingInfo]:
        return service.findings_page(only_open=not everything, after=after, limit=limit, oldest=oldest)

    beside = _beside(WhyForm(formdata=None), None)
    return lists.page("ledger/checks.html", FINDINGS, pages, **beside, everything=everything, oldest=oldest)


@blueprint.post("/staff/ledger/checks/<int:finding_id>/lift")
@access.staff("manager")
@commit_on_success
def lift(finding_id: int) -> ResponseReturnValue:
    """A manager lets automatic actions touch something again although it is broken."""
    form = WhyForm()
    if not form.validate_on_submit():
        return _checks(form, finding_id), 422
    found = service.lift(finding_id, form.reason.data, key=form.key.data, by=current_identity().user_id)
    flash(f"{found.row} is no longer parked. It stays on this page until it is sound.", "done")
    return redirect(url_for(".checks"), code=303)


def _checks(form: WhyForm, refused: int | None) -> str:
    found = service.findings_page(only_open=True)
    return page("ledger/checks.html", findings=found, **_beside(form, refused), everything=False, oldest=False)


def _beside(form: WhyForm, refused: int | None) -> dict[str, Any]:
    may_lift = current_identity().has_staff("manager")
    return {"runs": service.last_checks(), "form": form, "refused": refused, "may_lift": may_lift}


@blueprint.get("/staff/ledger/periods")
@access.staff("clerk", "manager")
def periods() -> ResponseReturnValue:
    """Which months are closed, and by whom."""
    now = service.standing()
    return _periods(CloseForm(service.closable(now)), ReopenForm(service.reopenable(now)), now)


@blueprint.post("/staff/ledger/periods/close")
@access.staff("manager")
@commit_on_success
def close_period() -> ResponseReturnValue:
    """The books close up to the end of a month."""
    form = CloseForm(service.closable())
    if not form.validate_on_submit():
        return _periods(form, ReopenForm(service.reopenable(), formdata=None)), 422
    until = service.close(form.until.data, key=form.key.data, by=current_identity().user_id)
    flash(f"The books are closed up to {until.day} {until:%B %Y}. Nothing is posted with an earlier day.", "done")
    return redirect(url_for(".periods"), code=303)


@blueprint.post("/staff/ledger/periods/reopen")
@access.staff("manager")
@commit_on_success
def ask_reopening() -> ResponseReturnValue:
    """Somebody asks for closed months to be opened again."""
    form = ReopenForm(service.reopenable())
    if form.validate_on_submit():
        try:
            service.ask_reopening(form.first.data, form.reason.data, key=form.key.data, by=current_identity().user_id)
        except BadInput as error:
            blame(form, error)
        else:
            flash("Another person has to open the books now.", "done")
            return redirect(url_for(".periods"), code=303)
    return _periods(CloseForm(service.closable(), formdata=None), form), 422


@blueprint.post("/staff/ledger/periods/decide")
@access.staff("manager")
@commit_on_success
def decide_reopening() -> ResponseReturnValue:
    """A second person opens the books, or leaves them closed."""
    form = DecideForm()
    agreed = form.answer.data == "open"
    service.decide_reopening(agreed, key=form.key.data, by=current_identity().user_id)
    flash("The books are open again." if agreed else "The books stay closed.", "done")
    return redirect(url_for(".periods"), code=303)


def _periods(close: CloseForm, reopen: ReopenForm, now: BooksInfo | None = None) -> str:
    standing, history, me = now or service.standing(), service.history(), current_identity()
    people = {each.by_user_id for each in history} | {each.asked_by_id for each in history} | {standing.asked_by_id}
    return page(
        "ledger/periods.html",
        standing=standing,
        history=history,
        names=accounts.names_of(each for each in people if each is not None),
        form=reopen if reopen.errors else close,
        close=close,
        reopen=reopen,
        may_decide=me.has_staff("manager"),
        asked_it=standing.asked_by_id == me.user_id,
    )
