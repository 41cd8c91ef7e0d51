"""Statements by mail: one to look at and send, those that went out, and whether all go out at the end of a month."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core import clock
from portal.core.errors import BadInput
from portal.platform import lists
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.paging import Page
from portal.reporting import mailing
from portal.reporting.staff_views.blueprint import blueprint
from portal.reporting.statements import Asked, Form
from portal.reporting.types import SentStatement

SENT: lists.Columns[SentStatement] = lists.Columns("statements", mailing.HEADS, mailing.cells)


class MonthlyForm(FlaskForm):  # type: ignore[misc]
    """Whether statements go out by themselves. version: of the setting as it was shown."""

    monthly = BooleanField("Send every customer their statement at the end of a month")
    version = IntegerField(validators=[InputRequired("Open the page again.")])


class SendForm(FlaskForm):  # type: ignore[misc]
    """A button: only its token is checked; the period stands in the address."""


@blueprint.get("/staff/statements")
@access.staff("clerk", "manager")
def sent_statements() -> ResponseReturnValue:
    """Statements that went out, newest first."""
    search, oldest = request.args.get("q", "").strip()[:80], request.args.get("sort") == "oldest"
    known = mailing.MONTHLY.known()
    form = MonthlyForm(formdata=None, monthly=known.value, version=known.version)

    def pages(after: str | None, limit: int) -> Page[SentStatement]:
        return mailing.sent_page(search, after, limit, oldest=oldest)

    return lists.page("reporting/statements.html", SENT, pages, search=search, oldest=oldest, form=form)


@blueprint.post("/staff/statements")
@access.staff("manager")
@commit_on_success
def set_monthly() -> ResponseReturnValue:
    """Statements go out at the end of a month, or do not."""
    form = MonthlyForm()
    if not form.validate_on_submit():
        raise BadInput("Open the page again.")
    mailing.MONTHLY.change(bool(form.monthly.data), seen_version=form.version.data)
    flash("Kept. It holds from the next month’s end.", "done")
    return redirect(url_for(".sent_statements"), code=303)


@blueprint.get("/staff/customers/<code>/statement/mail")
@access.staff("clerk", "manager")
def statement_mail(code: str) -> ResponseReturnValue:
    """The mail as it would go out."""
    customer = accounts.customer_by_code(code)
    found = mailing.preview(customer, _asked(customer))
    return page("reporting/statement_mail.html", customer=customer, preview=found, form=SendForm(formdata=None))


@blueprint.post("/staff/customers/<code>/statement/mail")
@access.staff("clerk", "manager")
@commit_on_success
def send_statement(code: str) -> ResponseReturnValue:
    """It goes out."""
    if not SendForm().validate_on_submit():
        raise BadInput("Open the page again.")
    to = mailing.send(code, _asked(accounts.customer_by_code(code)), by=current_identity())
    flash(f"The statement goes to {to}.", "done")
    return redirect(url_for(".sent_statements", q=code), code=303)


def _asked(customer: CustomerInfo) -> Asked:
    """The period in the address, last month without one, in the customer's own currency unless another is asked for.

    Raises BadInput for days that make no period.
    """
    asked = Asked.read({**request.args.to_dict(), "form": Form.BALANCE_FORWARD.value}, customer.currency)
    return asked if request.args.get("since") else mailing.asked_for_month(clock.today(), asked.currency)
