"""Customers and people, as our staff see and change them."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms import CustomerForm, MemberForm, NewCustomerForm, RolesForm, StaffForm, UserForm
from portal.accounts.types import CUSTOMER_HEADS, CustomerInfo, CustomerSort, ReleasePolicy, UserInfo
from portal.core.errors import BadInput
from portal.core.identity import STAFF_ROLES
from portal.platform import lists, panels
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.paging import Page

blueprint = Blueprint("accounts_staff", __name__)
CUSTOMERS: lists.Columns[CustomerInfo] = lists.Columns("customers", CUSTOMER_HEADS, CustomerInfo.cells)
PEOPLE: lists.Columns[UserInfo] = lists.Columns(
    "people", ("Name", "E-mail", "Roles", "May sign in"),
    lambda each: (each.name, each.email, each.role.replace(",", ", "), "yes" if each.active else "no"),
)  # fmt: skip


@blueprint.get("/staff/customers")
@access.staff()
def customers() -> ResponseReturnValue:
    """All customers, found by code, name or address, by release policy; by name, code or age."""
    search, show, by = request.args.get("q", "")[:80], request.args.get("show", ""), request.args.get("sort", "")
    policy = ReleasePolicy(show) if show in set(ReleasePolicy) else None
    sort = CustomerSort(by) if by in set(CustomerSort) else CustomerSort.NAME
    pages = partial(service.customers_page, search, policy=policy, sort=sort)
    return lists.page("accounts/customers.html", CUSTOMERS, pages, search=search, policy=policy, sort=sort)


@blueprint.get("/staff/customers/new")
@access.staff("manager")
def new_customer() -> ResponseReturnValue:
    """A form for a new customer."""
    form = NewCustomerForm(release_policy="cleared", terms_days=30)
    return page("accounts/customer_form.html", form=form, customer=None)


@blueprint.post("/staff/customers/new")
@access.staff("manager")
@commit_on_success
def create_customer() -> ResponseReturnValue:
    """Write the new customer."""
    form = NewCustomerForm()
    if form.validate_on_submit():
        try:
            service.create_customer(form.code.data, form.draft())
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{form.name.data} is a customer now.", "done")
            return redirect(f"/staff/customers/{form.code.data.upper()}", code=303)
    return page("accounts/customer_form.html", form=form, customer=None), 422


@blueprint.get("/staff/customers/<code>")
@access.staff()
def customer(code: str) -> ResponseReturnValue:
    """One customer: facts, terms, people."""
    found = service.customer_by_code(code)
    people, invitations = service.members_of(found.id), service.invitations_of(found.id)
    return page(
        "accounts/customer.html", customer=found, people=people, invitations=invitations,
        panels=panels.of("customer", found.id),
    )  # fmt: skip


@blueprint.get("/staff/customers/<code>/edit")
@access.staff("manager")
def edit_customer(code: str) -> ResponseReturnValue:
    """The form with a customer's facts, terms and limits."""
    found = service.customer_by_code(code)
    return page("accounts/customer_form.html", form=CustomerForm.of(found), customer=found)


@blueprint.post("/staff/customers/<code>/edit")
@access.staff("manager")
@commit_on_success
def change_customer(code: str) -> ResponseReturnValue:
    """Write a customer's facts, terms and limits."""
    found = service.customer_by_code(code)
    form = CustomerForm()
    if form.validate_on_submit():
        try:
            service.change_customer(code, form.draft(), seen=form.seen.data)
        except BadInput as error:
            blame(form, error)
        else:
            flash("The customer is saved.", "done")
            return redirect(f"/staff/customers/{found.code}", code=303)
    return page("accounts/customer_form.html", form=form, customer=found), 422


@blueprint.get("/staff/customers/<code>/people/new")
@access.staff("manager")
def new_person(code: str) -> ResponseReturnValue:
    """A form for a new person of a customer."""
    return page("accounts/person_form.html", form=UserForm(), customer=service.customer_by_code(code))


@blueprint.post("/staff/customers/<code>/people/new")
@access.staff("manager")
@commit_on_success
def invite_person(code: str) -> ResponseReturnValue:
    """Mail an invitation to act for the customer."""
    found, form = service.customer_by_code(code), UserForm()
    if form.validate_on_submit():
        try:
            service.invite(found.id, form.draft(), by=current_identity())
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{form.name.data} gets a mail with a link to choose a password.", "done")
            return redirect(f"/staff/customers/{found.code}", code=303)
    return page("accounts/person_form.html", form=form, customer=found), 422


@blueprint.get("/staff/customers/<code>/people/<int:user_id>")
@access.staff("manager")
def member(code: str, user_id: int) -> ResponseReturnValue:
    """What one person may do for a customer."""
    found = service.customer_by_code(code)
    person = service.member(found.id, user_id)
    form = MemberForm(role=person.role, spending_limit=person.spending_limit, seen=person.fingerprint)
    return page("accounts/member.html", form=form, person=person, customer=found)


