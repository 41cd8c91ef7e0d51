"""Public pages: home, services, legal pages, contact."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from portal.content import service
from portal.content.forms import ContactForm
from portal.platform.http import access, commit_on_success, identity_or_none, page
from portal.platform.ratelimit import limit

blueprint = Blueprint("content", __name__)


@blueprint.app_context_processor
def _facts() -> dict[str, object]:
    """Frames and footers name the company."""
    return {"company": service.company()}


@blueprint.get("/")
@access.public
def home() -> ResponseReturnValue:
    """Who we are; for people of a customer with what they came for on top. Our own people go to work."""
    identity = identity_or_none()
    if identity is not None and identity.is_staff and identity.customer_id is None:
        return redirect("/staff", code=303)
    return page("content/home.html")


@blueprint.get("/services")
@access.public
def services() -> ResponseReturnValue:
    """What we do beside selling."""
    return page("content/services.html")


@blueprint.get("/privacy")
@access.public
def privacy() -> ResponseReturnValue:
    """What we keep about people, why, and their rights (POPIA s 18)."""
    return page("content/privacy.html")


@blueprint.get("/terms")
@access.public
def terms() -> ResponseReturnValue:
    """On what terms we sell."""
    return page("content/terms.html")


@blueprint.get("/contact")
@access.public
def contact() -> ResponseReturnValue:
    """How to reach us, and a form."""
    identity = identity_or_none()
    known = {"name": identity.name, "email": identity.email, "company": identity.customer_name} if identity else {}
    return page("content/contact.html", form=ContactForm(**known), sent=False)


@blueprint.post("/contact")
@access.public
@limit("contact", per_hour=10)
@commit_on_success
def leave_message() -> ResponseReturnValue:
    """Keep the message and tell our people."""
    form = ContactForm()
    if not form.validate_on_submit():
        return page("content/contact.html", form=form, sent=False), 422
    if not form.website.data:
        service.leave_message(form.name.data, form.email.data, form.company.data, form.words.data)
    return page("content/contact.html", form=form, sent=True)
