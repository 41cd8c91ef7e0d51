"""Quotes at our sales desk: price them, send them, or say that we cannot."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput, Conflict, IllegalMove
from portal.orders import service
from portal.orders.forms import ReasonForm
from portal.orders.forms.quotes import OfferForm, Row, SendForm, offers_of, rows_of, rows_shown, with_spare
from portal.orders.staff_views.blueprint import blueprint
from portal.orders.types.quotes import QuoteFilter
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.http.serving import pdf_shown


@blueprint.get("/staff/quotes")
@access.staff()
def quotes() -> ResponseReturnValue:
    """All customers' quotes; those to price first in line."""
    search = request.args.get("q", "").strip()[:80]
    usual = QuoteFilter.ALL if search else QuoteFilter.DRAFT
    wanted = QuoteFilter.of(request.args.get("show"), usual)
    found = service.quotes_page(None, wanted, search, request.args.get("after"), limit=50)
    return page("orders/staff_quotes.html", quotes=found, search=search, wanted=wanted)


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
    if not form.validate_on_submit():
        return _quote_page(number, form, rows), 422
    try:
        service.price_quote(
            number, offers_of(rows, currency), form.valid_until.data, form.reply.data, seen=form.version.data,
            by=current_identity(),
        )  # fmt: skip
    except BadInput as error:
        blame(form, error)
        return _quote_page(number, form, rows), 422
    except IllegalMove:
        raise
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
    service.decline_quote(number, form.reason.data, by=current_identity())
    flash(f"{number} is declined; the customer is told.", "done")
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
    return page("orders/staff_quote.html", quote=found, form=form, rows=shown, reason=reason or ReasonForm())
