"""Price lists and exchange rates, as our staff see and change them."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from portal.catalog import service
from portal.catalog.forms import GiveForm, ListForm, PriceForm, RateForm, RemoveForm
from portal.catalog.staff_views.blueprint import blueprint
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page


@blueprint.get("/staff/catalog/prices")
@access.staff()
def price_lists() -> ResponseReturnValue:
    """All price lists."""
    return page("catalog/price_lists.html", lists=service.price_lists(), today=clock.today())


@blueprint.get("/staff/catalog/prices/new")
@access.staff("manager")
def new_list() -> ResponseReturnValue:
    """A form for a new price list."""
    return page("catalog/price_list_form.html", form=ListForm(), info=None)


@blueprint.post("/staff/catalog/prices/new")
@access.staff("manager")
@commit_on_success
def create_list() -> ResponseReturnValue:
    """Write the new price list."""
    form = ListForm()
    if form.validate_on_submit():
        try:
            made = service.create_list(form.draft())
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{made.name} is made. Add its prices and customers.", "done")
            return redirect(url_for(".show_list", list_id=made.id), code=303)
    return page("catalog/price_list_form.html", form=form, info=None), 422


@blueprint.get("/staff/catalog/prices/<int:list_id>")
@access.staff()
def show_list(list_id: int) -> ResponseReturnValue:
    """A price list: its prices, and whom it is for."""
    return _list_page(list_id)


@blueprint.get("/staff/catalog/prices/<int:list_id>/edit")
@access.staff("manager")
def edit_list(list_id: int) -> ResponseReturnValue:
    """The form with a list as it stands."""
    info = service.price_list(list_id)
    return page("catalog/price_list_form.html", form=ListForm.of(info), info=info)


@blueprint.post("/staff/catalog/prices/<int:list_id>/edit")
@access.staff("manager")
@commit_on_success
def change_list(list_id: int) -> ResponseReturnValue:
    """Write a list's name and days."""
    info, form, status = service.price_list(list_id), ListForm(), 422
    if form.validate_on_submit():
        try:
            service.change_list(list_id, form.draft(), version=form.seen())
        except BadInput as error:
            blame(form, error)
        except Conflict as error:
            form.form_errors.append(str(error))
            status = 409
        else:
            flash("The list is saved.", "done")
            return redirect(url_for(".show_list", list_id=list_id), code=303)
    return page("catalog/price_list_form.html", form=form, info=info), status


@blueprint.post("/staff/catalog/prices/<int:list_id>/customers")
@access.staff("manager")
@commit_on_success
def give_list(list_id: int) -> ResponseReturnValue:
    """Let a list count for one more customer."""
    form = GiveForm()
    if form.validate_on_submit():
        try:
            customer = service.give_list(list_id, form.customer.data)
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"The list counts for {customer.name} now.", "done")
            return redirect(url_for(".show_list", list_id=list_id), code=303)
    return _list_page(list_id, give=form), 422


@blueprint.post("/staff/catalog/prices/<int:list_id>/customers/<code>/remove")
@access.staff("manager")
@commit_on_success
def take_list(list_id: int, code: str) -> ResponseReturnValue:
    """Let a list no longer count for a customer."""
    if RemoveForm().validate_on_submit():
        service.take_list(list_id, code)
        flash(f"The list no longer counts for {code}.", "done")
    return redirect(url_for(".show_list", list_id=list_id), code=303)


@blueprint.post("/staff/catalog/prices/<int:list_id>/prices")
@access.staff("manager")
@commit_on_success
def set_price(list_id: int) -> ResponseReturnValue:
    """Write one price of a list."""
    info, form = service.price_list(list_id), PriceForm()
    if form.validate_on_submit():
        try:
            price = form.amount(info.currency)
            service.set_price(list_id, form.sku.data, form.from_quantity.data, price)
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{form.sku.data.upper()} costs {price} from {form.from_quantity.data} on.", "done")
            return redirect(url_for(".show_list", list_id=list_id), code=303)
    return _list_page(list_id, price=form), 422


@blueprint.post("/staff/catalog/prices/<int:list_id>/prices/<int:row_id>/remove")
@access.staff("manager")
@commit_on_success
def remove_price(list_id: int, row_id: int) -> ResponseReturnValue:
    """Take one price off a list."""
    if RemoveForm().validate_on_submit():
        service.remove_price(list_id, row_id)
        flash("The price is off the list.", "done")
    return redirect(url_for(".show_list", list_id=list_id), code=303)


@blueprint.get("/staff/catalog/rates")
@access.staff()
def rates() -> ResponseReturnValue:
    """What a dollar cost on which day."""
    return _rates_page(RateForm())


@blueprint.post("/staff/catalog/rates")
@access.staff("manager")
@commit_on_success
def set_rate() -> ResponseReturnValue:
    """Write the rate of a day."""
    form = RateForm()
    if form.validate_on_submit():
        try:
            rate = service.set_rate("USD", form.day.data, form.rate.data, by=current_identity().name)
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"One dollar is R {rate.words} on {rate.day:%d %b %Y}.", "done")
            return redirect(url_for(".rates"), code=303)
    return _rates_page(form), 422


def _rates_page(form: RateForm) -> str:
    found = service.rates()
    counts = bool(found) and service.rate_counts(found[0][0], clock.today())
    return page("catalog/rates.html", rates=found, form=form, counts=counts)


def _list_page(list_id: int, *, give: FlaskForm | None = None, price: FlaskForm | None = None) -> str:
    search = request.args.get("q", "").strip()[:40]
    return page(
        "catalog/price_list.html", info=service.price_list(list_id), search=search, today=clock.today(),
        prices=service.listed_prices(list_id, search, request.args.get("after")),
        customers=service.customers_of_list(list_id), give=give or GiveForm(), price=price or PriceForm(),
    )  # fmt: skip
