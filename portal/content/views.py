"""Public pages: home, services, legal pages, contact. What they say is written by staff."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, g, has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.content import markdown, service
from portal.content.forms import ContactForm
from portal.content.pieces import HOME, PIECES
from portal.content.types import Content
from portal.core.company import Company
from portal.platform.http import access, commit_on_success, identity_or_none, page
from portal.platform.ratelimit import limit

blueprint = Blueprint("content", __name__)
service.register_frame()
#: which pieces a page shows beside the menu: asked together with it
_OF_PAGE = {
    "content.home": HOME, "content.services": ("services",), "content.privacy": ("privacy",),
    "content.terms": ("terms",), "content.paia": ("paia",),
}  # fmt: skip


@blueprint.app_context_processor
def _facts() -> dict[str, object]:
    """Frames and footers name the company; the words of pages are Markdown."""
    company, told = _told()
    return {"company": company, "menu": told["menu"].items, "markdown": partial(_markdown, company)}


def _told() -> tuple[Company, dict[str, Content]]:
    """Asked once a request; a page that says what went wrong asks nothing."""
    if not has_request_context():
        return service.frame()
    if "content" not in g:
        if g.get("failing"):
            return service.known_before(), {"menu": PIECES["menu"].default}
        pieces, identity = _OF_PAGE.get(request.endpoint or "", ()), identity_or_none()
        asked = identity is not None and not pieces and bool(identity.frame)
        g.content = service.frame_of(identity.frame) if identity and asked else service.frame(*pieces)
    found: tuple[Company, dict[str, Content]] = g.content
    return found


def _markdown(company: Company, text: str) -> Markup:
    facts = {
        "company": company.name, "registration": company.registration, "vat_number": company.vat_number,
        "address": ", ".join(company.address), "email": company.email, "phone": company.phone,
    }  # fmt: skip
    return markdown.render(markdown.with_facts(text, facts))


@blueprint.get("/")
@access.public
def home() -> ResponseReturnValue:
    """Who we are; for people of a customer with what they came for on top. Our own people go to work."""
    identity = identity_or_none()
    if identity is not None and identity.is_staff and identity.customer_id is None:
        return redirect("/staff", code=303)
    return page("content/home.html", told=_told()[1])


@blueprint.get("/services")
@access.public
def services() -> ResponseReturnValue:
    """What we do beside selling."""
    return page("content/services.html", told=_told()[1]["services"])


@blueprint.get("/privacy")
@access.public
def privacy() -> ResponseReturnValue:
    """What we keep about people, why, and their rights (POPIA s 18)."""
    return page("content/legal.html", told=_told()[1]["privacy"])


@blueprint.get("/terms")
@access.public
def terms() -> ResponseReturnValue:
    """On what terms we sell."""
    return page("content/legal.html", told=_told()[1]["terms"])


@blueprint.get("/paia")
@access.public
def paia() -> ResponseReturnValue:
    """Which records we keep and how to ask for one (PAIA s 51)."""
    return page("content/legal.html", told=_told()[1]["paia"])


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
