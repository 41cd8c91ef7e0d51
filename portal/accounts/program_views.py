"""Programs of customers: their tokens, and the addresses that events are sent to; for approvers, and for our managers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms import TokenForm, WebhookForm
from portal.accounts.service import programs
from portal.accounts.types import MANAGES
from portal.core.errors import BadInput
from portal.platform import webhooks
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, customer_id, page
from portal.platform.ratelimit import limit
from portal.platform.webhooks.types import GROUPS, KINDS

blueprint = Blueprint("programs", __name__)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose programs a page is about. id: None for our own; path: what addresses of the page begin with."""

    id: int | None
    name: str
    path: str
    staff: bool = False
    #: the page this one hangs below
    back: str = "/account"


def _mine() -> Owner:
    return Owner(customer_id(), current_identity().customer_name or "", "/account")


def _of(code: str) -> Owner:
    found = service.customer_by_code(code)
    path = f"/staff/customers/{found.code}"
    return Owner(found.id, found.name, path, staff=True, back=path)


_OURS = Owner(None, "our own", "/staff/api", staff=True, back="/staff/people")


# -- tokens ------------------------------------------------------------------------------------------------------------


@blueprint.get("/account/tokens")
@access.customer(MANAGES)
def my_tokens() -> ResponseReturnValue:
    """The tokens of my company's programs."""
    return _tokens_page(_mine())


@blueprint.post("/account/tokens")
@access.customer(MANAGES)
@limit("tokens", per_hour=60)
@commit_on_success
def issue_mine() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    return _issue(_mine())


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@access.customer(MANAGES)
@commit_on_success
def revoke_mine(token_id: int) -> ResponseReturnValue:
    """A token opens nothing from now on."""
    return _revoke(_mine(), token_id)


@blueprint.get("/staff/customers/<code>/tokens")
@access.staff("manager")
def tokens(code: str) -> ResponseReturnValue:
    """The tokens of a customer's programs, and a form for another."""
    return _tokens_page(_of(code))


@blueprint.post("/staff/customers/<code>/tokens")
@access.staff("manager")
@commit_on_success
def issue_token(code: str) -> ResponseReturnValue:
    """Make a token and show it, this once."""
    return _issue(_of(code))


@blueprint.post("/staff/customers/<code>/tokens/<int:token_id>/revoke")
@access.staff("manager")
@commit_on_success
def revoke_token(code: str, token_id: int) -> ResponseReturnValue:
    """A token opens nothing from now on."""
    return _revoke(_of(code), token_id)


@blueprint.get("/staff/api/tokens")
@access.staff("administrator")
def our_tokens() -> ResponseReturnValue:
    """The tokens of our own programs, which see all customers."""
    return _tokens_page(_OURS)


@blueprint.post("/staff/api/tokens")
@access.staff("administrator")
@commit_on_success
def issue_ours() -> ResponseReturnValue:
    """Make a token of our own and show it, this once."""
    return _issue(_OURS)


@blueprint.post("/staff/api/tokens/<int:token_id>/revoke")
@access.staff("administrator")
@commit_on_success
def revoke_ours(token_id: int) -> ResponseReturnValue:
    """A token opens nothing from now on."""
    return _revoke(_OURS, token_id)


def _issue(owner: Owner) -> ResponseReturnValue:
    form = TokenForm(service.scopes_for(owner.id, current_identity()))
    if form.validate_on_submit():
        told = (form.name.data, form.scopes.data, form.days.data)
        try:
            issued = service.issue_token(owner.id, *told, by=current_identity(), key=form.key.data)
        except BadInput as error:
            blame(form, error)
        else:
            return _tokens_page(owner, issued=issued)
    return _tokens_page(owner, form), 422


def _revoke(owner: Owner, token_id: int) -> ResponseReturnValue:
    gone = service.revoke_token(owner.id, token_id)
    flash(f"“{gone.name}” opens nothing any more.", "done")
    return redirect(f"{owner.path}/tokens", code=303)


def _tokens_page(owner: Owner, form: TokenForm | None = None, issued: str | None = None) -> str:
    scopes = service.scopes_for(owner.id, current_identity())
    form = form or TokenForm(scopes, formdata=None, scopes=[scope for scope in scopes if scope.endswith(":read")])
    return page("accounts/tokens.html", owner=owner, tokens=service.tokens_of(owner.id), form=form, issued=issued)


# -- webhooks ----------------------------------------------------------------------------------------------------------


@blueprint.get("/account/webhooks")
@access.customer(MANAGES)
def my_webhooks() -> ResponseReturnValue:
    """Where events of my company are sent."""
    return _webhooks_page(_mine())


@blueprint.post("/account/webhooks")
@access.customer(MANAGES)
@limit("webhooks", per_hour=60)
@commit_on_success
def add_mine() -> ResponseReturnValue:
    """Register an address, and show its secret this once."""
    return _add(_mine())


@blueprint.get("/account/webhooks/<int:address_id>")
@access.customer(MANAGES)
def my_webhook(address_id: int) -> ResponseReturnValue:
    """One address and what was sent there."""
    return _webhook_page(_mine(), address_id)


