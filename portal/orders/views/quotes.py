"""Quotes, as customers see them: ask, look, accept, decline."""

from __future__ import annotations

from functools import partial

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core.errors import BadInput
from portal.orders import service
from portal.orders.forms import CheckoutForm, ReasonForm
from portal.orders.forms.quotes import AskForm
from portal.orders.types.quotes import QUOTE_HEADS, QuoteFilter, QuoteInfo
from portal.orders.views.blueprint import blueprint
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page
from portal.platform.http.serving import pdf_shown

QUOTES: lists.Columns[QuoteInfo] = lists.Columns("quotes", QUOTE_HEADS, QuoteInfo.cells_for_customer)


@blueprint.get("/quotes")
@access.customer()
def quotes() -> ResponseReturnValue:
    """The customer's quotes, newest first."""
    search = request.args.get("q", "").strip()[:80]
    wanted = QuoteFilter.of(request.args.get("show"), QuoteFilter.ALL)
    pages = partial(service.quotes_page, customer_id(), wanted, search)
    return lists.page(
        "orders/quotes.html", QUOTES, lambda after, limit: pages(after, limit=limit), limit=25, search=search,
        wanted=wanted,
    )  # fmt: skip


@blueprint.get("/quotes/new")
@access.customer("buyer", "approver")
def new_quote() -> ResponseReturnValue:
    """Where a price is asked for."""
    return _ask_page(AskForm(with_cart=True))


@blueprint.post("/quotes/new")
@access.customer("buyer", "approver")
@commit_on_success
def ask_quote() -> ResponseReturnValue:
    """A person asks what something would cost."""
    form = AskForm()
    if not form.validate_on_submit():
        return _ask_page(form), 422
    try:
        made = service.ask_for_quote(
            current_identity(), form.words.data, form.key.data, with_cart=bool(form.with_cart.data)
        )
    except BadInput as error:
        blame(form, error)
        return _ask_page(form), 422
    flash(f"We have your request {made.number}.", "done")
    return redirect(url_for(".quote", number=made.number), code=303)


@blueprint.get("/quotes/<number>")
@access.customer()
def quote(number: str) -> ResponseReturnValue:
    """One quote, and what can be done about it."""
    return _quote_page(number, _order_form(delivery="\n".join(accounts.customer(customer_id()).address)), ReasonForm())


@blueprint.get("/quotes/<number>.pdf")
@access.customer()
def quotation(number: str) -> Response:
    """The quote as a PDF."""
    return pdf_shown(service.quotation(number, customer_id()), f"{number}.pdf")


@blueprint.post("/quotes/<number>/accept")
@access.customer("buyer", "approver")
@commit_on_success
def accept_quote(number: str) -> ResponseReturnValue:
    """The offer becomes an order."""
    service.quote(number, customer_id())
    form = _order_form()
    if not form.validate_on_submit():
        return _quote_page(number, form, ReasonForm()), 422
    try:
        order = service.accept_quote(
            current_identity(), number, form.po_number.data, form.delivery_lines(), form.key.data, note=form.note.data
        )
    except BadInput as error:
        blame(form, error)
        return _quote_page(number, form, ReasonForm()), 422
    flash(f"{number} is accepted; it is order {order.number} now.", "done")
    return redirect(url_for(".show", number=order.number), code=303)


@blueprint.post("/quotes/<number>/decline")
@access.customer("buyer", "approver")
@commit_on_success
def decline_quote(number: str) -> ResponseReturnValue:
    """The customer does not want the offer."""
    service.quote(number, customer_id())
    form = ReasonForm()
    if not form.validate_on_submit():
        return _quote_page(number, _order_form(), form), 422
    service.decline_quote(number, form.reason.data, by=current_identity(), customer_id=customer_id())
    flash(f"{number} is declined.", "done")
    return redirect(url_for(".quote", number=number), code=303)


def _order_form(**values: object) -> CheckoutForm:
    return CheckoutForm(service.addresses(customer_id()), service.po_rules(customer_id()), **values)


def _ask_page(form: AskForm) -> str:
    return page("orders/quote_new.html", form=form, cart=service.cart_of(current_identity()))


def _quote_page(number: str, form: CheckoutForm, reason: ReasonForm) -> str:
    return page("orders/quote.html", quote=service.quote_detail(number, customer_id()), form=form, reason=reason)
