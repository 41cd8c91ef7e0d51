"""What customers see of payments: a panel on their invoice; and paying through a gateway, there and back."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal.core.errors import DomainError, Unavailable
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.payments import service, wording
from portal.payments.service import online
from portal.payments.types.online import OnlineInfo
from portal.platform import panels
from portal.platform.http import (
    access,
    commit_on_success,
    customer_id,
    fragment_or_page,
    identity_or_none,
    page,
    without_form_token,
)
from portal.platform.http.setup import form_action_to
from portal.platform.ratelimit import ANONYMOUS, address, first_refused, too_many

blueprint = Blueprint("payments", __name__)
#: the session remembers by which link somebody came, so that they find back
_LINK = "pay_link"


@blueprint.post("/invoices/<number>/pay/<gateway>")
@access.customer()
@commit_on_success
def begin(number: str, gateway: str) -> ResponseReturnValue:
    """The buyer chose a gateway on the pay page."""
    made = online.begin(gateway, number, customer_id(), key=request.form.get("key", ""))
    return redirect(url_for(".leave", payment_token=made.token), code=303)


@blueprint.post("/pay/<token>/<gateway>")
@access.signed_link
@commit_on_success
def begin_by_link(token: str, gateway: str) -> ResponseReturnValue:
    """The same for whoever holds the signed link of the invoice's mail."""
    made = online.begin(gateway, invoices.read_pay_token(token), None, key=request.form.get("key", ""))
    session[_LINK] = token
    return redirect(url_for(".leave", payment_token=made.token), code=303)


@blueprint.get("/online/<payment_token>")
@access.signed_link
def leave(payment_token: str) -> ResponseReturnValue:
    """The last page of ours: the signed form that takes the buyer to the gateway. A decided payment shows its end."""
    found = online.of_token(payment_token)
    if not found.waits:
        return redirect(url_for(".back", payment_token=payment_token), code=303)
    person = identity_or_none()
    form = online.handover(found, email=person.email if person else "", **_ways_back(payment_token))
    answer = make_response(page("payments/leave.html", payment=found, handed=form, back=_pay_page(found)))
    answer.headers["Content-Security-Policy"] = form_action_to(form.url)
    return answer


@blueprint.post("/online/<payment_token>/go")
@access.signed_link
@commit_on_success
def go(payment_token: str) -> ResponseReturnValue:
    """The buyer goes on to a gateway that makes a page for each payment; one with a form has it on our last page."""
    found = online.of_token(payment_token)
    if not (found.waits and online.is_hosted(found.gateway)):
        return redirect(url_for(".leave", payment_token=payment_token), code=303)
    try:
        opened = online.open_page(found, **_ways_back(payment_token))
    except Unavailable:
        return page("payments/away.html", payment=found, back=_pay_page(found)), 503, {"Retry-After": "60"}
    online.keep_page(found, opened)
    return redirect(opened.url, code=303)


def _ways_back(payment_token: str) -> dict[str, str]:
    names = {"back": ".back", "cancel": ".turned_back"}
    return {name: url_for(endpoint, payment_token=payment_token) for name, endpoint in names.items()}


@blueprint.get("/online/<payment_token>/back")
@access.signed_link
def back(payment_token: str) -> ResponseReturnValue:
    """Where the gateway sends the buyer. Coming back proves nothing: only the gateway's notice does."""
    found = online.of_token(payment_token)
    return fragment_or_page("payments/back.html", "payments/_standing.html", payment=found, back=_pay_page(found))


@blueprint.get("/online/<payment_token>/cancelled")
@access.signed_link
def turned_back(payment_token: str) -> ResponseReturnValue:
    """The buyer turned back at the gateway."""
    found = online.of_token(payment_token)
    if not found.waits:
        return redirect(url_for(".back", payment_token=payment_token), code=303)
    return page("payments/turned_back.html", payment=found, back=_pay_page(found))


@blueprint.post("/webhooks/<gateway>")
@access.machine
@without_form_token
@commit_on_success
def notice(gateway: str) -> ResponseReturnValue:
    """A gateway's notice: kept as it came and acknowledged; a job judges it. Strangers' ones are counted."""
    if "notice" not in g:  # the transaction may run again, and a stream is read once
        g.notice = request.stream.read(online.LONGEST_NOTICE + 1)  # a chunked one does not say how long it is
    body: bytes = g.notice
    if len(body) > online.LONGEST_NOTICE:
        abort(413)
    came = online.posted(gateway, body, lambda name: request.headers.get(name, ""))
    if not online.looks_genuine(gateway, came) and (refused := first_refused(ANONYMOUS, address())) is not None:
        return too_many(refused)
    online.take_notice(gateway, request.remote_addr or "", came)
    return "", 200


def of_invoice(invoice: InvoiceInfo) -> str:
    """The payments of an invoice, for whoever may see the invoice; empty for customers when there are none."""
    person = identity_or_none()
    office = person is not None and person.has_staff("clerk", "manager")
    found = [each for each in service.of_invoice(invoice.id) if office or each.worth_showing]
    if not found and not office:
        return ""
    return render_template(
        "payments/_of_invoice.html", payments=found, invoice_id=invoice.id, number=invoice.number if office else ""
    )


def ways_to_pay(shown: tuple[InvoiceInfo, str]) -> str:
    """The gateways for a pay page. shown: the invoice, and the token of the link that opened the page or nothing."""
    invoice, token = shown
    found = online.choices(invoice)
    if not found:
        return ""
    base = f"/pay/{token}" if token else f"/invoices/{invoice.number}/pay"
    return render_template("payments/_ways.html", gateways=found, amount=invoice.balance, base=base)


def _pay_page(found: OnlineInfo) -> str:
    """Where the same invoice can be paid in every way: for its customer, or for who came by the mail's link; or nothing.

    The address of this payment, which the gateway knows too, opens no more than its own standing.
    """
    person = identity_or_none()
    if person is not None and invoices.by_number(found.invoice_number).customer_id == person.customer_id:
        return f"/invoices/{found.invoice_number}/pay"
    link = session.get(_LINK)
    with suppress(DomainError):
        if link and invoices.read_pay_token(link) == found.invoice_number:
            return f"/pay/{link}"
    return ""


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"gateway_words": wording.gateway_words}


@blueprint.record
def _join_pages(_state: BlueprintSetupState) -> None:
    panels.register("invoice", "payments", of_invoice)
    panels.register("pay", "gateways", ways_to_pay)
