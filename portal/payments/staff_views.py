"""The bank page: what is seen on the bank's screen becomes money here, and nowhere else by hand."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.exchange import HOME
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.payments import opening as reader
from portal.payments import service, wording
from portal.payments.forms import BulkForm, ConfirmForm, CreditForm, OpeningForm, ReasonForm, ReceiptForm, Ticked
from portal.payments.service import online
from portal.payments.types import MOVES, RAIL_WORDS, PaymentInfo, PaymentState, Waiting, name_of
from portal.payments.types.online import NoticeInfo, NoticeState
from portal.platform import export, lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page, shell_counts

blueprint = Blueprint("payments_staff", __name__)
shell_counts.register("bank", service.waiting_count)
PAYMENTS: lists.Columns[PaymentInfo] = lists.Columns(
    "payments",
    ("Payment", "Customer code", "Customer", "State", "Claimed", "Received", "Paid on", "Expected on", "Reference", "Pays"),
    lambda each: (
        each.name, each.customer_code, each.customer_name, each.state.value, each.claimed, each.received, each.paid_on,
        each.expected_on, each.reference, each.words,
    ),
)  # fmt: skip

NOTICES: lists.Columns[NoticeInfo] = lists.Columns(
    "gateway-notices",
    ("Notice", "Gateway", "Received", "From", "State", "Failed check", "Words", "Payment"),
    lambda each: (
        each.name, each.gateway, each.received_at, each.address, each.state.value, each.failed_check, each.words,
        name_of(each.payment_id) if each.payment_id else "",
    ),
)  # fmt: skip


@blueprint.get("/staff/bank")
@access.staff("clerk", "manager")
def bank() -> ResponseReturnValue:
    """What is left to look for at the bank: verified payments, oldest first."""
    which, search = _asked()
    pages = partial(service.waiting, which=which, search=search)
    if (file := lists.saved(PAYMENTS, lambda after, limit: pages(after, limit=limit))) is not None:
        return file
    return _bank(BulkForm(ledger.our_accounts(), value_date=clock.today()), Ticked())


@blueprint.post("/staff/bank")
@access.staff("clerk", "manager")
@commit_on_success
def confirm_many() -> ResponseReturnValue:
    """Everything ticked was seen at the bank, at one date."""
    form = BulkForm(ledger.our_accounts())
    ticked = Ticked.read(request.form.getlist("payment"), request.form)
    if not ticked.ids:
        form.form_errors.append("Tick at least one payment that you see at the bank.")
    if not form.validate_on_submit() or ticked.errors or not ticked.ids:
        return _bank(form, ticked), 422
    try:
        made = service.confirm_many(form.receipts(ticked), key=form.key.data, by=current_identity().user_id)
    except BadInput as error:
        blame(form, error)
        return _bank(form, ticked), 422
    if made.done:
        flash(wording.outcome_of_many(made), "done")
    for refused in made.refused:
        flash(wording.refusal(refused), "bad")
    return redirect(url_for(".bank"), code=303)


def _asked() -> tuple[Waiting, str]:
    """Which payments the address asks for."""
    show = request.args.get("show", "")
    return Waiting(show) if show in set(Waiting) else Waiting.ALL, request.args.get("q", "")[:80]


def _bank(form: BulkForm, ticked: Ticked) -> str:
    which, search = _asked()
    return page(
        "payments/bank.html",
        payments=service.waiting(request.args.get("after"), which=which, search=search),
        sums=service.waiting_sum(),
        which=which,
        search=search,
        form=form,
        ticked=ticked,
        list_name=PAYMENTS.name,
    )


@blueprint.get("/staff/bank/notices")
@access.staff("clerk", "manager")
def notices() -> ResponseReturnValue:
    """What gateways told us, with what became of it, and what they hold for us."""
    show = request.args.get("show", "")
    state = NoticeState(show) if show in set(NoticeState) else None
    pages = partial(online.notices, state)
    if (file := lists.saved(NOTICES, lambda after, limit: pages(after=after, limit=limit))) is not None:
        return file
    return page(
        "payments/notices.html",
        notices=pages(after=request.args.get("after")),
        state=state,
        held=online.held(),
        list_name=NOTICES.name,
    )


@blueprint.get("/staff/bank/payments/<int:payment_id>")
@access.staff("clerk", "manager")
def payment(payment_id: int) -> ResponseReturnValue:
    """One payment: what it says, where it stands, and what can be done with it."""
    found = service.payment(payment_id)
    accounts_in = ledger.accounts_in(found.amount.currency)
    form = ConfirmForm(accounts_in, value_date=clock.today(), amount=found.amount)
    return _payment(payment_id, form, ReasonForm(), found=found)


@blueprint.post("/staff/bank/payments/<int:payment_id>/confirm")
@access.staff("clerk", "manager")
@commit_on_success
def confirm(payment_id: int) -> ResponseReturnValue:
    """A clerk saw the money at the bank."""
    form = ConfirmForm(ledger.our_accounts())
    if not form.validate_on_submit():
        return _payment(payment_id, form, ReasonForm(formdata=None)), 422
    try:
        made = service.confirmation(payment_id, form.received(), key=form.key.data, by=current_identity().user_id)
    except BadInput as error:
        blame(form, error)
        return _payment(payment_id, form, ReasonForm(formdata=None)), 422
    flash(wording.outcome(made), "done")
    return redirect(url_for(".bank"), code=303)


@blueprint.post("/staff/bank/payments/<int:payment_id>/expire")
@access.staff("clerk", "manager")
@commit_on_success
def expire(payment_id: int) -> ResponseReturnValue:
    """The bank never showed the money."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _payment(payment_id, _empty_confirm(payment_id), form), 422
    service.expire(payment_id, form.reason.data, by=current_identity().user_id)
    flash("The payment no longer counts. Should the money come after all, confirm it here.", "done")
    return redirect(url_for(".bank"), code=303)


