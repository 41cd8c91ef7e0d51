"""Statements and receipts as customers see them, and the page where anybody proves a document genuine."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.platform import ratelimit
from portal.platform.export import Format, download
from portal.platform.http import access, current_identity, customer_id, page
from portal.platform.http.files import pdf_answer
from portal.reporting import documents, statements, verifying
from portal.reporting.asking import asked_or_usual

blueprint = Blueprint("reporting", __name__)


@blueprint.get("/statement")
@access.customer()
def statement() -> ResponseReturnValue:
    """What is open, how old it is, and what moved in the period."""
    asked, error = asked_or_usual(current_identity().currency)
    found = statements.statement_of(customer_id(), asked)
    return page("reporting/statement.html", statement=found, ages=statements.AGES, error=error)


@blueprint.get("/statement.pdf")
@access.customer()
def statement_pdf() -> ResponseReturnValue:
    """The statement on paper."""
    asked, _ = asked_or_usual(current_identity().currency)
    customer = accounts.customer(customer_id())
    made = documents.statement(statements.statement_of(customer.id, asked), customer)
    return pdf_answer(made, f"statement-{customer.code}-{asked.until.isoformat()}.pdf")


@blueprint.get("/statement.<any(csv, xlsx):form>")
@access.customer()
def statement_csv(form: str) -> ResponseReturnValue:
    """The statement for a spreadsheet."""
    asked, _ = asked_or_usual(current_identity().currency)
    found = statements.statement_of(customer_id(), asked)
    name = f"statement-{current_identity().customer_code}-{asked.until.isoformat()}"
    return download(name, statements.heads(found), statements.rows(found), Format(form))


@blueprint.get("/receipts/<int:payment_id>.pdf")
@access.customer()
def receipt(payment_id: int) -> ResponseReturnValue:
    """Money of the customer's that the bank has shown."""
    payment = verifying.confirmed_payment(payment_id, customer_id())
    return pdf_answer(documents.receipt(payment, accounts.customer(payment.customer_id)), f"{payment.name}.pdf")


@blueprint.get("/verify")
@access.public
def ask_to_verify() -> ResponseReturnValue:
    """Where a code or a whole address is pasted."""
    given = request.args.get("code", "").strip()[:400]
    if given:
        return redirect(url_for(".verify", code=given.rpartition("/verify/")[2].strip() or "-"), code=303)
    return page("reporting/verify.html", code="", found=None, accounts=[])


@blueprint.get("/verify/<code>")
@access.public
@ratelimit.limit("verify", per_minute=30, per_hour=300)
def verify(code: str) -> ResponseReturnValue:
    """Whether we signed this document, and what is on the genuine one."""
    found = verifying.check(code)
    into = verifying.pay_into() if found else []
    return page("reporting/verify.html", code=code, found=found, accounts=into), 200 if found else 404
