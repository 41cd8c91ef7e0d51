"""What a customer can say about a late invoice: what is wrong with it, or when it will be paid."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput
from portal.invoices import service
from portal.invoices.forms.dunning import DisputeForm, PromiseForm
from portal.invoices.service import disputing, promising
from portal.invoices.types import InvoiceInfo
from portal.invoices.views.blueprint import blueprint
from portal.platform import panels
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page


@blueprint.get("/invoices/<number>/dispute")
@access.customer()
def dispute_form(number: str) -> ResponseReturnValue:
    """A form: what is wrong with this invoice."""
    return page("invoices/dispute.html", info=service.by_number(number, customer_id()), form=DisputeForm())


@blueprint.post("/invoices/<number>/dispute")
@access.customer()
@commit_on_success
def dispute(number: str) -> ResponseReturnValue:
    """Something is wrong with this invoice."""
    form, info = DisputeForm(), service.by_number(number, customer_id())
    if not form.validate_on_submit():
        return page("invoices/dispute.html", info=info, form=form), 422
    disputing.dispute(number, form.words.data, by=current_identity())
    flash("Our people have it. We do not remind you of this invoice while we look into it.", "done")
    return redirect(url_for(".show", number=number), code=303)


@blueprint.get("/invoices/<number>/promise")
@access.customer("buyer", "accountant")
def promise_form(number: str) -> ResponseReturnValue:
    """A form: when it will be paid."""
    return page("invoices/promise.html", info=service.by_number(number, customer_id()), form=PromiseForm())


@blueprint.post("/invoices/<number>/promise")
@access.customer("buyer", "accountant")
@commit_on_success
def promise(number: str) -> ResponseReturnValue:
    """It will be paid on a day."""
    form, info = PromiseForm(), service.by_number(number, customer_id())
    if form.validate_on_submit():
        try:
            by = current_identity().name
            promising.promise(number, form.promised_on.data, form.words.data, by=by, customer_id=customer_id())
            flash("Noted. We do not remind you of this invoice until then.", "done")
            return redirect(url_for(".show", number=number), code=303)
        except BadInput as error:
            blame(form, error)
    return page("invoices/promise.html", info=info, form=form), 422


def of_invoice(invoice: InvoiceInfo) -> str:
    """What is known of chasing an invoice, for whoever may see the invoice; empty when nothing is."""
    found = disputing.said_of(invoice.id)
    return render_template("invoices/_dunning_of.html", said=found) if found else ""


@blueprint.record
def _join_invoice_page(_state: BlueprintSetupState) -> None:
    panels.register("invoice", "chasing", of_invoice)
