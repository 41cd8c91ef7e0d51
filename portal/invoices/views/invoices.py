"""Invoices as customers see them: what they owe first."""

from __future__ import annotations

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from portal.invoices import service
from portal.invoices.service import printing
from portal.invoices.types import INVOICE_HEADS, Filter, InvoiceInfo, SortBy
from portal.invoices.views.blueprint import blueprint
from portal.platform import lists, panels
from portal.platform.http import access, current_identity, customer_id, page
from portal.platform.http.files import pdf_answer, xml_answer

INVOICES: lists.Columns[InvoiceInfo] = lists.Columns("invoices", INVOICE_HEADS, InvoiceInfo.cells)


@blueprint.get("/invoices")
@access.customer()
def index() -> ResponseReturnValue:
    """What is owed and what is late, then the invoices; the address holds filter, search and order."""
    search, wanted = request.args.get("q", "").strip()[:80], Filter.of(request.args.get("show"))
    if search and "show" not in request.args:
        wanted = Filter.ALL
    usual = SortBy.ISSUED_DOWN if wanted in {Filter.ALL, Filter.PAID} else SortBy.DUE
    sort = SortBy.of(request.args.get("sort"), usual)
    pages = partial(service.list_page, customer_id(), wanted, search, sort=sort)
    return lists.page(
        "invoices/index.html", INVOICES, lambda after, limit: pages(after, limit=limit), limit=25,
        owing=service.owing(customer_id(), current_identity().currency), search=search, wanted=wanted, sort=sort,
    )  # fmt: skip


@blueprint.get("/invoices/<number>")
@access.customer()
def show(number: str) -> ResponseReturnValue:
    """One invoice as it was issued, and what is still to pay."""
    found = service.document(number, customer_id())
    return page("invoices/show.html", document=found, panels=panels.of("invoice", found.info))


@blueprint.get("/invoices/<number>.pdf")
@access.customer()
def pdf(number: str) -> ResponseReturnValue:
    """The tax invoice; ``?copy=1`` prints it once more, marked as a copy."""
    copy = request.args.get("copy") == "1"
    return pdf_answer(service.pdf(number, customer_id(), copy=copy), f"{number}{'-copy' if copy else ''}.pdf")


@blueprint.get("/invoices/<number>.xml")
@access.customer()
def xml(number: str) -> ResponseReturnValue:
    """The tax invoice for the customer’s own programs."""
    return xml_answer(printing.xml(number, customer_id()), f"{number}.xml")
