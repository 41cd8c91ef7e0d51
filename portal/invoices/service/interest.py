"""Interest on late invoices, by rule, when our people have switched it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices.models import InterestCharge
from portal.invoices.queries import dunning
from portal.invoices.service import promising
from portal.invoices.service.issuing import issue
from portal.invoices.types import DraftLine, InvoiceDraft, InvoiceInfo, percent_words
from portal.invoices.types.dunning import interest
from portal.platform import audit
from portal.platform.db import db
from portal.platform.settings import Switch

CHARGE = Switch("interest_on", False)
#: Hundredths of a percent a year.
RATE = Switch("interest_rate", 1_000)
#: Less than this is not worth an invoice.
LEAST = Money.zar(10_00)


@dataclass(frozen=True, slots=True)
class _Late:
    invoice: InvoiceInfo
    since: date
    until: date
    amount: Money


def customers_to_charge() -> list[int]:
    """Whom interest may be due from; nobody while it is switched off."""
    return dunning.late_customers(clock.today()) if CHARGE.known().value else []


def charge(customer_id: int) -> InvoiceInfo | None:
    """Invoice the interest on what was late up to the end of last month; None when there is none worth it.

    Simple interest by days on what is open, an exempt supply; none on interest, on what is disputed, promised or has a
    proof under way. No day is charged twice. Locks the customer. Flushes; the job commits.
    Source: docs/rules/reminders.md R7.
    """
    accounts.lock_customer(customer_id)
    if not CHARGE.now():
        return None
    rate, until = RATE.now(), clock.today().replace(day=1) - timedelta(days=1)
    found = _late(customer_id, rate, until)
    if sum(each.amount.cents for each in found) < LEAST.cents:
        return None
    made = issue(InvoiceDraft(customer_id, tuple(_line(each, rate) for each in found)))
    db.session.add_all(
        InterestCharge(
            invoice_id=each.invoice.id, charged_by=made.id, since=each.since, until=each.until, rate=rate,
            balance_cents=each.invoice.balance.cents, cents=each.amount.cents,
        )
        for each in found
    )  # fmt: skip
    db.session.flush()
    audit.record("interest.charged", made.number, after={each.invoice.number: each.amount.plain for each in found})
    return made


def _late(customer_id: int, rate: int, until: date) -> list[_Late]:
    spared = promising.settle_promises(customer_id)
    late = dunning.overdue_of(customer_id, until)
    ids = [each.id for each in late]
    charged, of_interest = dunning.charged_until(ids), dunning.interest_invoices(ids)
    found = []
    for each in late:
        since = max(each.due_on, charged.get(each.id, each.due_on)) + timedelta(days=1)
        days = (until - since).days + 1
        if (
            each.currency != "ZAR"
            or each.proof_under_way
            or each.disputed
            or each.id in spared | of_interest
            or days < 1
        ):
            continue
        amount = interest(each.balance, rate, days)
        if amount:
            found.append(_Late(each, since, until, amount))
    return found


def _line(late: _Late, rate: int) -> DraftLine:
    words = f"Interest at {percent_words(rate)} a year on {late.invoice.number}, {late.since} to {late.until}"
    return DraftLine(words, "INTEREST", Decimal(1), "each", late.amount, VatCode.EXEMPT)