@blueprint.post("/staff/bank/payments/<int:payment_id>/use")
@access.staff("clerk", "manager")
@commit_on_success
def use_credit(payment_id: int) -> ResponseReturnValue:
    """Credit left of a payment pays the invoices that were ticked."""
    form = CreditForm()
    if not form.validate_on_submit():
        return _payment(payment_id, _empty_confirm(payment_id), ReasonForm(formdata=None), form), 422
    owing = invoices.open_of(service.payment(payment_id).customer_id)
    chosen = [each.id for each in owing if each.number in form.invoice.data]
    made = service.use_credit(payment_id, chosen, key=form.key.data, by=current_identity().user_id)
    flash(wording.outcome_of_credit(made), "done")
    return redirect(url_for(".payment", payment_id=payment_id), code=303)


@blueprint.post("/staff/bank/payments/<int:payment_id>/reverse")
@access.staff("manager")
@commit_on_success
def reverse(payment_id: int) -> ResponseReturnValue:
    """The bank took the money back, or it was booked wrongly."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _payment(payment_id, _empty_confirm(payment_id), form), 422
    owed = service.reverse(payment_id, form.reason.data, key=form.key.data, by=current_identity().user_id)
    flash(f"The payment is taken back by a counter-entry. Its invoices need {owed} again.", "done")
    return redirect(url_for(".payment", payment_id=payment_id), code=303)


def _empty_confirm(payment_id: int) -> ConfirmForm:
    amount = service.payment(payment_id).amount
    accounts_in = ledger.accounts_in(amount.currency)
    return ConfirmForm(accounts_in, formdata=None, value_date=clock.today(), amount=amount)


def _payment(
    payment_id: int,
    form: ConfirmForm,
    reason: ReasonForm,
    credit: CreditForm | None = None,
    *,
    found: PaymentInfo | None = None,
) -> str:
    found = found or service.payment(payment_id)
    return page(
        "payments/payment.html",
        payment=found,
        account=dict(form.account.choices).get(found.bank_account_id),
        moves=MOVES[found.state],
        states=PaymentState,
        rails=RAIL_WORDS,
        form=form,
        reason=reason,
        credit=credit or CreditForm(formdata=None),
        owing=_owing(found) if found.credit else [],
        may_reverse=current_identity().has_staff("manager"),
    )


def _owing(payment: PaymentInfo) -> list[InvoiceInfo]:
    """What a payment's credit can pay: its customer's open invoices in its currency."""
    return [each for each in invoices.open_of(payment.customer_id) if each.currency == payment.amount.currency]


@blueprint.get("/staff/bank/receipt")
@access.staff("clerk", "manager")
def receipt() -> ResponseReturnValue:
    """Money without a proof: first whose it is, then what it pays."""
    code = request.args.get("customer", "").strip()[:20].upper()
    form = ReceiptForm(ledger.our_accounts(), value_date=clock.today(), customer=code)
    return _receipt(form, code, set())


@blueprint.post("/staff/bank/receipt")
@access.staff("clerk", "manager")
@commit_on_success
def record_receipt() -> ResponseReturnValue:
    """Money at the bank that no proof announced is booked for a customer."""
    form = ReceiptForm(ledger.our_accounts())
    code = (form.customer.data or "").strip().upper()
    chosen = {int(each) for each in request.form.getlist("invoice") if each.isascii() and each.isdigit()}
    if not form.validate_on_submit():
        return _receipt(form, code, chosen), 422
    try:
        customer = accounts.customer_by_code(code)
    except NotFound:
        return _receipt(form, code, chosen), 422
    pays = [each.id for each in invoices.open_of(customer.id) if each.id in chosen]
    by = current_identity().user_id
    try:
        made = service.record_receipt(customer.id, form.received(), pays, key=form.key.data, by=by)
    except BadInput as error:
        blame(form, error)
        return _receipt(form, code, chosen), 422
    flash(wording.outcome(made), "done")
    return redirect(url_for(".bank"), code=303)


def _receipt(form: ReceiptForm, code: str, chosen: set[int]) -> str:
    customer, missing = None, ""
    if code:
        try:
            customer = accounts.customer_by_code(code)
        except NotFound:
            missing = f"There is no customer {code}. Look the code up under Customers."
    elif request.method == "POST":
        missing = "Write the customer’s code, like MPD014."
    owing = invoices.open_of(customer.id) if customer else []
    abroad = any(each.currency != HOME for each in owing) or (customer is not None and customer.currency != HOME)
    values = {
        "customer": customer, "code": code, "missing": missing, "invoices": owing, "chosen": chosen, "abroad": abroad,
    }  # fmt: skip
    return page("payments/receipt.html", form=form, **values)


# -- opening balances --------------------------------------------------------------------------------------------------


@blueprint.get("/staff/opening")
@access.staff("manager")
def openings() -> ResponseReturnValue:
    """Files of an earlier system's balances, and a form for another."""
    return page("payments/openings.html", form=OpeningForm(day=clock.today()), files=service.opening_files())


