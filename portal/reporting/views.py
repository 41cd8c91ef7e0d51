"""The statement of account, as customers see it."""

from __future__ import annotations

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue

from portal.platform.http import access, current_identity, customer_id, page
from portal.reporting import statements

blueprint = Blueprint("reporting", __name__)


@blueprint.get("/statement")
@access.customer()
def statement() -> ResponseReturnValue:
    """What is open, how old it is, and what moved in ninety days."""
    return page("reporting/statement.html", statement=statements.statement_of(customer_id()), ages=statements.AGES)


@blueprint.get("/statement.csv")
@access.customer()
def statement_csv() -> ResponseReturnValue:
    """The open items for a spreadsheet."""
    found = statements.statement_of(customer_id())
    answer = make_response(statements.as_csv(found), 200, {"Content-Type": "text/csv; charset=utf-8"})
    name = f"statement-{current_identity().customer_code}-{found.day.isoformat()}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
