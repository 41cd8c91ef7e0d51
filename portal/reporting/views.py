"""The statement of account, as customers see it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.platform.export import Format, download
from portal.platform.http import access, current_identity, customer_id, page
from portal.platform.http.files import pdf_answer
from portal.reporting import documents, statements
from portal.reporting.asking import asked_or_usual

blueprint = Blueprint("reporting", __name__)


@blueprint.get("/statement")
@access.customer()
def statement() -> ResponseReturnValue:
    """What is open, how old it is, and what moved in the period."""
    asked, error = asked_or_usual()
    found = statements.statement_of(customer_id(), asked)
    return page("reporting/statement.html", statement=found, ages=statements.AGES, error=error)


@blueprint.get("/statement.pdf")
@access.customer()
def statement_pdf() -> ResponseReturnValue:
    """The statement on paper."""
    asked, _ = asked_or_usual()
    customer = accounts.customer(customer_id())
    made = documents.statement(statements.statement_of(customer.id, asked), customer)
    return pdf_answer(made, f"statement-{customer.code}-{asked.until.isoformat()}.pdf")


@blueprint.get("/statement.<any(csv, xlsx):form>")
@access.customer()
def statement_csv(form: str) -> ResponseReturnValue:
    """The statement for a spreadsheet."""
    asked, _ = asked_or_usual()
    found = statements.statement_of(customer_id(), asked)
    name = f"statement-{current_identity().customer_code}-{asked.until.isoformat()}"
    return download(name, statements.heads(found), statements.rows(found), Format(form))
