"""Credit notes: a manager takes an invoice back, in whole or in part; everybody of ours can look."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput
from portal.invoices.forms.credit import CreditForm, Quantities
from portal.invoices.service import crediting, printing
from portal.invoices.staff_views.blueprint import blueprint
from portal.invoices.types.credit import CREDIT_HEADS, CreditNoteInfo, CreditPreview
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, page
from portal.platform.http.files import pdf_answer, xml_answer

NOTES: lists.Columns[CreditNoteInfo] = lists.Columns("notes", CREDIT_HEADS, CreditNoteInfo.cells)


@blueprint.get("/staff/credit-notes")
@access.staff()
def credit_notes() -> ResponseReturnValue:
    """Credit notes of all customers, newest first."""
    search, oldest = request.args.get("q", "").strip()[:80], request.args.get("sort") == "oldest"
    pages = partial(crediting.list_page, None, search, oldest=oldest)
    return lists.page("invoices/staff_credit_notes.html", NOTES, pages, search=search, oldest=oldest)


@blueprint.get("/staff/credit-notes/<number>")
@access.staff()
def credit_note(number: str) -> ResponseReturnValue:
    """One credit note as it was issued."""
    return page("invoices/staff_credit_note.html", document=crediting.document(number))


@blueprint.get("/staff/credit-notes/<number>.pdf")
@access.staff()
def credit_note_pdf(number: str) -> ResponseReturnValue:
    """A copy for our files; it says that it is one."""
    return pdf_answer(printing.credit_note_pdf(number, copy=True), f"{number}-copy.pdf")


@blueprint.get("/staff/invoices/<number>/credit")
@access.staff("manager")
def credit_form(number: str) -> ResponseReturnValue:
    """What is left of each line, and how much of it comes back; ``?all=1`` fills in everything."""
    found = crediting.crediting(number)
    quantities = Quantities.whole(found) if request.args.get("all") == "1" else Quantities()
    return page("invoices/credit.html", found=found, form=CreditForm(), quantities=quantities, preview=None)


@blueprint.post("/staff/invoices/<number>/credit")
@access.staff("manager")
@commit_on_success
def credit(number: str) -> ResponseReturnValue:
    """Show what the credit note would be, or issue it."""
    form, found = CreditForm(), crediting.crediting(number)
    quantities = Quantities.read(request.form, found)
    preview: CreditPreview | None = None
    if form.validate_on_submit() and not quantities.errors:
        try:
            draft = quantities.draft(number, form.reason.data)
            if form.step.data != "preview":
                made = crediting.credit(draft, key=form.key.data)
                flash(f"{made.number} takes {made.total} off {number}.", "done")
                return redirect(url_for(".credit_note", number=made.number), code=303)
            preview = crediting.preview(draft)
        except BadInput as error:
            if not quantities.blame(error):
                blame(form, error)
    status = 200 if preview else 422
    return page("invoices/credit.html", found=found, form=form, quantities=quantities, preview=preview), status


@blueprint.get("/staff/credit-notes/<number>.xml")
@access.staff()
def credit_note_xml(number: str) -> ResponseReturnValue:
    """The credit note as data."""
    return xml_answer(printing.credit_note_xml(number), f"{number}.xml")
