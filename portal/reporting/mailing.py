"""Statements of account by mail: one by hand with a look at it first, all at the end of a month when that is switched on.

Source: docs/rules/statements.md A9 to A11.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.banking.service.suspense import NOBODY
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.identity import Identity
from portal.core.money import Money
from portal.platform import audit, mail, outbox
from portal.platform.db import db
from portal.platform.paging import Page, asked_for
from portal.platform.settings import Switch
from portal.reporting import documents, statements
from portal.reporting.models import StatementMail
from portal.reporting.queries import mails
from portal.reporting.statements import Asked, Form, Statement
from portal.reporting.types import SentStatement

EVENT = "statement_of_account"
#: Off until our people have looked at what would go out.
MONTHLY = Switch("statements_monthly", False)
#: a month's statements go out in its first days; switched on later, they wait for the next month
SEND_WITHIN = timedelta(days=7)
PAGE = 50
HEADS = ("Customer code", "Customer", "From", "Up to", "Currency", "Balance", "To", "Sent", "Sent by")


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent. sent: when the same statement went out, None when it did not."""

    statement: Statement
    email: str
    subject: str
    words: str
    sent: StatementMail | None


def last_month(today: date) -> tuple[date, date]:
    """The first and the last day of the month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def asked_for_month(today: date, currency: str) -> Asked:
    """The statement that a month's end is about."""
    first, last = last_month(today)
    return Asked(Form.BALANCE_FORWARD, first, last, currency)


def preview(customer: CustomerInfo, asked: Asked) -> Preview:
    """The mail as it would go out; nothing is written."""
    found = statements.statement_of(customer.id, asked)
    subject, words = mail.words(EVENT, _data(found, customer))
    sent = mails.sent(customer.id, asked.currency, asked.since, asked.until)
    return Preview(found, customer.email, subject, words, sent)


def send(code: str, asked: Asked, *, by: Identity) -> str:
    """Send a customer the statement of a period, once for the period; gives the address it goes to.

    Locks the customer, so that of two who send at once, or of a person and the month's job, the second finds it sent.
    Raises Conflict when it was sent before, BadInput without an address, NotFound. Source: docs/rules/statements.md A9.
    """
    customer = accounts.customer_by_code(code)
    accounts.lock_customer(customer.id)
    if (before := mails.sent(customer.id, asked.currency, asked.since, asked.until)) is not None:
        raise Conflict(f"This statement was sent on {before.sent_at:%d %b %Y} to {before.email}.")
    if not customer.email:
        raise BadInput("We know no address for this customer’s accounts.", field="email")
    _write(statements.statement_of(customer.id, asked), customer, by=by.name)
    return customer.email


def due() -> list[tuple[int, str]]:
    """(customer id, currency) of accounts whose statement of last month may go out now; none while that is off."""
    today = clock.today()
    if not MONTHLY.known().value or today.day > SEND_WITHIN.days:
        return []
    return mails.due(*last_month(today))


def send_monthly(customer_id: int, asked: Asked) -> bool:
    """Send a customer last month's statement unless it went out already or there is nothing to say; whether it was.

    Source: docs/rules/statements.md A10 (nothing moved and nothing is owed: no mail).
    """
    accounts.lock_customer(customer_id)
    customer = accounts.customer(customer_id)
    if not MONTHLY.now() or not customer.email or customer.code == NOBODY:
        return False
    if mails.sent(customer_id, asked.currency, asked.since, asked.until) is not None:
        return False
    found = statements.statement_of(customer_id, asked)
    if not found.movements and not found.closing:
        return False
    _write(found, customer, by="")
    return True


def sent_page(search: str, after: str | None = None, limit: int = PAGE, *, oldest: bool = False) -> Page[SentStatement]:
    """Statements that were sent, newest first. search: a customer's code, or the beginning of its name."""
    return mails.page(asked_for(search), after, limit, oldest=oldest)


def cells(each: SentStatement) -> tuple[Any, ...]:
    """One row of a file, under HEADS."""
    return (
        each.customer_code, each.customer_name, each.first, each.last, each.closing.currency, each.closing, each.email,
        each.sent_at, each.sent_by or "the end of the month",
    )  # fmt: skip


def _write(found: Statement, customer: CustomerInfo, *, by: str) -> None:
    asked = found.asked
    db.session.add(
        StatementMail(
            customer_id=customer.id, currency=asked.currency, first_on=asked.since, last_on=asked.until,
            email=customer.email, closing_cents=found.closing.cents, sent_by=by, sent_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    outbox.tell(EVENT, to_email=customer.email, data=_data(found, customer), customer_id=customer.id)
    after = {"until": asked.until.isoformat(), "closing": found.closing.plain, "to": customer.email, "by": by or "job"}
    audit.record("statement.sent", customer.code, after=after)


def _data(found: Statement, customer: CustomerInfo) -> dict[str, object]:
    nothing = Money.zero(found.asked.currency)
    return {
        "customer": customer.name,
        "code": customer.code,
        "since": found.asked.since,
        "until": found.asked.until,
        "currency": found.asked.currency,
        "opening": found.opening,
        "charged": found.charged,
        "received": found.received,
        "closing": found.closing,
        "credit": max(-found.closing, nothing),
    }


def papers(data: dict[str, Any]) -> tuple[mail.Attachment, ...]:
    """The statement as a PDF, from what the mail says."""
    customer = accounts.customer_by_code(data["code"])
    asked = Asked(Form.BALANCE_FORWARD, data["since"], data["until"], data["currency"])
    made = documents.statement(statements.statement_of(customer.id, asked), customer)
    return (mail.Attachment(f"statement-{customer.code}-{asked.until.isoformat()}.pdf", made),)
