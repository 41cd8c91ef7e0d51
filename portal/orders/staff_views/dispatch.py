"""The dispatcher's desk: what may leave, what is held and why, what to pick, what left and who took it."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput, Conflict
from portal.orders import service
from portal.orders.forms import DeliverForm, EmptyForm, ReceivedForm
from portal.orders.staff_views.blueprint import blueprint
from portal.orders.types import ORDER_HEADS
from portal.orders.types.deliveries import DELIVERY_HEADS, DeliveryFilter, DeliveryInfo, DispatchFilter, Progress
from portal.platform import lists
from portal.platform.fields import blame
from portal.platform.http import access, commit_on_success, current_identity, page
from portal.platform.http.serving import pdf_shown, private_picture
from portal.platform.paging import Page

DELIVERIES: lists.Columns[DeliveryInfo] = lists.Columns("deliveries", DELIVERY_HEADS, DeliveryInfo.cells)
DISPATCH: lists.Columns[Progress] = lists.Columns(
    "orders", (*ORDER_HEADS, "Pieces", "Left so far"), lambda each: (*each.order.cells(), each.ordered, each.gone)
)


def _asked() -> str:
    return request.args.get("q", "").strip()[:80]


def _oldest() -> bool:
    return request.args.get("sort") == "oldest"


@blueprint.get("/staff/dispatch")
@access.staff()
def dispatch() -> ResponseReturnValue:
    """Orders as the dispatcher sorts them."""
    search, wanted, oldest = _asked(), DispatchFilter.of(request.args.get("show")), _oldest()

    def pages(after: str | None, limit: int) -> Page[Progress]:
        found, progress = service.dispatch_page(wanted, search, after, limit=limit, oldest=oldest)
        return found.map(lambda order: Progress(order, *progress.get(order.id, (0, 0))))

    return lists.page("orders/dispatch.html", DISPATCH, pages, search=search, wanted=wanted, oldest=oldest)


@blueprint.get("/staff/dispatch/pick")
@access.staff()
def pick() -> ResponseReturnValue:
    """What to fetch for all orders that may leave."""
    return page("orders/pick.html", picks=service.pick_list())


@blueprint.get("/staff/orders/<number>/deliver")
@access.staff("dispatcher", "manager")
def deliver_form(number: str) -> ResponseReturnValue:
    """How much of which line leaves now."""
    return _deliver_page(number, DeliverForm())


@blueprint.post("/staff/orders/<number>/deliver")
@access.staff("dispatcher", "manager")
@commit_on_success
def deliver(number: str) -> ResponseReturnValue:
    """Goods leave, and their delivery note is made."""
    form = DeliverForm()
    if not form.validate_on_submit():
        return _deliver_page(number, form), 422
    try:
        made = service.deliver(
            number, form.pieces(request.form), form.key.data, seen=form.seen.data, by=current_identity(),
            note=form.note.data,
        )  # fmt: skip
    except BadInput as error:
        blame(form, error)
        return _deliver_page(number, form), 422
    except Conflict as error:
        form.form_errors.append(str(error))
        return _deliver_page(number, form), 409
    flash(f"{made.number} is made.", "done")
    return redirect(url_for(".delivery", number=made.number), code=303)


@blueprint.post("/staff/orders/<number>/delivered")
@access.staff("dispatcher", "manager")
@commit_on_success
def delivered(number: str) -> ResponseReturnValue:
    """All that is left of an order leaves."""
    if EmptyForm().validate_on_submit():
        service.mark_delivered(number, by=current_identity())
        flash(f"All of {number} left.", "done")
    return redirect(url_for(".show", number=number), code=303)


@blueprint.get("/staff/deliveries")
@access.staff()
def deliveries() -> ResponseReturnValue:
    """Delivery notes, newest first."""
    search, wanted, oldest = _asked(), DeliveryFilter.of(request.args.get("show")), _oldest()

    def pages(after: str | None, limit: int) -> Page[DeliveryInfo]:
        return service.deliveries_page(None, wanted, search, after, limit=limit, oldest=oldest)

    return lists.page("orders/staff_deliveries.html", DELIVERIES, pages, search=search, wanted=wanted, oldest=oldest)


@blueprint.get("/staff/deliveries/<number>")
@access.staff()
def delivery(number: str) -> ResponseReturnValue:
    """One delivery: what was on it, and who took it."""
    return _delivery_page(number, ReceivedForm.for_now())


@blueprint.post("/staff/deliveries/<number>")
@access.staff("dispatcher", "manager")
@commit_on_success
def received(number: str) -> ResponseReturnValue:
    """Somebody at the customer took the goods."""
    form = ReceivedForm()
    if not form.validate_on_submit():
        return _delivery_page(number, form), 422
    try:
        service.record_receipt(number, form.receiver.data, form.moment(), by=current_identity(), picture=form.picture())
    except BadInput as error:
        blame(form, error)
        return _delivery_page(number, form), 422
    flash(f"{number} is received.", "done")
    return redirect(url_for(".delivery", number=number), code=303)


@blueprint.get("/staff/deliveries/<number>.pdf")
@access.staff()
def delivery_note(number: str) -> Response:
    """The delivery note as a PDF."""
    return pdf_shown(service.delivery_note(number), f"{number}.pdf")


@blueprint.get("/staff/deliveries/<number>/received.webp")
@access.staff()
def evidence(number: str) -> Response:
    """The photo or signature of who took the goods."""
    return private_picture(service.evidence(number))


def _deliver_page(number: str, form: DeliverForm) -> str:
    order = service.detail(number)
    lines, notes = service.open_lines(order.info), service.deliveries_of(order.info)
    return page("orders/deliver.html", order=order, info=order.info, lines=lines, notes=notes, form=form,
                typed=request.form)  # fmt: skip


def _delivery_page(number: str, form: ReceivedForm) -> str:
    return page("orders/staff_delivery.html", delivery=service.delivery_detail(number), form=form)
