"""Tools of buyers and approvers: approvals, quick order, places, PO rules."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput
from portal.orders import service
from portal.orders.forms import EmptyForm
from portal.orders.forms.buying import AddManyForm, PasteForm, PlaceForm, PoRulesForm, WordsForm
from portal.orders.types.buying import ApprovalState, Proposal
from portal.orders.views.blueprint import blueprint
from portal.orders.views.cart import remember_count
from portal.orders.views.orders import order_page
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page


@blueprint.get("/approvals")
@access.customer("approver")
def approvals() -> ResponseReturnValue:
    """Orders of colleagues that wait for an approver, and those decided."""
    asked = request.args.get("show", "waiting")
    state = next((each for each in ApprovalState if each == asked), None)
    found = service.approvals_page(customer_id(), state, request.args.get("after"))
    return page("orders/approvals.html", approvals=found, state=state)


@blueprint.post("/orders/<number>/approve")
@access.customer("approver")
@commit_on_success
def approve(number: str) -> ResponseReturnValue:
    """An approver agrees, and the order is placed."""
    form = WordsForm()
    if not form.validate_on_submit():
        return order_page(number, form), 422
    order = service.approve(number, form.words.data, by=current_identity())
    flash(f"{order.number} is approved.", "done")
    return redirect(url_for(".show", number=number), code=303)


@blueprint.post("/orders/<number>/refuse")
@access.customer("approver")
@commit_on_success
def refuse(number: str) -> ResponseReturnValue:
    """An approver says no, and why."""
    form = WordsForm()
    if not form.validate_on_submit():
        return order_page(number, form), 422
    try:
        service.refuse(number, form.words.data, by=current_identity())
    except BadInput as error:
        blame(form, error)
        return order_page(number, form), 422
    flash(f"{number} is not approved; your colleague is told.", "done")
    return redirect(url_for(".show", number=number), code=303)


@blueprint.post("/orders/<number>/withdraw")
@access.customer("buyer", "approver")
@commit_on_success
def withdraw(number: str) -> ResponseReturnValue:
    """Who asked takes the order back."""
    if EmptyForm().validate_on_submit():
        service.withdraw(number, by=current_identity())
        flash(f"{number} is taken back.", "done")
    return redirect(url_for(".show", number=number), code=303)


# -- quick order -----------------------------------------------------------------------------------------------------


@blueprint.get("/orders/quick")
@access.customer("buyer", "approver")
def quick() -> ResponseReturnValue:
    """Where codes and quantities are pasted."""
    return page("orders/quick.html", form=PasteForm())


@blueprint.post("/orders/quick")
@access.customer("buyer", "approver")
def preview() -> ResponseReturnValue:
    """What was found of a list, and what not; nothing is in the cart yet."""
    form = PasteForm()
    if not form.validate_on_submit():
        return page("orders/quick.html", form=form), 422
    try:
        found = service.propose(current_identity(), form.text())
    except BadInput as error:
        blame(form, error)
        return page("orders/quick.html", form=form), 422
    return page("orders/preview.html", proposals=found, codes=as_codes(found), order=None)


@blueprint.post("/orders/quick/add")
@access.customer("buyer", "approver")
@commit_on_success
def add_many() -> ResponseReturnValue:
    """What was found goes into the cart."""
    form, me = AddManyForm(), current_identity()
    if not form.validate_on_submit():
        raise BadInput("There is nothing to add. Paste the list once more.")
    count = service.add_many(me, form.codes.data)
    flash(f"In your cart: {count} product{'' if count == 1 else 's'}.", "done")
    remember_count(me)
    return redirect(url_for(".cart"), code=303)


@blueprint.get("/orders/<number>/again")
@access.customer("buyer", "approver")
def look_again(number: str) -> ResponseReturnValue:
    """An earlier order at today's prices, before it goes into the cart."""
    found = service.propose_again(current_identity(), number)
    return page("orders/preview.html", proposals=found, codes=as_codes(found), order=number)


def as_codes(found: tuple[Proposal, ...]) -> str:
    """What was found, as a list that can be pasted again."""
    return "\n".join(f"{each.sku}\t{each.quantity}" for each in found if each.found)


# -- places and PO numbers -------------------------------------------------------------------------------------------


@blueprint.get("/orders/places")
@access.customer("buyer", "approver")
def places() -> ResponseReturnValue:
    """The company's delivery addresses."""
    return _places_page(PlaceForm())


@blueprint.post("/orders/places")
@access.customer("buyer", "approver")
@commit_on_success
def add_place() -> ResponseReturnValue:
    """A new delivery address."""
    return _save_place(None)


@blueprint.post("/orders/places/<int:address_id>")
@access.customer("buyer", "approver")
@commit_on_success
def change_place(address_id: int) -> ResponseReturnValue:
    """Another wording of a delivery address, or none any more."""
    if "remove" not in request.form:
        return _save_place(address_id)
    service.remove_address(customer_id(), address_id)
    flash("The place is removed; earlier orders keep it.", "done")
    return redirect(url_for(".places"), code=303)


def _save_place(address_id: int | None) -> ResponseReturnValue:
    form = PlaceForm()
    if not form.validate_on_submit():
        return _places_page(form, address_id), 422
    try:
        service.save_address(customer_id(), form.label.data, form.address(), address_id=address_id)
    except BadInput as error:
        blame(form, error)
        return _places_page(form, address_id), 422
    flash(f"{form.label.data} is saved.", "done")
    return redirect(url_for(".places"), code=303)


def _places_page(form: PlaceForm, editing: int | None = None) -> str:
    editing = editing or request.args.get("edit", type=int)
    saved = service.addresses(customer_id())
    edited = next((each for each in saved if each.id == editing), None)
    if edited is not None and not form.is_submitted():
        form = PlaceForm(label=edited.label, lines="\n".join(edited.lines))
    return page("orders/places.html", places=saved, form=form, edited=edited)


@blueprint.get("/orders/rules")
@access.customer("approver")
def rules() -> ResponseReturnValue:
    """What the company wants of its PO numbers."""
    known = service.po_rules(customer_id())
    form = PoRulesForm(po_needed=known.needed, po_once=known.once, po_pattern=known.pattern)
    return page("orders/rules.html", form=form, rules=known)


@blueprint.post("/orders/rules")
@access.customer("approver")
@commit_on_success
def set_rules() -> ResponseReturnValue:
    """Other rules for PO numbers."""
    form = PoRulesForm()
    if not form.validate_on_submit():
        return page("orders/rules.html", form=form, rules=form.rules()), 422
    try:
        service.set_po_rules(customer_id(), form.rules(), by=current_identity())
    except BadInput as error:
        blame(form, error)
        return page("orders/rules.html", form=form, rules=form.rules()), 422
    flash("The rules are saved.", "done")
    return redirect(url_for(".rules"), code=303)
