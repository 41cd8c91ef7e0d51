"""Debtors by age, the statement of any customer, and the receipt of any payment."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.core.countries import CURRENCIES
from portal.platform import lists
from portal.platform.export import Format, download
from portal.platform.http import access, page
from portal.platform.http.files import pdf_answer
from portal.reporting import debtors, documents, statements, verifying
from portal.reporting.asking import asked_or_usual
from portal.reporting.staff_views.blueprint import blueprint

DEBTORS: lists.Columns[debtors.Debtor] = lists.Columns("debtors", debtors.HEADS, debtors.Debtor.cells)


def _wanted() -> debtors.Wanted:
    currency = request.args.get("currency", "")
    return debtors.Wanted(
        search=request.args.get("q", "").strip()[:80],
        only_overdue=request.args.get("show") == "overdue",
        currency=currency if currency in CURRENCIES else CURRENCIES[0],
    )


@blueprint.get("/staff/debtors")
@access.staff("clerk", "manager")
def debtors_list() -> ResponseReturnValue:
    """Who owes how much and for how long; the last line is the ledger's."""
    wanted = _wanted()
    return lists.page(
        "reporting/debtors.html", DEBTORS, lambda after, limit: debtors.page(wanted, after, limit),
        sums=debtors.sums(wanted.currency), wanted=wanted, ages=statements.AGES,
    )  # fmt: skip


@blueprint.get("/staff/customers/<code>/statement")
@access.staff("clerk", "manager")
def statement(code: str) -> ResponseReturnValue:
    """The statement as this customer sees it."""
    customer = accounts.customer_by_code(code)
    asked, error = asked_or_usual(customer.currency)
    found = statements.statement_of(customer.id, asked)
    return page("reporting/staff_statement.html", customer=customer, statement=found, ages=statements.AGES, error=error)


@blueprint.get("/staff/customers/<code>/statement.pdf")
@access.staff("clerk", "manager")
def statement_pdf(code: str) -> ResponseReturnValue:
    """The statement on paper."""
    customer = accounts.customer_by_code(code)
    asked, _ = asked_or_usual(customer.currency)
    made = documents.statement(statements.statement_of(customer.id, asked), customer)
    return pdf_answer(made, f"statement-{customer.code}-{asked.until.isoformat()}.pdf")


@blueprint.get("/staff/customers/<code>/statement.<any(csv, xlsx):form>")
@access.staff("clerk", "manager")
def statement_file(code: str, form: str) -> ResponseReturnValue:
    """The statement for a spreadsheet."""
    customer = accounts.customer_by_code(code)
    asked, _ = asked_or_usual(customer.currency)
    found = statements.statement_of(customer.id, asked)
    name = f"statement-{customer.code}-{asked.until.isoformat()}"
    return download(name, statements.heads(found), statements.rows(found), Format(form))


@blueprint.get("/staff/bank/payments/<int:payment_id>/receipt.pdf")
@access.staff("clerk", "manager")
def receipt(payment_id: int) -> ResponseReturnValue:
    """The receipt of confirmed money, to send to who paid."""
    payment = verifying.confirmed_payment(payment_id)
    return pdf_answer(documents.receipt(payment, accounts.customer(payment.customer_id)), f"{payment.name}.pdf")
