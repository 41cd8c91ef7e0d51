"""Output VAT of a period: by the documents, and by the ledger (docs/rules/statements.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from portal.ledger.models import Account, Entry, Journal
from portal.ledger.types import AccountKind
from portal.platform.db import db

_RAND = "ZAR"
_EXPORTED = case((Invoice.export_to != "", 1), else_=0)


@dataclass(frozen=True, slots=True)
class RateLine:
    """Net and VAT of all lines of one code and rate, in one kind of document. exported: of goods that left the country."""

    code: VatCode
    rate: int
    net: Money
    vat: Money
    exported: bool = False


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One document of the period; a credit note's amounts are below zero."""

    number: str
    issued_on: date
    customer_code: str
    recipient: str
    vat_number: str
    net: Money
    vat: Money


def invoiced(since: date, until: date) -> list[RateLine]:
    """What invoices of the period charged, by code and rate, in rand; foreign ones at the rate of their day."""
    rows = db.session.execute(
        select(
            InvoiceLine.vat_code, InvoiceLine.vat_rate, func.sum(InvoiceLine.net_cents),
            func.sum(InvoiceLine.vat_cents), _EXPORTED,
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.issued_on.between(since, until), Invoice.currency == _RAND)
        .group_by(InvoiceLine.vat_code, InvoiceLine.vat_rate, _EXPORTED)
    )  # fmt: skip
    abroad = select(func.sum(Invoice.rand_cents)).where(
        Invoice.issued_on.between(since, until), Invoice.currency != _RAND
    )
    return [_line(*row) for row in rows] + _exports(db.session.scalar(abroad))


def credited(since: date, until: date) -> list[RateLine]:
    """What credit notes of the period took back, at the rates of their invoices, in rand."""
    rows = db.session.execute(
        select(
            InvoiceLine.vat_code, InvoiceLine.vat_rate, func.sum(CreditNoteLine.net_cents),
            func.sum(CreditNoteLine.vat_cents), _EXPORTED,
        )
        .join(CreditNoteLine, CreditNoteLine.invoice_line_id == InvoiceLine.id)
        .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(CreditNote.issued_on.between(since, until), CreditNote.currency == _RAND)
        .group_by(InvoiceLine.vat_code, InvoiceLine.vat_rate, _EXPORTED)
    )  # fmt: skip
    abroad = select(func.sum(CreditNote.rand_cents)).where(
        CreditNote.issued_on.between(since, until), CreditNote.currency != _RAND
    )
    return [_line(*row) for row in rows] + _exports(db.session.scalar(abroad))


def _line(code: str, rate: int, net: int, vat: int, exported: int) -> RateLine:
    zero = VatCode(code) is VatCode.ZERO
    return RateLine(VatCode(code), rate, Money.zar(int(net)), Money.zar(int(vat)), bool(exported) and zero)


def _exports(rand_cents: int | None) -> list[RateLine]:
    """Documents in foreign money, which are for zero-rated exports only (docs/rules/foreign-money.md F3)."""
    if not rand_cents:
        return []
    return [RateLine(VatCode.ZERO, 0, Money.zar(int(rand_cents)), Money.zar(0), exported=True)]


def booked(since: date, until: date) -> Money:
    """What the ledger's account of output VAT grew by in the period."""
    cents = db.session.scalar(
        select(func.coalesce(func.sum(Entry.credit_cents - Entry.debit_cents), 0))
        .join(Account, Account.id == Entry.account_id)
        .join(Journal, Journal.id == Entry.journal_id)
        .where(Account.kind == AccountKind.VAT_OUTPUT, Account.currency == _RAND)
        .where(Journal.value_date.between(since, until))
    )
    return Money.zar(int(cents or 0))


def documents(since: date, until: date, batch: int = 500) -> Iterator[DocumentLine]:
    """Every invoice and then every credit note of the period, a few at a time; foreign ones by their value in rand."""
    for model, sign in ((Invoice, 1), (CreditNote, -1)):
        after = 0
        while True:
            rows = db.session.execute(
                select(
                    model.id, model.number, model.issued_on, model.customer_code, model.recipient_name,
                    model.recipient, func.coalesce(model.rand_cents, model.net_cents).label("net_cents"), model.vat_cents,
                )
                .where(model.issued_on.between(since, until), model.id > after)
                .order_by(model.id)
                .limit(batch)
            ).all()  # fmt: skip
            for row in rows:
                yield DocumentLine(
                    row.number, row.issued_on, row.customer_code, row.recipient_name, row.recipient["vat_number"],
                    Money.zar(sign * row.net_cents), Money.zar(sign * row.vat_cents),
                )  # fmt: skip
            if len(rows) < batch:
                break
            after = rows[-1].id
