"""What reporting prints: the statement of account, and the receipt of confirmed money."""

from __future__ import annotations

from portal.accounts.types import CustomerInfo
from portal.content import service as content
from portal.core import clock
from portal.core import reference as references
from portal.core.company import Company
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments.types import PaymentInfo, ShareState
from portal.payments.types.online import LABELS
from portal.platform import typeset
from portal.reporting import verifying
from portal.reporting.statements import AGES, Form, Statement


def receipt(payment: PaymentInfo, customer: CustomerInfo) -> bytes:
    """Money that the bank showed, with the code that proves it. payment: confirmed, or taken back since."""
    us, seal = content.company(), invoices.seal(payment.name, verifying.receipt_facts(payment))
    paid = [share for share in payment.shares if share.state is ShareState.ACTIVE]
    shown = payment.value_date or clock.today()
    reversed_on = clock.day_of(payment.reversed_at) if payment.reversed_at else None
    values = {
        "title": f"Receipt {payment.name}",
        "heading": "Receipt",
        "keywords": [payment.name],
        "issued": typeset.issued(shown),
        "mark": "",
        "mark_words": "",
        "footer": f"{us.name} · {payment.name}",
        "supplier": _supplier(us),
        "recipient": {"name": payment.customer_name, "address": list(customer.address), "code": payment.customer_code},
        "facts": [("Number", payment.name), ("Value date", typeset.long_day(shown))],
        "confirmed": "Confirmed: our bank shows this money" if payment.by_eft else f"Confirmed by {LABELS[payment.method]}",
        "reversed": f"Taken back on {typeset.long_day(reversed_on)}" if reversed_on else "",
        "amount": str(payment.amount),
        "rows": [(share.invoice_number, str(share.amount)) for share in paid],
        "credit": str(payment.credit) if payment.credit and paid else "",
        "verify": typeset.verify(seal),
    }  # fmt: skip
    return typeset.pdf("reporting/receipt.typ", values, at=payment.confirmed_at or clock.now())


def _supplier(us: Company) -> dict[str, object]:
    return {
        "name": us.name, "address": list(us.address), "vat_number": us.vat_number, "email": us.email,
        "phone": us.phone, "registration": us.registration,
    }  # fmt: skip


def statement(found: Statement, customer: CustomerInfo) -> bytes:
    """The statement as PDF/A-3a and PDF/UA-1, in the form that was asked for, with the code that proves it."""
    us, name = content.company(), verifying.statement_name(found, customer.code)
    seal = invoices.seal(name, verifying.statement_facts(name))
    values = {
        "title": f"Statement {customer.code} {found.day.isoformat()}",
        "heading": "Statement of Account",
        "keywords": [customer.code],
        "issued": typeset.issued(found.day),
        "mark": "",
        "mark_words": "",
        "footer": f"{us.name} · VAT no. {us.vat_number} · Statement of {customer.code}, {typeset.long_day(found.day)}",
        "supplier": _supplier(us),
        "recipient": {"name": customer.name, "address": list(customer.address), "vat_number": customer.vat_number or ""},
        "verify": typeset.verify(seal),
        **_figures(found, customer),
        **_how_to_pay(found, customer),
    }  # fmt: skip
    return typeset.pdf("reporting/statement.typ", values, at=clock.now().replace(microsecond=0))


def _figures(found: Statement, customer: CustomerInfo) -> dict[str, object]:
    by_item = found.asked.form is Form.OPEN_ITEM
    period = f"{typeset.short_day(found.since)} to {typeset.short_day(found.asked.until)}"
    return {
        "facts": [
            ("Account", customer.code),
            ("Date", typeset.long_day(found.day)),
            ("Shows", "Open invoices" if by_item else "Balance forward"),
            *(() if by_item else (("Period", period),)),
            ("Terms", f"{customer.terms_days} days" if customer.terms_days else "Cash before delivery"),
        ],
        "by_item": by_item,
        "rows": _items(found) if by_item else _moves(found),
        "sums": _sums(found, by_item),
        "ages": [(words, str(amount)) for words, amount in zip(AGES, found.ages, strict=True)],
    }


def _items(found: Statement) -> list[tuple[str, ...]]:
    return [
        (
            each.invoice.number, each.invoice.po_number or each.invoice.order_number,
            typeset.short_day(each.invoice.issued_on), typeset.short_day(each.invoice.due_on),
            str(each.days_overdue) if each.days_overdue else "", str(each.invoice.total),
            _or_dash(each.invoice.paid + each.invoice.credited), str(each.invoice.balance), str(each.so_far),
        )
        for each in found.items
    ]  # fmt: skip


def _moves(found: Statement) -> list[tuple[str, ...]]:
    first: tuple[str, ...] = (typeset.short_day(found.since), "Balance brought forward", "", "", str(found.opening))
    return [first] + [
        (
            typeset.short_day(each.entry.day), each.entry.words, str(each.change) if each.change.cents > 0 else "",
            str(-each.change) if each.change.cents < 0 else "", str(each.balance),
        )
        for each in found.movements
    ]  # fmt: skip


def _sums(found: Statement, by_item: bool) -> list[tuple[str, str]]:
    if by_item:
        return [
            ("Open invoices", str(found.open_sum)),
            ("Credit on account", str(-found.credit)),
            ("To pay" if found.owed.cents >= 0 else "In your favour", str(_size(found.owed))),
        ]
    return [
        ("Brought forward", str(found.opening)),
        ("Charged", str(found.charged)),
        ("Received or credited", str(-found.received)),
        ("Balance", str(found.closing)),
    ]


def _how_to_pay(found: Statement, customer: CustomerInfo) -> dict[str, object]:
    account = next((each for each in ledger.our_accounts() if each.currency == found.asked.currency), None)
    return {
        "reference": references.show(customer.reference),
        "account": None if account is None else {
            "bank": account.bank, "branch": account.branch, "number": typeset.account_number(account.number),
            "holder": account.holder, "bic": account.bic,
        },
    }  # fmt: skip


def _size(amount: Money) -> Money:
    return amount if amount.cents >= 0 else -amount


def _or_dash(amount: Money) -> str:
    return str(-amount) if amount else ""
