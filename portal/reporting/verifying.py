"""Whether a document is ours: its code is checked against what we have, not against what the paper says.

Source: docs/rules/verifying.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.service import crediting, proving
from portal.invoices.service.proving import Facts
from portal.ledger import service as ledger
from portal.ledger.types import BankAccountInfo
from portal.payments import service as payments
from portal.payments.types import PaymentInfo, PaymentState
from portal.platform import signing, typeset
from portal.reporting.statements import Form, Statement

_PAYMENT = re.compile(r"PAY-([0-9]{6,18})")
_STATEMENT = re.compile(
    r"STA-([A-Za-z0-9-]{1,20})\.([0-9]{8})\.([0-9]{8})\.(open-item|balance-forward)\.(-?[0-9]{1,15})\.([A-Z]{3})"
    r"\.([0-9]{8})"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A genuine document: what was signed, and what happened to it since."""

    name: str
    facts: Facts
    since: str = ""


def check(text: str) -> Checked | None:
    """What a code proves; None when it is not one of ours, or a word of the document was changed."""
    code = signing.read(text)
    if code is None:
        return None
    try:
        found = _KINDS[code.name[:3]](code.name)
    except (NotFound, KeyError, ValueError):
        return None
    return found if signing.genuine(code, proving.flat(found.facts)) else None


def pay_into() -> tuple[BankAccountInfo, ...]:
    """Our own accounts: who checks an invoice compares them with the paper."""
    return ledger.our_accounts()


def _invoice(name: str) -> Checked:
    document = invoices.document(name)
    credited = document.info.credited
    since = f"Credit notes have taken {credited} off it since." if credited else ""
    return Checked(name, proving.invoice_facts(document), since)


def _credit_note(name: str) -> Checked:
    return Checked(name, proving.credit_note_facts(crediting.document(name)))


def _receipt(name: str) -> Checked:
    found = _PAYMENT.fullmatch(name)
    if found is None:
        raise NotFound(name)
    payment = confirmed_payment(int(found[1]))
    since = ""
    if payment.state is PaymentState.REVERSED and payment.reversed_at:
        since = f"The money was taken back on {typeset.long_day(clock.day_of(payment.reversed_at))}. It is not with us."
    return Checked(name, receipt_facts(payment), since)


def confirmed_payment(payment_id: int, customer_id: int | None = None) -> PaymentInfo:
    """A payment the bank has shown, also if it was taken back later.

    Raises NotFound for any other, and for another customer's.
    """
    payment = payments.payment(payment_id)
    if payment.received is None or payment.confirmed_at is None:
        raise NotFound(f"{payment.name} is not confirmed")
    if customer_id is not None and payment.customer_id != customer_id:
        raise NotFound(payment.name)
    return payment


def receipt_facts(payment: PaymentInfo) -> Facts:
    """What is signed of money that the bank showed; nothing of it changes when the money is divided otherwise."""
    assert payment.received is not None and payment.value_date is not None  # noqa: S101 - confirmed_payment
    return (
        ("Document", f"Receipt {payment.name}"),
        ("From", f"{payment.customer_name}, account {payment.customer_code}"),
        ("Confirmed at our bank", str(payment.received)),
        ("Value date", typeset.long_day(payment.value_date)),
    )


def statement_name(found: Statement, code: str) -> str:
    """A statement has no number; its name says what it says."""
    asked = found.asked
    balance = found.owed if asked.form is Form.OPEN_ITEM else found.closing
    days = (f"{each:%Y%m%d}" for each in (asked.since, asked.until))
    made = f"{found.day:%Y%m%d}"
    return ".".join((f"STA-{code}", *days, asked.form.value, str(balance.cents), asked.currency, made))


def statement_facts(name: str) -> Facts:
    """What is signed of a statement, all from its name. Raises NotFound for what is none, ValueError for no day."""
    parts = _STATEMENT.fullmatch(name)
    if parts is None:
        raise NotFound(name)
    code, since, until, form, cents, currency, made = parts.groups()
    days = [typeset.long_day(date.fromisoformat(each)) for each in (since, until, made)]
    shows = (
        ("Open invoices on", days[2])
        if form == Form.OPEN_ITEM
        else ("Balance forward", f"{days[0]} to {days[1]}")
    )  # fmt: skip
    return (
        ("Document", "Statement of Account"),
        ("Account", code),
        ("Made", days[2]),
        shows,
        ("Balance", str(Money(int(cents), currency))),
    )


def _statement(name: str) -> Checked:
    facts = statement_facts(name)
    accounts.customer_by_code(dict(facts)["Account"])
    return Checked(name, facts)


_KINDS: dict[str, Callable[[str], Checked]] = {
    "INV": _invoice, "CRN": _credit_note, "PAY": _receipt, "STA": _statement,
}  # fmt: skip