@blueprint.post("/account/webhooks/<int:address_id>/<any(rotate, test, on, off, remove):deed>")
@access.customer(MANAGES)
@limit("webhook-deeds", per_minute=30)
@commit_on_success
def do_mine(address_id: int, deed: str) -> ResponseReturnValue:
    """A new secret, a test, on, off, or gone."""
    return _do(_mine(), address_id, deed)


@blueprint.get("/account/webhooks/deliveries/<int:delivery_id>")
@access.customer(MANAGES)
def my_delivery(delivery_id: int) -> ResponseReturnValue:
    """One event as it was sent, and what was answered."""
    return _delivery_page(_mine(), delivery_id)


@blueprint.post("/account/webhooks/deliveries/<int:delivery_id>/replay")
@access.customer(MANAGES)
@limit("replay", per_minute=60)
@commit_on_success
def replay_mine(delivery_id: int) -> ResponseReturnValue:
    """Send an event once more."""
    return _replay(_mine(), delivery_id)


@blueprint.get("/staff/customers/<code>/webhooks")
@access.staff("manager")
def customer_webhooks(code: str) -> ResponseReturnValue:
    """Where events of a customer are sent."""
    return _webhooks_page(_of(code))


@blueprint.post("/staff/customers/<code>/webhooks")
@access.staff("manager")
@commit_on_success
def add_webhook(code: str) -> ResponseReturnValue:
    """Register an address for a customer."""
    return _add(_of(code))


@blueprint.get("/staff/customers/<code>/webhooks/<int:address_id>")
@access.staff("manager")
def customer_webhook(code: str, address_id: int) -> ResponseReturnValue:
    """One address of a customer and what was sent there."""
    return _webhook_page(_of(code), address_id)


@blueprint.post("/staff/customers/<code>/webhooks/<int:address_id>/<any(rotate, test, on, off, remove):deed>")
@access.staff("manager")
@commit_on_success
def do_webhook(code: str, address_id: int, deed: str) -> ResponseReturnValue:
    """A new secret, a test, on, off, or gone."""
    return _do(_of(code), address_id, deed)


@blueprint.get("/staff/customers/<code>/webhooks/deliveries/<int:delivery_id>")
@access.staff("manager")
def customer_delivery(code: str, delivery_id: int) -> ResponseReturnValue:
    """One event as it was sent to a customer, and what was answered."""
    return _delivery_page(_of(code), delivery_id)


@blueprint.post("/staff/customers/<code>/webhooks/deliveries/<int:delivery_id>/replay")
@access.staff("manager")
@commit_on_success
def replay_delivery(code: str, delivery_id: int) -> ResponseReturnValue:
    """Send an event once more."""
    return _replay(_of(code), delivery_id)


def _webhooks_page(owner: Owner, form: WebhookForm | None = None) -> str:
    found = webhooks.addresses_of(owner.id or 0)
    return page(
        "accounts/webhooks.html", owner=owner, addresses=found, form=form or WebhookForm(formdata=None), groups=GROUPS
    )


def _add(owner: Owner) -> ResponseReturnValue:
    form = WebhookForm()
    if form.validate_on_submit():
        told = (form.url.data, form.words.data or "", form.kinds.data or [])
        try:
            address_id, secret = programs.add_webhook(owner.id or 0, *told, by=current_identity())
        except BadInput as error:
            blame(form, error)
        else:
            return _webhook_page(owner, address_id, secret)
    return _webhooks_page(owner, form), 422


def _webhook_page(owner: Owner, address_id: int, secret: str | None = None) -> str:
    address = webhooks.address(owner.id or 0, address_id)
    sent = webhooks.deliveries(address.id, request.args.get("after"))
    return page(
        "accounts/webhook.html",
        owner=owner,
        address=address,
        deliveries=sent,
        secret=secret,
        kinds=KINDS,
        groups=GROUPS,
    )


def _do(owner: Owner, address_id: int, deed: str) -> ResponseReturnValue:
    whose, back = owner.id or 0, f"{owner.path}/webhooks/{address_id}"
    if deed == "rotate":
        return _webhook_page(owner, address_id, webhooks.rotate(whose, address_id))
    if deed == "test":
        return redirect(f"{owner.path}/webhooks/deliveries/{webhooks.send_test(whose, address_id)}", code=303)
    if deed == "remove":
        flash(f"Nothing is sent to {webhooks.remove(whose, address_id).url} any more.", "done")
        return redirect(f"{owner.path}/webhooks", code=303)
    webhooks.switch(whose, address_id, on=deed == "on")
    flash("Events are sent there." if deed == "on" else "Nothing is sent there until it is switched on again.", "done")
    return redirect(back, code=303)


def _delivery_page(owner: Owner, delivery_id: int) -> str:
    found = webhooks.delivery(owner.id or 0, delivery_id)
    return page("accounts/webhook_delivery.html", owner=owner, delivery=found, kinds=KINDS)


def _replay(owner: Owner, delivery_id: int) -> ResponseReturnValue:
    found = webhooks.replay(owner.id or 0, delivery_id)
    flash(f"{found.uid} is sent once more.", "done")
    return redirect(f"{owner.path}/webhooks/deliveries/{delivery_id}", code=303)
