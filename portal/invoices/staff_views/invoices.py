"""Issued invoices of all customers. Nobody changes one."""

from __future__ import annotations

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from portal.invoices import service
from portal.invoices.service import printing
from portal.invoices.staff_views.blueprint import blueprint
from portal.invoices.types import INVOICE_HEADS, Filter, InvoiceInfo, SortBy
from portal.platform import lists, panels
from portal.platform.http import access, current_identity, page
from portal.platform.http.files import pdf_answer, xml_answer

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
    may_credit = current_identity().has_staff("manager") and bool(found.info.total - found.info.credited)
    return page(
        "invoices/staff_show.html", document=found, panels=panels.of("invoice", found.info), may_credit=may_credit
    )


@blueprint.get("/staff/invoices/<number>.pdf")
@access.staff()
def pdf(number: str) -> ResponseReturnValue:
    """A copy for our files or for a customer who lost theirs; it says that it is one."""
    return pdf_answer(service.pdf(number, copy=True), f"{number}-copy.pdf")


@blueprint.get("/staff/invoices/<number>.xml")
@access.staff()
def xml(number: str) -> ResponseReturnValue:
    """The invoice as data."""
    return xml_answer(printing.xml(number), f"{number}.xml")
