"""The people of a customer, managed by its approvers; and invitations, accepted by whoever was invited."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, session
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.errors import LinkExpired
from portal.accounts.forms import JoinForm, MemberForm, UserForm
from portal.accounts.types import MANAGES
from portal.core.errors import BadInput
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, identity_or_none, page
from portal.platform.ratelimit import limit

blueprint = Blueprint("company", __name__)


@blueprint.get("/account/people")
@access.customer()
def people() -> ResponseReturnValue:
    """The people of my company; who approves invites, changes and removes them."""
    return _people(UserForm())


def _people(form: UserForm) -> str:
    company = current_identity().customer_id or 0
    shown, invited = service.members_of(company), service.invitations_of(company)
    return page("accounts/company_people.html", people=shown, invitations=invited, form=form, manages=MANAGES)


@blueprint.post("/account/people")
@access.customer(MANAGES)
@limit("invite", per_hour=60)
@commit_on_success
def invite() -> ResponseReturnValue:
    """Mail an invitation to act for my company."""
    me, form = current_identity(), UserForm()
    if form.validate_on_submit():
        try:
            service.invite(me.customer_id or 0, form.draft(), by=me)
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{form.name.data} gets a mail with a link.", "done")
            return redirect("/account/people", code=303)
    return _people(form), 422


@blueprint.get("/account/people/<int:user_id>")
@access.customer(MANAGES)
def member(user_id: int) -> ResponseReturnValue:
    """What one of my company's people may do."""
    person = service.member(current_identity().customer_id or 0, user_id)
    form = MemberForm(role=person.role, spending_limit=person.spending_limit, seen=person.fingerprint)
    return page("accounts/company_person.html", form=form, person=person)


@blueprint.post("/account/people/<int:user_id>")
@access.customer(MANAGES)
@commit_on_success
def change_member(user_id: int) -> ResponseReturnValue:
    """Give one of my company's people another role or limit."""
    me, form = current_identity(), MemberForm()
    person = service.member(me.customer_id or 0, user_id)
    if form.validate_on_submit():
        told = (form.role.data, form.spending_limit.data)
        try:
            service.change_member(me.customer_id or 0, user_id, *told, seen=form.seen.data, by=me)
        except BadInput as error:
            blame(form, error)
        else:
            flash(f"{person.name} is {form.role.data} now.", "done")
            return redirect("/account/people", code=303)
    return page("accounts/company_person.html", form=form, person=person), 422


@blueprint.post("/account/people/<int:user_id>/remove")
@access.customer(MANAGES)
@commit_on_success
def remove_member(user_id: int) -> ResponseReturnValue:
    """One of my company's people acts for it no more."""
    me = current_identity()
    gone = service.remove_member(me.customer_id or 0, user_id, by=me)
    flash(f"{gone.name} acts for {me.customer_name} no more.", "done")
    return redirect("/account" if user_id == me.user_id else "/account/people", code=303)


@blueprint.post("/account/people/invitations/<int:invitation_id>/resend")
@access.customer(MANAGES)
@limit("invite", per_hour=60)
@commit_on_success
def send_again(invitation_id: int) -> ResponseReturnValue:
    """A new link; the earlier one is dead."""
    flash(f"{service.send_again(current_identity().customer_id or 0, invitation_id)} gets a new link.", "done")
    return redirect("/account/people", code=303)


@blueprint.post("/account/people/invitations/<int:invitation_id>/revoke")
@access.customer(MANAGES)
@commit_on_success
def take_back(invitation_id: int) -> ResponseReturnValue:
    """The link opens nothing any more."""
    email = service.take_back(current_identity().customer_id or 0, invitation_id)
    flash(f"The invitation of {email} is taken back.", "done")
    return redirect("/account/people", code=303)


@blueprint.get("/account/invitation/<token>")
@access.signed_link
def invitation(token: str) -> ResponseReturnValue:
    """The page behind an invitation's link."""
    try:
        found = service.invitation(token)
    except LinkExpired:
        return page("accounts/invitation_expired.html"), 410
    return page("accounts/invitation.html", invitation=found, form=JoinForm(name=found.name))


@blueprint.post("/account/invitation/<token>")
@access.signed_link
@limit("choose-password", per_hour=5)
@commit_on_success
def accept(token: str) -> ResponseReturnValue:
    """Accept: as the person who is signed in, or as somebody new who chooses a password."""
    form, me = JoinForm(), identity_or_none()
    try:
        found = service.invitation(token)
        if me is not None and found.known:
            service.accept_as(token, me.user_id)
            service.act_for(me.user_id, me.session_id, found.customer_id)
            flash(f"You act for {found.customer_name} now.", "done")
            return redirect("/", code=303)
        if not form.validate_on_submit():
            return page("accounts/invitation.html", invitation=found, form=form), 422
        service.accept_as_new(token, form.name.data, form.password.data)
    except LinkExpired:
        return page("accounts/invitation_expired.html"), 410
    except BadInput as error:
        blame(form, error)
        return page("accounts/invitation.html", invitation=found, form=form), 422
    session.clear()
    flash("Your sign-in is made. Sign in with it.", "done")
    return redirect("/login", code=303)