@blueprint.post("/staff/customers/<code>/people/<int:user_id>")
@access.staff("manager")
@commit_on_success
def change_member(code: str, user_id: int) -> ResponseReturnValue:
    """Give the person another role or limit."""
    found, form = service.customer_by_code(code), MemberForm()
    person = service.member(found.id, user_id)
    if form.validate_on_submit():
        told = (form.role.data, form.spending_limit.data)
        try:
            service.change_member(found.id, user_id, *told, seen=form.seen.data, by=current_identity())
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{person.name} is {form.role.data} at {found.name}.", "done")
            return redirect(f"/staff/customers/{found.code}", code=303)
    return page("accounts/member.html", form=form, person=person, customer=found), 422


@blueprint.post("/staff/customers/<code>/people/<int:user_id>/remove")
@access.staff("manager")
@commit_on_success
def remove_member(code: str, user_id: int) -> ResponseReturnValue:
    """The person acts for the customer no more."""
    found = service.customer_by_code(code)
    gone = service.remove_member(found.id, user_id, by=current_identity())
    flash(f"{gone.name} acts for {found.name} no more.", "done")
    return redirect(f"/staff/customers/{found.code}", code=303)


@blueprint.post("/staff/customers/<code>/invitations/<int:invitation_id>/resend")
@access.staff("manager")
@commit_on_success
def send_invitation_again(code: str, invitation_id: int) -> ResponseReturnValue:
    """A new link; the earlier one is dead."""
    found = service.customer_by_code(code)
    flash(f"{service.send_again(found.id, invitation_id)} gets a new link.", "done")
    return redirect(f"/staff/customers/{found.code}", code=303)


@blueprint.post("/staff/customers/<code>/invitations/<int:invitation_id>/revoke")
@access.staff("manager")
@commit_on_success
def take_invitation_back(code: str, invitation_id: int) -> ResponseReturnValue:
    """The link opens nothing any more."""
    found = service.customer_by_code(code)
    flash(f"The invitation of {service.take_back(found.id, invitation_id)} is taken back.", "done")
    return redirect(f"/staff/customers/{found.code}", code=303)


@blueprint.get("/staff/people")
@access.staff("administrator")
def people() -> ResponseReturnValue:
    """Everybody who works for us; all of them, or those with one role."""
    show = request.args.get("show", "")
    found = service.staff_with(*([show] if show in STAFF_ROLES else []), active_only=False)
    if (file := lists.saved(PEOPLE, lambda _after, _limit: Page(tuple(found)))) is not None:
        return file
    return page("accounts/people.html", people=found, form=StaffForm(), show=show, list_name="people")


@blueprint.post("/staff/people")
@access.staff("administrator")
@commit_on_success
def invite_staff() -> ResponseReturnValue:
    """Create one of our people and mail a link to choose a password."""
    form = StaffForm()
    if form.validate_on_submit():
        try:
            user_id = service.create_user(form.email.data, form.name.data, None, staff_roles=form.roles.data)
        except BadInput as error:
            form.email.errors = [error.words]
        else:
            service.send_invitation(user_id)
            flash(f"{form.name.data} gets a mail with a link to choose a password.", "done")
            return redirect("/staff/people", code=303)
    return page("accounts/people.html", people=service.staff_with(active_only=False), form=form, show=""), 422


@blueprint.get("/staff/people/<int:user_id>")
@access.staff("administrator")
def person(user_id: int) -> ResponseReturnValue:
    """One person: roles, and whether they may sign in."""
    found = service.user_info(user_id)
    form = RolesForm(roles=found.role.split(",") if found.role else [])
    return page("accounts/person.html", person=found, form=form, companies=service.memberships_of(user_id))


@blueprint.post("/staff/people/<int:user_id>")
@access.staff("administrator")
@commit_on_success
def change_roles(user_id: int) -> ResponseReturnValue:
    """Give the person exactly these roles."""
    found, form = service.user_info(user_id), RolesForm()
    if form.validate_on_submit():
        try:
            service.set_staff_roles(user_id, form.roles.data)
        except BadInput as error:
            form.roles.errors = [error.words]
        else:
            flash(f"{found.name} has new roles and signs in again.", "done")
            return redirect("/staff/people", code=303)
    return page("accounts/person.html", person=found, form=form, companies=service.memberships_of(user_id)), 422


@blueprint.post("/staff/people/<int:user_id>/switch")
@access.staff("administrator")
@commit_on_success
def switch_person(user_id: int) -> ResponseReturnValue:
    """Let a person sign in, or not."""
    found = service.user_info(user_id)
    if user_id == current_identity().user_id:
        raise BadInput("You cannot switch yourself off. Ask another administrator.")
    service.switch_user(user_id, active=request.form.get("active") == "yes")
    flash(f"{found.name} may {'sign in again' if not found.active else 'no longer sign in'}.", "done")
    return redirect(f"/staff/people/{user_id}", code=303)
