"""Invoices written by hand: whom for, what, a look at it, and then it is issued for ever."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.vat import VatCode
from portal.invoices.forms import drafts as forms
from portal.invoices.service import drafting, printing
from portal.invoices.staff_views.blueprint import blueprint
from portal.invoices.types import InvoiceDraft
from portal.invoices.types.drafts import DraftInfo, DraftState, days_late
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.http.files import pdf_answer
from portal.platform.paging import Page

DRAFTS: lists.Columns[DraftInfo] = lists.Columns(
    "drafts", ("Draft", "Customer code", "Customer", "State", "Invoice", "Written by", "Changed", "Total"),
    lambda each: (
        each.id, each.customer_code, each.customer_name, each.state.value, each.invoice_number, each.written_by,
        each.changed_at, each.total,
    ),
)  # fmt: skip
_VAT = ((VatCode.STANDARD, "Standard"), (VatCode.ZERO, "Zero-rated"), (VatCode.EXEMPT, "Exempt"))


@blueprint.get("/staff/invoices/drafts")
@access.staff("clerk", "manager")
def drafts() -> ResponseReturnValue:
    """Invoices that are being written."""
    state = next((each for each in DraftState if each == request.args.get("show")), DraftState.DRAFT)
    oldest = request.args.get("sort") == "oldest"

    def pages(after: str | None, limit: int) -> Page[DraftInfo]:
        return drafting.list_page(after, limit, state=state, oldest=oldest)

    return lists.page("invoices/drafts.html", DRAFTS, pages, state=state, states=DraftState, oldest=oldest)


@blueprint.get("/staff/invoices/drafts/new")
@access.staff("clerk", "manager")
def new_draft() -> ResponseReturnValue:
    """First whose invoice it is, then what is on it."""
    code = request.args.get("customer", "").strip()[:20].upper()
    customer, missing = _customer(code)
    return _form(customer, forms.HeadForm(formdata=None, supplied_on=clock.today()), forms.Lines.empty(), missing)


@blueprint.post("/staff/invoices/drafts/new")
@access.staff("clerk", "manager")
@commit_on_success
def write_draft() -> ResponseReturnValue:
    """Keep a new draft and show what it comes to."""
    customer, missing = _customer(request.form.get("customer", "").strip()[:20].upper())
    if customer is None:
        missing = missing or "Write the customer’s code, like MPD014."
        return _form(None, forms.HeadForm(formdata=None), forms.Lines.empty(), missing), 422
    return _save(customer, None)


@blueprint.get("/staff/invoices/drafts/<int:draft_id>")
@access.staff("clerk", "manager")
def draft(draft_id: int) -> ResponseReturnValue:
    """The draft as the invoice it would be, and what speaks against it."""
    found = drafting.view(draft_id)
    late = days_late(found.draft.supplied_on, clock.today())
    return page("invoices/draft.html", found=found, late=late, open=found.info.state is DraftState.DRAFT)


@blueprint.get("/staff/invoices/drafts/<int:draft_id>.pdf")
@access.staff("clerk", "manager")
def draft_pdf(draft_id: int) -> ResponseReturnValue:
    """The draft on paper, which says that it is none."""
    return pdf_answer(printing.draft_pdf(drafting.view(draft_id)), f"draft-{draft_id}.pdf")


@blueprint.get("/staff/invoices/drafts/<int:draft_id>/edit")
@access.staff("clerk", "manager")
def edit_draft(draft_id: int) -> ResponseReturnValue:
    """The draft as a form again."""
    found = drafting.view(draft_id)
    written = found.draft
    head = forms.HeadForm(
        formdata=None, po_number=written.po_number, supplied_on=written.supplied_on, carriage=written.carriage,
        less_whole=f"{Decimal(written.discount) / 100:f}" if written.discount else "",
        delivery="\n".join(written.delivery), version=str(found.info.version),
    )  # fmt: skip
    return _form(accounts.customer(written.customer_id), head, forms.Lines.of(written), "", draft_id)


@blueprint.post("/staff/invoices/drafts/<int:draft_id>/edit")
@access.staff("clerk", "manager")
@commit_on_success
def change_draft(draft_id: int) -> ResponseReturnValue:
    """Keep the draft as it is now."""
    return _save(accounts.customer(drafting.view(draft_id).draft.customer_id), draft_id)


@blueprint.post("/staff/invoices/drafts/<int:draft_id>/issue")
@access.staff("clerk", "manager")
@commit_on_success
def issue_draft(draft_id: int) -> ResponseReturnValue:
    """The draft becomes a tax invoice."""
    made = drafting.issue_draft(draft_id, seen_version=_version(), key=request.form.get("key", ""))
    flash(f"{made.number} is issued: {made.total}, due {made.due_on:%d %b %Y}.", "done")
    return redirect(url_for(".show", number=made.number), code=303)


@blueprint.post("/staff/invoices/drafts/<int:draft_id>/discard")
@access.staff("clerk", "manager")
@commit_on_success
def discard_draft(draft_id: int) -> ResponseReturnValue:
    """Nothing is going to come of it."""
    drafting.discard(draft_id, seen_version=_version())
    flash("The draft is discarded.", "done")
    return redirect(url_for(".drafts"), code=303)


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _customer(code: str) -> tuple[CustomerInfo | None, str]:
    if not code:
        return None, ""
    try:
        return accounts.customer_by_code(code), ""
    except NotFound:
        return None, f"There is no customer {code}. Look the code up under Customers."


def _save(customer: CustomerInfo, draft_id: int | None) -> ResponseReturnValue:
    head, lines = forms.HeadForm(), forms.Lines.read(request.form, _articles(customer))
    whole = forms.hundredths(head.less_whole.data or "")
    valid = head.validate_on_submit()
    if whole is None:
        head.less_whole.errors = [*head.less_whole.errors, "Write a discount in percent like 10 or 2.5."]
    if head.step.data == "more":
        return _form(customer, head, lines.longer(), "", draft_id, quiet=True), 200
    if not valid or whole is None or lines.errors:
        return _form(customer, head, lines.longer(1), "", draft_id), 422
    rows = tuple(row.strip() for row in head.delivery.data.splitlines() if row.strip())
    written = InvoiceDraft(
        customer.id, lines.priced_in(customer.currency), head.po_number.data, delivery=rows, discount=whole,
        carriage=head.charge(customer.currency), supplied_on=head.supplied_on.data,
    )  # fmt: skip
    try:
        by = current_identity().name
        kept = drafting.save(written, by=by, draft_id=draft_id, seen_version=_version())
    except BadInput as error:
        blame(head, error)
        return _form(customer, head, lines, "", draft_id), 422
    return redirect(url_for(".draft", draft_id=kept.id), code=303)


def _articles(customer: CustomerInfo) -> dict[str, forms.Article]:
    """What the catalogue knows of the codes that were typed, at the shop's prices in the customer's currency."""
    found: dict[str, forms.Article] = {}
    for code in set(forms.codes(request.form)):
        try:
            product = catalog.product_by_sku(code)
        except NotFound:
            continue
        price = catalog.prices_shown([product], None, currency=customer.currency).get(product.id)
        found[code] = (product.name, product.unit, price.shop if price else None, product.vat_code)
    return found


def _form(
    customer: CustomerInfo | None,
    head: forms.HeadForm,
    lines: forms.Lines,
    missing: str,
    draft_id: int | None = None,
    *,
    quiet: bool = False,
) -> str:
    """quiet: lines were only asked for; nothing is complained about yet."""
    if quiet:
        lines.errors.clear()
        head.form_errors.clear()
    values = {"customer": customer, "missing": missing, "draft_id": draft_id, "codes": _VAT}
    return page("invoices/draft_form.html", form=head, lines=lines, **values)
