"""Credit notes as customers see them: what came off which invoice, and why."""

from __future__ import annotations

from functools import partial

from flask import render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal.invoices.service import crediting, printing
from portal.invoices.types import InvoiceInfo
from portal.invoices.types.credit import CREDIT_HEADS, CreditNoteInfo
from portal.invoices.views.blueprint import blueprint
from portal.platform import lists, panels
from portal.platform.http import access, customer_id, page
from portal.platform.http.files import pdf_answer, xml_answer

NOTES: lists.Columns[CreditNoteInfo] = lists.Columns("notes", CREDIT_HEADS, CreditNoteInfo.cells)


@blueprint.get("/credit-notes")
@access.customer()
def credit_notes() -> ResponseReturnValue:
    """The customer's credit notes, newest first."""
    return lists.page("invoices/credit_notes.html", NOTES, partial(crediting.list_page, customer_id(), ""), limit=25)


@blueprint.get("/credit-notes/<number>")
@access.customer()
def credit_note(number: str) -> ResponseReturnValue:
    """One credit note as it was issued."""
    return page("invoices/credit_note.html", document=crediting.document(number, customer_id()))


@blueprint.get("/credit-notes/<number>.pdf")
@access.customer()
def credit_note_pdf(number: str) -> ResponseReturnValue:
    """The credit note; ``?copy=1`` prints it once more, marked as a copy."""
    copy = request.args.get("copy") == "1"
    data = printing.credit_note_pdf(number, customer_id(), copy=copy)
    return pdf_answer(data, f"{number}{'-copy' if copy else ''}.pdf")


@blueprint.get("/credit-notes/<number>.xml")
@access.customer()
def credit_note_xml(number: str) -> ResponseReturnValue:
    """The credit note for the customer’s own programs."""
    return xml_answer(printing.credit_note_xml(number, customer_id()), f"{number}.xml")


def of_invoice(invoice: InvoiceInfo) -> str:
    """The credit notes of an invoice, for whoever may see the invoice; empty when there are none."""
    found = crediting.of_invoice(invoice.id) if invoice.credited else []
    return render_template("invoices/_credit_notes_of.html", notes=found) if found else ""


@blueprint.record
def _join_invoice_page(_state: BlueprintSetupState) -> None:
    panels.register("invoice", "credit notes", of_invoice)
