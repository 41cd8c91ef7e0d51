"""Quotes at our sales desk: price them, send them, or say that we cannot."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core.errors import BadInput, Conflict, NotFound
from portal.orders import service
from portal.orders.forms import ReasonForm
from portal.orders.forms.quotes import (
    CopyForm,
    OfferForm,
    Row,
    SendForm,
    StartForm,
    offers_of,
    rows_of,
    rows_shown,
    with_spare,
)
from portal.orders.staff_views.blueprint import blueprint
from portal.orders.types.quotes import QUOTE_HEADS, QuoteFilter, QuoteInfo
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.http.serving import pdf_shown
from portal.platform.paging import Page

QUOTES: lists.Columns[QuoteInfo] = lists.Columns("quotes", QUOTE_HEADS, QuoteInfo.cells)


@blueprint.get("/staff/quotes")
@access.staff()
def quotes() -> ResponseReturnValue:
    """All customers' quotes; those to price first in line."""
    search, oldest = request.args.get("q", "").strip()[:80], request.args.get("sort") == "oldest"
    usual = QuoteFilter.ALL if search else QuoteFilter.DRAFT
    wanted = QuoteFilter.of(request.args.get("show"), usual)

    def pages(after: str | None, limit: int) -> Page[QuoteInfo]:
        return service.quotes_page(None, wanted, search, after, limit=limit, oldest=oldest)

    return lists.page("orders/staff_quotes.html", QUOTES, pages, search=search, wanted=wanted, oldest=oldest)


@blueprint.get("/staff/quotes/new")
@access.staff("clerk", "manager")
def new_quote() -> ResponseReturnValue:
    """First whose quote it is, then who of them gets it."""
    return _start_page(*_customer(request.args.get("customer", "")))


@blueprint.post("/staff/quotes/new")
@access.staff("clerk", "manager")
@commit_on_success
def start_quote() -> ResponseReturnValue:
    """A quote of ours begins, empty."""
    customer, missing = _customer(request.form.get("customer", ""))
    if customer is None:
        return _start_page(None, missing or "Write the customer’s code, like MPD014."), 422
    form = StartForm(service.people_for(customer))
    try:
        if form.validate_on_submit():
            made = service.start_quote(customer.code, form.person.data, form.key.data, by=current_identity())
            return redirect(url_for(".quote", number=made.number), code=303)
    except BadInput as error:
        blame(form, error)
    return _start_page(customer, form=form), 422


@blueprint.post("/staff/quotes/<number>/copy")
@access.staff("clerk", "manager")
@commit_on_success
def copy_quote(number: str) -> ResponseReturnValue:
    """The same offer once more, as a draft."""
    form = CopyForm()
    if not form.validate_on_submit():
        raise BadInput("Open the quote again.")
    made = service.copy_quote(number, form.key.data, by=current_identity())
    flash(f"{made.number} is a copy of {number}. Look at its prices and until when it holds, then send it.", "done")
    return redirect(url_for(".quote", number=made.number), code=303)


def _customer(code: str) -> tuple[CustomerInfo | None, str]:
    """The customer with this code; else None, and what is wrong with it."""
    wanted = code.strip()[:20]
    try:
        return (accounts.customer_by_code(wanted) if wanted else None), ""
    except NotFound:
        return None, f"There is no customer {wanted}. Look the code up under Customers."


def _start_page(customer: CustomerInfo | None, missing: str = "", form: StartForm | None = None) -> str:
    people = service.people_for(customer) if customer else []
    form = form or StartForm(people, formdata=None)
    return page("orders/staff_quote_new.html", customer=customer, missing=missing, people=people, form=form)


@blueprint.get("/staff/quotes/<number>")
@access.staff()
def quote(number: str) -> ResponseReturnValue:
    """One quote: what was asked, and what we offer."""
    return _quote_page(number)


@blueprint.post("/staff/quotes/<number>")
@access.staff("clerk", "manager")
@commit_on_success
def price_quote(number: str) -> ResponseReturnValue:
    """Lines, prices and the last day of an offer."""
    currency = service.quote(number).total.currency
    form, rows = OfferForm(), rows_of(request.form)
    if request.form.get("step") == "find" or "add" in request.form:
        return _quote_page(number, form, rows)
    if not form.validate_on_submit():
        return _quote_page(number, form, rows), 422
    try:
        service.price_quote(
            number, offers_of(rows, currency, form.less_all.data), form.valid_until.data, form.reply.data, seen=form.version.data,
            by=current_identity(),
        )  # fmt: skip
    except BadInput as error:
        blame(form, error)
        return _quote_page(number, form, rows), 422
    except Conflict as error:
        form.form_errors.append(str(error))
        return _quote_page(number, form, rows), 409
    flash("The offer is saved. Look at it, then send it.", "done")
    return redirect(url_for(".quote", number=number), code=303)


@blueprint.post("/staff/quotes/<number>/send")
@access.staff("clerk", "manager")
@commit_on_success
def send_quote(number: str) -> ResponseReturnValue:
    """The offer goes to the customer."""
    service.quote(number)
    form = SendForm()
    if not form.validate_on_submit():
        raise BadInput("Open the quote again.")
    service.send_quote(number, seen=form.version.data, by=current_identity())
    flash(f"{number} is sent.", "done")
    return redirect(url_for(".quote", number=number), code=303)


@blueprint.post("/staff/quotes/<number>/decline")
@access.staff("clerk", "manager")
@commit_on_success
def decline_quote(number: str) -> ResponseReturnValue:
    """We cannot offer it; the customer reads why."""
    service.quote(number)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _quote_page(number, reason=form), 422
    declined = service.decline_quote(number, form.reason.data, by=current_identity())
    flash(f"{number} is put away." if declined.ours_alone else f"{number} is declined; the customer is told.", "done")
    return redirect(url_for(".quote", number=number), code=303)


@blueprint.get("/staff/quotes/<number>.pdf")
@access.staff()
def quotation(number: str) -> Response:
    """The quote as a PDF."""
    return pdf_shown(service.quotation(number), f"{number}.pdf")


def _quote_page(
    number: str, form: OfferForm | None = None, rows: list[Row] | None = None, reason: ReasonForm | None = None
) -> str:
    found = service.quote_detail(number)
    form = form or OfferForm.usual(valid_until=found.info.valid_until, reply=found.reply)
    shown = with_spare(rows_shown(found.lines) if rows is None else rows)
    products = service.find_products(number, form.find.data) if form.find.data else []
    return page(
        "orders/staff_quote.html", quote=found, form=form, rows=shown, reason=reason or ReasonForm(), products=products
    )
