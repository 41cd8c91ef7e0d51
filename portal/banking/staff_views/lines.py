"""The work list: lines that nobody has explained, and what people decide about them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.banking import service
from portal.banking.forms import DecisionForm, WhyForm
from portal.banking.staff_views.blueprint import blueprint
from portal.banking.types import LineInfo
from portal.core.errors import BadInput, NotFound
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.payments import service as payments
from portal.platform import lists
from portal.platform.http import access, commit_on_success, current_identity, page

LINES: lists.Columns[LineInfo] = lists.Columns(
    "lines", ("Day", "Line", "Reference", "Amount", "Fee", "State", "Why", "Payment", "Journal", "Set aside because"),
    lambda each: (
        each.day, each.description, each.reference, each.amount, each.fee, each.state.value, "; ".join(each.reasons),
        each.payment_id, each.journal_id, each.reason,
    ),
)  # fmt: skip


@blueprint.get("/staff/bank/lines")
@access.staff("clerk", "manager")
def lines() -> ResponseReturnValue:
    """The work list: lines that nobody has explained, each with what it may be; and what was done."""
    show = request.args.get("show", "")
    which = show if show in ("certain", "booked", "aside") else ""
    return lists.page(
        "banking/lines.html", LINES, lambda after, limit: service.lines(which, after, limit), tally=service.tally(),
        late=payments.waiting_sum(), which=which,
    )  # fmt: skip


@blueprint.get("/staff/bank/lines/<int:line_id>")
@access.staff("clerk", "manager")
def line(line_id: int) -> ResponseReturnValue:
    """One line with its evidence, and everything that can be done with it."""
    return _line(line_id, DecisionForm(formdata=None), WhyForm(formdata=None))


@blueprint.post("/staff/bank/lines/<int:line_id>/accept")
@access.staff("clerk", "manager")
@commit_on_success
def accept(line_id: int) -> ResponseReturnValue:
    """A person says what the line is; the money is booked."""
    form, by = DecisionForm(), current_identity().user_id
    if not form.validate_on_submit():
        return _line(line_id, form, WhyForm(formdata=None)), 422
    numbers, customer = form.invoice.data, form.customer.data
    try:
        service.accept(line_id, payment_id=form.payment_id, numbers=numbers, customer=customer, by=by)
    except (BadInput, NotFound) as error:
        form.form_errors.append(error.words if isinstance(error, BadInput) else "There is no such customer or invoice.")
        return _line(line_id, form, WhyForm(formdata=None)), 422
    flash("The line is booked.", "done")
    return redirect(url_for(".lines"), code=303)


@blueprint.post("/staff/bank/lines/<int:line_id>/ignore")
@access.staff("clerk", "manager")
@commit_on_success
def ignore(line_id: int) -> ResponseReturnValue:
    """The line is no customer's money."""
    form = WhyForm()
    if not form.validate_on_submit():
        return _line(line_id, DecisionForm(formdata=None), form), 422
    service.ignore(line_id, form.reason.data, by=current_identity().user_id)
    flash("The line is set aside.", "done")
    return redirect(url_for(".lines"), code=303)


@blueprint.post("/staff/bank/lines/<int:line_id>/undo")
@access.staff("manager")
@commit_on_success
def undo(line_id: int) -> ResponseReturnValue:
    """What was decided about the line is taken back by counter-entries."""
    form = WhyForm()
    if not form.validate_on_submit():
        return _line(line_id, DecisionForm(formdata=None), form), 422
    service.undo(line_id, form.reason.data, by=current_identity().user_id)
    flash("Undone by counter-entries. The line waits for a decision again.", "done")
    return redirect(url_for(".line", line_id=line_id), code=303)


def _line(line_id: int, form: DecisionForm, why: WhyForm) -> str:
    found = service.line(line_id)
    code = (request.args.get("customer") or "").strip()[:20].upper()
    owing, missing = _owing(code) if found.to_decide else ([], "")
    return page(
        "banking/line.html",
        line=found,
        form=form,
        why=why,
        code=code,
        owing=owing,
        missing=missing,
        may_undo=current_identity().has_staff("manager"),
    )


def _owing(code: str) -> tuple[list[InvoiceInfo], str]:
    """What a customer owes, and what is wrong with the code."""
    if not code:
        return [], ""
    try:
        return invoices.open_of(accounts.customer_by_code(code).id), ""
    except NotFound:
        return [], f"There is no customer {code}. Look the code up under Customers."
