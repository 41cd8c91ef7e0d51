"""Money that is moved, given up or given back: what one person does, and what two people decide."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments import service, wording
from portal.payments.errors import NoCredit
from portal.payments.oversight_forms import BackForm, LimitsForm, MoveForm, PaidForm, RefundForm, WhyForm
from portal.payments.types import PaymentInfo, ShareState
from portal.payments.types.giving import RefundInfo, RefundState, WriteOffInfo, WriteOffState
from portal.payments.types.online import LABELS
from portal.platform import export, lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.paging import Page

blueprint = Blueprint("payments_oversight", __name__)
Of = TypeVar("Of", bound=StrEnum)
REFUNDS: lists.Columns[RefundInfo] = lists.Columns(
    "refunds", ("Refund", "State", "Customer", "Name", "Payment", "Amount", "Asked", "Decided", "Paid on", "Reason"),
    lambda each: (
        each.name, each.state.value, each.customer_code, each.customer_name, each.payment_id, each.amount,
        each.asked_at, each.decided_at, each.paid_on, each.reason,
    ),
)  # fmt: skip
WRITE_OFFS: lists.Columns[WriteOffInfo] = lists.Columns(
    "write_offs",
    ("Write-off", "Kind", "State", "Invoice", "Customer", "Name", "Amount", "VAT in it", "Asked", "Reason"),
    lambda each: (
        each.name, each.kind.value, each.state.value, each.invoice_number, each.customer_code, each.customer_name,
        each.amount, each.vat, each.asked_at, each.reason,
    ),
)  # fmt: skip


def _state(kind: type[Of]) -> Of | None:
    """The state that the address asks for; None for any."""
    return next((each for each in kind if each == request.args.get("state")), None)


def _oldest() -> bool:
    return request.args.get("sort") == "oldest"


def _me() -> int:
    return current_identity().user_id


def _ticked(name: str) -> list[int]:
    """The ids of what was ticked; what is no id is left out."""
    return [int(each) for each in request.form.getlist(name) if each.isascii() and each.isdigit() and len(each) < 19]


def _decides() -> bool:
    return current_identity().has_staff("manager")


# -- moving ------------------------------------------------------------------------------------------------------------


@blueprint.get("/staff/bank/payments/<int:payment_id>/move/<number>")
@access.staff("clerk", "manager")
def move_form(payment_id: int, number: str) -> ResponseReturnValue:
    """How much of what a payment paid on an invoice goes where instead."""
    payment = service.payment(payment_id)
    share = next((each for each in payment.shares if each.invoice_number == number), None)
    form = MoveForm(amount=share.amount if share and share.state is ShareState.ACTIVE else None)
    return _move(payment, number, form)


@blueprint.post("/staff/bank/payments/<int:payment_id>/move/<number>")
@access.staff("clerk", "manager")
@commit_on_success
def move(payment_id: int, number: str) -> ResponseReturnValue:
    """Take it off one invoice and put it on others, or on account."""
    form, source = MoveForm(), invoices.by_number(number)
    if not form.validate_on_submit():
        return _move(service.payment(payment_id), number, form), 422
    payment = service.payment(payment_id)
    open_ones, amount = invoices.open_of(payment.customer_id), form.moved(payment.amount.currency)
    to = [each.id for each in open_ones if each.number in form.to.data]
    words = {"reason": form.reason.data, "key": form.key.data, "by": _me()}
    try:
        made = service.move_share(payment_id, source.id, to, amount, **words)
    except BadInput as error:
        blame(form, error)
        return _move(service.payment(payment_id), number, form), 422
    flash(wording.outcome_of_move(amount, number, made), "done")
    return redirect(url_for("payments_staff.payment", payment_id=payment_id), code=303)


def _move(payment: PaymentInfo, number: str, form: MoveForm) -> str:
    share = next((each for each in payment.shares if each.invoice_number == number), None)
    if share is None:
        raise NotFound(f"{payment.name} has no share of {number}")
    currency = payment.amount.currency
    open_ones = (each for each in invoices.open_of(payment.customer_id) if each.currency == currency)
    owing = [each for each in open_ones if each.number != number]
    return page("payments/move.html", payment=payment, share=share, owing=owing, form=form)


# -- refunds -----------------------------------------------------------------------------------------------------------


@blueprint.get("/staff/bank/payments/<int:payment_id>/refund")
@access.staff("clerk", "manager")
def refund_form(payment_id: int) -> ResponseReturnValue:
    """Pay credit back: how much, to which account, why."""
    payment = service.payment(payment_id)
    by_gateway = service.goes_back(payment.id)
    form = _refund_kind(by_gateway)(amount=payment.credit, holder=payment.customer_name)
    return _ask_refund(payment, form, by_gateway)


def _refund_kind(by_gateway: bool) -> type[BackForm]:
    """Back the way it came where that can be, unless the address asks for a bank account."""
    return BackForm if by_gateway and request.args.get("to") != "bank" else RefundForm


@blueprint.post("/staff/bank/payments/<int:payment_id>/refund")
@access.staff("clerk", "manager")
@commit_on_success
def ask_refund(payment_id: int) -> ResponseReturnValue:
    """Keep credit for a refund; within the limit of one person it is approved at once."""
    payment = service.payment(payment_id)
    by_gateway = service.goes_back(payment.id)
    form = _refund_kind(by_gateway)()
    if not form.validate_on_submit():
        return _ask_refund(payment, form, by_gateway), 422
    words = {"key": form.key.data, "by": _me()}
    try:
        to = service.beneficiary(*typed) if (typed := form.typed()) else None
        amount = form.refunded(payment.amount.currency)
        made = service.ask_refund(payment_id, amount, to, form.reason.data, **words)
    except BadInput as error:
        blame(form, error)
        return _ask_refund(payment, form, by_gateway), 422
    except NoCredit as error:
        form.amount.errors = [*form.amount.errors, str(error)]
        return _ask_refund(payment, form, by_gateway), 422
    flash(wording.outcome_of_refund(made), "done")
    return redirect(url_for(".refund", refund_id=made.id), code=303)


def _ask_refund(payment: PaymentInfo, form: BackForm, by_gateway: bool) -> str:
    to_bank, label = isinstance(form, RefundForm), LABELS.get(payment.method, "")
    ways: dict[str, Any] = {"to_bank": to_bank, "label": label, "by_gateway": by_gateway}
    return page("payments/refund_form.html", payment=payment, form=form, limits=service.limits(), **ways)


@blueprint.get("/staff/refunds")
@access.staff("clerk", "manager")
def refunds() -> ResponseReturnValue:
    """Refunds, newest first; approved ones are ticked into a file for the bank."""
    state, oldest = _state(RefundState), _oldest()

    def pages(after: str | None, limit: int) -> Page[RefundInfo]:
        return service.refunds_page(state, after=after, limit=limit, oldest=oldest)

    return lists.page("payments/refunds.html", REFUNDS, pages, **_beside_refunds(""), state=state, oldest=oldest)


def _beside_refunds(error: str) -> dict[str, Any]:
    files, ours = service.refund_files(), ledger.our_accounts()
    return {"states": RefundState, "files": files, "accounts": ours, "error": error}


def _refused(error: str) -> str:
    """The first page of refunds, with what was wrong."""
    found = service.refunds_page(None)
    return page("payments/refunds.html", refunds=found, **_beside_refunds(error), state=None, oldest=False)


@blueprint.post("/staff/refunds/file")
@access.staff("clerk", "manager")
@commit_on_success
def send_refunds() -> ResponseReturnValue:
    """Ticked refunds go into one file for the bank."""
    bank = next((each.id for each in ledger.our_accounts() if str(each.id) == request.form.get("account")), None)
    if bank is None:
        return _refused("Choose which of our accounts pays."), 422
    try:
        file = service.send_refunds(_ticked("refund"), bank, key=request.form.get("key", ""), by=_me())
    except BadInput as error:
        return _refused(error.words), 422
    flash(f"File {file.id} holds {file.amount}. Save it and give it to the bank; then mark what it paid.", "done")
    return redirect(url_for(".refunds", state="sent"), code=303)


@blueprint.get("/staff/refunds/files/<int:file_id>.csv")
@access.staff("clerk", "manager")
def bank_file(file_id: int) -> ResponseReturnValue:
    """A file of refunds as banks take it: one payment a row."""
    heads = ("Beneficiary", "Bank", "Branch code", "Account number", "Amount", "Their reference", "Our reference")
    rows = [
        (
            each.to.holder, each.to.bank, each.to.branch, each.to.account, each.amount,
            f"360DEGREE {each.customer_code}", each.name,
        )
        for each in service.refunds_in(file_id)
    ]  # fmt: skip
    return export.download(f"refunds-{file_id}", heads, rows, export.Format.CSV)


@blueprint.get("/staff/refunds/<int:refund_id>")
@access.staff("clerk", "manager")
def refund(refund_id: int) -> ResponseReturnValue:
    """One refund: where it stands and what can be done with it."""
    return _refund(refund_id, WhyForm(formdata=None), PaidForm(formdata=None, paid_on=clock.today()))


def _refund(refund_id: int, why: WhyForm, paid: PaidForm) -> str:
    found = service.refund(refund_id)
    names = accounts.names_of(each for each in (found.asked_by_id, found.decided_by_id) if each is not None)
    values: dict[str, Any] = {"why": why, "paid": paid, "form": paid if paid.errors else why, "names": names}
    values["label"] = LABELS.get(found.via, "")
    return page("payments/refund.html", refund=found, states=RefundState, decides=_decides(), me=_me(), **values)


@blueprint.post("/staff/refunds/<int:refund_id>/decide")
@access.staff("manager")
@commit_on_success
def decide_refund(refund_id: int) -> ResponseReturnValue:
    """A second person approves, or the refund is declined."""
    form = WhyForm()
    agreed = form.answer.data == "approve"
    if not agreed and not form.validate_on_submit():
        return _refund(refund_id, form, PaidForm(formdata=None, paid_on=clock.today())), 422
    made = service.decide_refund(refund_id, agreed, form.reason.data or "", key=form.key.data, by=_me())
    flash(wording.outcome_of_refund(made), "done")
    return redirect(url_for(".refund", refund_id=refund_id), code=303)


@blueprint.post("/staff/refunds/<int:refund_id>/paid")
@access.staff("clerk", "manager")
@commit_on_success
def pay_refund(refund_id: int) -> ResponseReturnValue:
    """The bank shows that the money left."""
    form = PaidForm()
    if not form.validate_on_submit():
        return _refund(refund_id, WhyForm(formdata=None), form), 422
    try:
        made = service.pay_refund(refund_id, form.paid_on.data, key=form.key.data, by=_me())
    except BadInput as error:
        blame(form, BadInput(error.words, field="paid_on"))
        return _refund(refund_id, WhyForm(formdata=None), form), 422
    flash(wording.outcome_of_refund(made), "done")
    return redirect(url_for(".refund", refund_id=refund_id), code=303)


@blueprint.post("/staff/refunds/<int:refund_id>/returned")
@access.staff("manager")
@commit_on_success
def return_refund(refund_id: int) -> ResponseReturnValue:
    """The bank did not pay it, or sent it back."""
    form = WhyForm()
    if not form.validate_on_submit():
        return _refund(refund_id, form, PaidForm(formdata=None, paid_on=clock.today())), 422
    made = service.return_refund(refund_id, form.reason.data, key=form.key.data, by=_me())
    flash(wording.outcome_of_refund(made), "done")
    return redirect(url_for(".refund", refund_id=refund_id), code=303)


# -- write-offs --------------------------------------------------------------------------------------------------------


@blueprint.get("/staff/write-offs")
@access.staff("clerk", "manager")
def write_offs() -> ResponseReturnValue:
    """Write-offs, newest first, and small rests that may be written off in one go."""
    state, oldest = _state(WriteOffState), _oldest()

    def pages(after: str | None, limit: int) -> Page[WriteOffInfo]:
        return service.write_offs_page(state, after=after, limit=limit, oldest=oldest)

    beside: dict[str, Any] = {"states": WriteOffState, "small": service.small_rests(), "limits": service.limits()}
    return lists.page("payments/write_offs.html", WRITE_OFFS, pages, **beside, state=state, oldest=oldest)


@blueprint.post("/staff/write-offs/small")
@access.staff("clerk", "manager")
@commit_on_success
def write_off_small() -> ResponseReturnValue:
    """All ticked small rests are written off."""
    done = service.write_off_small_rests(_ticked("invoice"), "Small rest", key=request.form.get("key", ""), by=_me())
    flash(wording.outcome_of_small(done) if done else "Nothing was ticked, or nothing is left to write off.", "done")
    return redirect(url_for(".write_offs"), code=303)


@blueprint.get("/staff/write-offs/<int:write_off_id>")
@access.staff("clerk", "manager")
def write_off(write_off_id: int) -> ResponseReturnValue:
    """One write-off: who asked, who decided, and its journal."""
    return _write_off(write_off_id, WhyForm(formdata=None))


def _write_off(write_off_id: int, form: WhyForm) -> str:
    found = service.write_off(write_off_id)
    names = accounts.names_of(each for each in (found.asked_by_id, found.decided_by_id) if each is not None)
    values: dict[str, Any] = {"form": form, "names": names, "decides": _decides(), "me": _me()}
    return page("payments/write_off.html", write_off=found, states=WriteOffState, **values)


@blueprint.post("/staff/write-offs/<int:write_off_id>/decide")
@access.staff("manager")
@commit_on_success
def decide_write_off(write_off_id: int) -> ResponseReturnValue:
    """A second person agrees that a debt is lost, or does not."""
    form = WhyForm()
    agreed = form.answer.data == "agree"
    if not agreed and not form.validate_on_submit():
        return _write_off(write_off_id, form), 422
    made = service.decide_bad_debt(write_off_id, agreed, form.reason.data or "", key=form.key.data, by=_me())
    flash(wording.outcome_of_write_off(made), "done")
    return redirect(url_for(".write_off", write_off_id=write_off_id), code=303)


@blueprint.post("/staff/write-offs/<int:write_off_id>/undo")
@access.staff("manager")
@commit_on_success
def undo_write_off(write_off_id: int) -> ResponseReturnValue:
    """The invoice needs its money again."""
    form = WhyForm()
    if not form.validate_on_submit():
        return _write_off(write_off_id, form), 422
    made = service.undo_write_off(write_off_id, form.reason.data, key=form.key.data, by=_me())
    flash(wording.outcome_of_write_off(made), "done")
    return redirect(url_for(".write_off", write_off_id=write_off_id), code=303)


@blueprint.get("/staff/invoices/<number>/write-off")
@access.staff("clerk", "manager")
def give_up_form(number: str) -> ResponseReturnValue:
    """Give the rest of an invoice up: as cents, or as a bad debt that a second person decides."""
    return _give_up(number, WhyForm(formdata=None))


def _give_up(number: str, form: WhyForm) -> str:
    invoice = invoices.by_number(number)
    values: dict[str, Any] = {"form": form, "limits": service.limits()}
    return page("payments/give_up.html", invoice=invoice, done=service.write_offs_of(invoice.id), **values)


@blueprint.post("/staff/invoices/<number>/write-off")
@access.staff("clerk", "manager")
@commit_on_success
def give_up(number: str) -> ResponseReturnValue:
    """Small rests are booked at once; a bad debt waits for a second person."""
    form, invoice = WhyForm(), invoices.by_number(number)
    if not form.validate_on_submit():
        return _give_up(number, form), 422
    small = invoice.balance <= service.limits().cents
    verb = service.write_off_cents if small else service.ask_bad_debt
    made = verb(invoice.id, form.reason.data, key=form.key.data, by=_me())
    flash(wording.outcome_of_write_off(made), "done")
    return redirect(url_for(".write_off", write_off_id=made.id), code=303)


# -- limits ------------------------------------------------------------------------------------------------------------


@blueprint.get("/staff/money-limits")
@access.staff("manager")
def limits() -> ResponseReturnValue:
    """Up to which sums one person may decide."""
    now = service.limits()
    versions = {"cents_version": str(now.cents_version), "refund_version": str(now.refund_version)}
    return page("payments/limits.html", form=LimitsForm(cents=now.cents, refund_alone=now.refund_alone, **versions))


@blueprint.post("/staff/money-limits")
@access.staff("manager")
@commit_on_success
def set_limits() -> ResponseReturnValue:
    """Change them; audited."""
    form = LimitsForm()
    if not form.validate_on_submit():
        return page("payments/limits.html", form=form), 422
    try:
        service.set_limits(*form.sums(), seen=form.seen())
    except BadInput as error:
        blame(form, error)
        return page("payments/limits.html", form=form), 422
    flash("The limits hold from now on.", "done")
    return redirect(url_for(".limits"), code=303)