@blueprint.post("/staff/opening")
@access.staff("manager")
@commit_on_success
def look_at_opening() -> ResponseReturnValue:
    """A file is read and kept as a draft; nothing is made of it yet."""
    form = OpeningForm()
    if form.validate_on_submit():
        sent = request.files.get("file")
        name, data = (sent.filename or "", sent.read()) if sent else ("", b"")
        try:
            import_id = service.look_at(name, data, form.day.data, by=current_identity().user_id)
        except BadInput as error:
            blame(form, BadInput(error.words, field="day" if error.field in {"day", "value_date"} else "file"))
        else:
            return redirect(url_for(".opening", import_id=import_id), code=303)
    return page("payments/openings.html", form=form, files=service.opening_files()), 422


@blueprint.get("/staff/opening/example.csv")
@access.staff("manager")
def opening_example() -> ResponseReturnValue:
    """A file to fill in."""
    return export.download("opening-balances", reader.HEADS, reader.EXAMPLE, export.Format.CSV)


@blueprint.get("/staff/opening/<int:import_id>")
@access.staff("manager")
def opening(import_id: int) -> ResponseReturnValue:
    """What would be made of a file, or what was."""
    info, found = service.opening_of(import_id)
    names = accounts.names_of([info.made_by_id] if info.made_by_id else [])
    return page("payments/opening.html", info=info, found=found, names=names)


@blueprint.post("/staff/opening/<int:import_id>")
@access.staff("manager")
@commit_on_success
def take_over(import_id: int) -> ResponseReturnValue:
    """Everything in the file is made, in one transaction; a file is made once."""
    try:
        made = service.take_over(import_id, by=current_identity().user_id)
    except BadInput as error:
        flash(error.words, "bad")
        return redirect(url_for(".opening", import_id=import_id), code=303)
    flash(f"{made.customers} customers, {made.invoices} invoices and {made.credits} credits are taken over.", "done")
    return redirect(url_for(".opening", import_id=import_id), code=303)
