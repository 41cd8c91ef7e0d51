"""Invoices of all customers, as our staff see them. Nobody changes one."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from portal.invoices import service
from portal.invoices.types import INVOICE_HEADS, Filter, InvoiceInfo, SortBy
from portal.platform import lists, panels
from portal.platform.http import access, page

blueprint = Blueprint("invoices_staff", __name__)
INVOICES: lists.Columns[InvoiceInfo] = lists.Columns("invoices", INVOICE_HEADS, InvoiceInfo.cells)


@blueprint.get("/staff/invoices")
@access.staff()
def index() -> ResponseReturnValue:
    """Invoices of all customers, oldest due first; found by number, reference, PO, amount, name or code."""
    search, wanted = request.args.get("q", "").strip()[:80], Filter.of(request.args.get("show"))
    if search and "show" not in request.args:
        wanted = Filter.ALL
    usual = SortBy.ISSUED_DOWN if wanted in {Filter.ALL, Filter.PAID} else SortBy.DUE
    sort = SortBy.of(request.args.get("sort"), usual)
    pages = partial(service.list_page, None, wanted, search, sort=sort)
    return lists.page(
        "invoices/staff_index.html", INVOICES, lambda after, limit: pages(after, limit=limit), search=search,
        wanted=wanted, sort=sort,
    )  # fmt: skip


@blueprint.get("/staff/invoices/<number>")
@access.staff()
def show(number: str) -> ResponseReturnValue:
    """One invoice as it was issued."""
    found = service.document(number)
    return page("invoices/staff_show.html", document=found, panels=panels.of("invoice", found.info.id))


@blueprint.get("/staff/invoices/<number>.pdf")
@access.staff()
def pdf(number: str) -> ResponseReturnValue:
    """A copy for our files or for a customer who lost theirs; it says that it is one."""
    answer = make_response(service.pdf(number, copy=True), 200, {"Content-Type": "application/pdf"})
    answer.headers.set("Content-Disposition", "inline", filename=f"{number}-copy.pdf")
    return answer
