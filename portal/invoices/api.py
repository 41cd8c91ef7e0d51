"""Invoices for programs: as values, as the PDF, as UBL."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response
from msgspec import Meta

from portal.accounts import service as accounts
from portal.core.vat import VatCode
from portal.invoices import service
from portal.invoices.service import printing
from portal.invoices.types import Filter, InvoiceDocument, InvoiceInfo, InvoiceLine, SortBy, State
from portal.platform.http import access, current_program
from portal.platform.http.files import pdf_answer, xml_answer
from portal.platform.rest import Amount, Day, Document, Listed, PageAsked, Search, Shape, amount, listed, operation

blueprint = Blueprint("invoices_api", __name__)
_NUMBER = {"number": ("The invoice’s number.", "INV-2026-000417")}


class Invoice(Shape, frozen=True, kw_only=True):
    """A tax invoice. Only money that the bank has shown lowers its balance."""

    number: Annotated[str, Meta(examples=["INV-2026-000417"])]
    reference: Annotated[str, Meta(description="Pay with it.", examples=["7K04M2X3"])]
    customer: Annotated[str, Meta(examples=["MPD014"])]
    recipient: Annotated[str, Meta(description="The name it was issued to.", examples=["Mopani Drilling (Pty) Ltd"])]
    state: State
    issued_on: Day
    due_on: Day
    po_number: Annotated[str, Meta(examples=["PO 88123"])]
    order: Annotated[str | None, Meta(examples=["ORD-2026-000123"])]
    net: Amount
    vat: Amount
    total: Amount
    credited: Annotated[Amount, Meta(description="What credit notes took off.")]
    balance: Annotated[Amount, Meta(description="What is still to pay.")]
    proof_under_way: bool
    disputed: bool


class InvoicedLine(Shape, frozen=True, kw_only=True):
    """One line as issued."""

    position: Annotated[int, Meta(examples=[1])]
    sku: Annotated[str, Meta(examples=["HH-12-R2AT"])]
    description: str
    quantity: Annotated[str, Meta(description="A decimal number.", examples=["2"])]
    unit: Annotated[str, Meta(examples=["roll"])]
    unit_price: Amount
    vat_code: VatCode
    vat_rate: Annotated[int, Meta(description="Hundredths of a percent.", examples=[1500])]
    net: Amount
    vat: Amount
    gross: Amount


class WholeInvoice(Invoice, frozen=True, kw_only=True):
    """An invoice with its lines."""

    lines: list[InvoicedLine]
    delivery: list[str]


class InvoicesAsked(PageAsked, frozen=True, kw_only=True):
    """Which invoices."""

    state: Filter = Filter.ALL
    q: Search = ""
    sort: SortBy = SortBy.ISSUED_DOWN


@blueprint.get("/api/v1/invoices")
@access.program("invoices:read")
@operation("List invoices", tag="Invoices", answer=Listed[Invoice], query=InvoicesAsked,
           words="The last issued first, unless another order is asked for.")  # fmt: skip
def invoices(query: InvoicesAsked) -> Listed[Invoice]:
    """A page of invoices."""
    whose = accounts.whose(current_program(), query.customer)
    page = service.list_page(whose, query.state, query.q, query.after or None, sort=query.sort, limit=query.limit)
    return listed(page, lambda info: Invoice(**_facts(info)))


@blueprint.get("/api/v1/invoices/<number>")
@access.program("invoices:read")
@operation("Get an invoice", tag="Invoices", answer=WholeInvoice, path=_NUMBER)
def invoice(number: str) -> WholeInvoice:
    """One invoice as it was issued, and what is still to pay."""
    found: InvoiceDocument = service.document(number, current_program().customer_id)
    return WholeInvoice(
        **_facts(found.info), lines=[_line(each) for each in found.lines], delivery=list(found.delivery)
    )  # fmt: skip


@blueprint.get("/api/v1/invoices/<number>/pdf")
@access.program("invoices:read")
@operation("Get the PDF of an invoice", tag="Invoices", answer=Document("application/pdf", "The tax invoice, PDF/A-3."),
           path=_NUMBER)  # fmt: skip
def pdf(number: str) -> Response:
    """The tax invoice on paper."""
    return pdf_answer(service.pdf(number, current_program().customer_id), f"{number}.pdf")


@blueprint.get("/api/v1/invoices/<number>/ubl")
@access.program("invoices:read")
@operation("Get an invoice as UBL", tag="Invoices", answer=Document("application/xml", "The tax invoice as UBL 2.1."),
           path=_NUMBER, words="404 for an opening balance that an earlier system left.")  # fmt: skip
def ubl(number: str) -> Response:
    """The tax invoice for an accounting program."""
    return xml_answer(printing.xml(number, current_program().customer_id), f"{number}.xml")


def _facts(info: InvoiceInfo) -> dict[str, Any]:
    return {
        "number": info.number, "reference": info.reference, "customer": info.customer_code,
        "recipient": info.recipient, "state": info.state, "issued_on": info.issued_on, "due_on": info.due_on,
        "po_number": info.po_number, "order": info.order_number or None, "net": amount(info.net),
        "vat": amount(info.vat), "total": amount(info.total), "credited": amount(info.credited),
        "balance": amount(info.balance), "proof_under_way": info.proof_under_way, "disputed": info.disputed,
    }  # fmt: skip


def _line(one: InvoiceLine) -> InvoicedLine:
    return InvoicedLine(
        position=one.position, sku=one.sku, description=one.description, quantity=f"{one.quantity:f}", unit=one.unit,
        unit_price=amount(one.unit_price), vat_code=one.vat_code, vat_rate=one.rate, net=amount(one.net),
        vat=amount(one.vat), gross=amount(one.gross),
    )  # fmt: skip
