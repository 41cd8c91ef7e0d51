"""Months of our accounts: what is open in each, signed off with a report, opened again by two people."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.banking import service
from portal.banking.forms import DecideMonthForm, SignForm, WhyForm
from portal.banking.staff_views.blueprint import blueprint
from portal.banking.types.months import money
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.text import counted
from portal.ledger import service as ledger
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page


@blueprint.get("/staff/bank/months")
@access.staff("clerk", "manager")
def months() -> ResponseReturnValue:
    """Months in which money moved, and how far each is."""
    names = {each.id: each.masked for each in ledger.our_accounts()}
    return page("banking/months.html", months=service.months(), names=names)


@blueprint.get("/staff/bank/months/<int:account_id>/<month>")
@access.staff("clerk", "manager")
def month(account_id: int, month: str) -> ResponseReturnValue:
    """What a month comes to, what is still open in it, and who signed it off."""
    return _month(account_id, _first_of(month), SignForm(formdata=None), WhyForm(formdata=None))


@blueprint.post("/staff/bank/months/<int:account_id>/<month>")
@access.staff("manager")
@commit_on_success
def sign_month(account_id: int, month: str) -> ResponseReturnValue:
    """A manager signs a month off as the page showed it."""
    form, first, me = SignForm(), _first_of(month), current_identity()
    if not form.validate_on_submit():
        return _month(account_id, first, form, WhyForm(formdata=None)), 422
    try:
        service.sign_month(
            account_id, first, form.note.data, seen=form.seen.data, key=form.key.data, by=me.user_id, name=me.name
        )
    except BadInput as error:
        blame(form, error)
        return _month(account_id, first, form, WhyForm(formdata=None)), 422
    flash("The month is signed off. Its lines stay as they are.", "done")
    return redirect(url_for(".month", account_id=account_id, month=month), code=303)


@blueprint.post("/staff/bank/months/<int:account_id>/<month>/suspend")
@access.staff("clerk", "manager")
@commit_on_success
def suspend_rest(account_id: int, month: str) -> ResponseReturnValue:
    """All money of the month that nobody knows goes into suspense."""
    done = service.suspend_rest(account_id, _first_of(month), by=current_identity().user_id)
    flash(f"{counted(done, 'payment is', 'payments are')} in suspense now.", "done")
    return redirect(url_for(".month", account_id=account_id, month=month), code=303)


@blueprint.post("/staff/bank/signed/<int:signed_id>/reopen")
@access.staff("manager")
@commit_on_success
def ask_month(signed_id: int) -> ResponseReturnValue:
    """Ask to open a month again."""
    form, found = WhyForm(), service.signed_month(signed_id)
    if not form.validate_on_submit():
        return _month(found.account_id, found.month, SignForm(formdata=None), form), 422
    service.ask_month(signed_id, form.reason.data, key=form.key.data, by=current_identity().user_id)
    flash("Another person has to open the month now.", "done")
    return redirect(url_for(".month", account_id=found.account_id, month=f"{found.month:%Y-%m}"), code=303)


@blueprint.post("/staff/bank/signed/<int:signed_id>/decide")
@access.staff("manager")
@commit_on_success
def decide_month(signed_id: int) -> ResponseReturnValue:
    """A second person opens the month, or leaves it signed off."""
    form = DecideMonthForm()
    agreed = form.answer.data == "open"
    found = service.decide_month(signed_id, agreed, key=form.key.data, by=current_identity().user_id)
    flash("The month is open again." if agreed else "The month stays signed off.", "done")
    return redirect(url_for(".month", account_id=found.account_id, month=f"{found.month:%Y-%m}"), code=303)


@blueprint.get("/staff/bank/signed/<int:signed_id>.pdf")
@access.staff("clerk", "manager")
def month_report(signed_id: int) -> ResponseReturnValue:
    """The signed report, as it was signed."""
    found = service.signed_month(signed_id)
    answer = Response(service.month_report(found), mimetype="application/pdf")
    name = f"reconciliation-{found.account_id}-{found.month:%Y-%m}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _first_of(month: str) -> date:
    """The first day of ``2026-03``. Raises NotFound for what is no month, and for those to come."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFound(f"no month {month}") from None
    if first > clock.today() or first.year < 2000:
        raise NotFound(f"no month {month}")
    return first


def _month(account_id: int, first: date, form: SignForm, why: WhyForm) -> str:
    account, me = ledger.our_account(account_id), current_identity()
    signings = service.signings(account_id, first)
    live = next((each for each in signings if each.live), None)
    people = {each for one in signings for each in (one.asked_by, one.reopened_by) if each is not None}
    return page(
        "banking/month.html", account=account, month=first, figures=service.month_figures(account_id, first),
        live=live, signings=signings, names=accounts.names_of(people) if people else {}, form=form, why=why,
        over=(first.year, first.month) < (clock.today().year, clock.today().month),
        money=lambda cents: money(cents, account.currency), may_sign=me.has_staff("manager"), me=me.user_id,
    )  # fmt: skip
