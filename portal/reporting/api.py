"""The statement of account, for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from flask import Blueprint
from msgspec import Meta

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import NotFound
from portal.platform.http import access, current_program
from portal.platform.rest import Amount, Asked, Day, Shape, amount, operation
from portal.platform.rest.shapes import CustomerCode
from portal.reporting import statements

blueprint = Blueprint("reporting_api", __name__)


class OpenItem(Shape, frozen=True, kw_only=True):
    """An open invoice."""

    invoice: Annotated[str, Meta(examples=["INV-2026-000417"])]
    issued_on: Day
    due_on: Day
    days_overdue: Annotated[int, Meta(examples=[0])]
    total: Amount
    verified: Annotated[Amount, Meta(description="What proofs promise and the bank has not shown.")]
    balance: Amount


class Movement(Shape, frozen=True, kw_only=True):
    """What moved the account, and what was owed after it. change: above zero when more is owed by it."""

    day: Day
    words: str
    document: Annotated[str, Meta(description="An invoice or credit note; empty for money.")]
    change: Amount
    balance: Amount


class Age(Shape, frozen=True, kw_only=True):
    """What is open and so many days overdue."""

    words: Annotated[str, Meta(examples=["1 to 30 days"])]
    amount: Amount


class Statement(Shape, frozen=True, kw_only=True):
    """A customer’s account in one currency. `owed` is what the ledger says: open invoices less credit."""

    customer: Annotated[str, Meta(examples=["MPD014"])]
    day: Day
    since: Day
    opening: Amount
    closing: Amount
    owed: Amount
    credit: Amount
    items: list[OpenItem]
    ages: list[Age]
    movements: list[Movement]


class StatementAsked(Asked, frozen=True, kw_only=True):
    """Which statement. days: how far back its movements go."""

    customer: CustomerCode = ""
    days: Annotated[int, Meta(ge=1, le=1095, description="How far back its movements go.", examples=[90])] = 90
    currency: Annotated[Literal["", "ZAR", "USD"], Meta(description="The customer’s own when left out.")] = ""


@blueprint.get("/api/v1/statement")
@access.program("invoices:read")
@operation("Get the statement of account", tag="Statement", answer=Statement, query=StatementAsked,
           words="A program of ours names the `customer`.")  # fmt: skip
def statement(query: StatementAsked) -> Statement:
    """What is open, how old it is, and what moved."""
    whose = accounts.whose(current_program(), query.customer)
    if whose is None:
        raise NotFound("a statement is of one customer")
    customer = accounts.customer(whose)
    today = clock.today()
    asked = statements.Asked(
        statements.Form.OPEN_ITEM, today - timedelta(days=query.days), today, query.currency or customer.currency
    )
    return _shape(statements.statement_of(customer.id, asked), customer.code)


def _shape(found: statements.Statement, code: str) -> Statement:
    return Statement(
        customer=code, day=found.day, since=found.since, opening=amount(found.opening), closing=amount(found.closing),
        owed=amount(found.owed), credit=amount(found.credit),
        items=[_item(each) for each in found.items],
        ages=[Age(words=words, amount=amount(each)) for words, each in zip(statements.AGES, found.ages, strict=True)],
        movements=[
            Movement(
                day=each.entry.day, words=each.entry.words, document=each.document, change=amount(each.change),
                balance=amount(each.balance),
            )
            for each in found.movements
        ],
    )  # fmt: skip


def _item(one: statements.OpenItem) -> OpenItem:
    info = one.invoice
    return OpenItem(
        invoice=info.number, issued_on=info.issued_on, due_on=info.due_on, days_overdue=one.days_overdue,
        total=amount(info.total), verified=amount(one.verified), balance=amount(info.balance),
    )  # fmt: skip
