"""Invoices and credit notes as PDF, made from what was stored when they were issued."""

from __future__ import annotations

from portal.core.errors import NotFound
from portal.invoices import documents
from portal.invoices.errors import NotIssuable
from portal.invoices.service import crediting, proving
from portal.invoices.service.finding import document
from portal.invoices.types.drafts import DraftView
from portal.ledger import service as ledger


def pdf(number: str, customer_id: int | None = None, *, copy: bool = False) -> bytes:
    """The tax invoice as PDF/A-3a and PDF/UA-1. copy: a reprint, which says so on every page.

    What an earlier system issued is printed as an opening balance and holds no UBL: it is no invoice of ours.
    Raises NotFound, also for another customer's. Source: docs/rules/invoices.md I8.
    """
    found = document(number, customer_id)
    seal = proving.seal(found.info.number, proving.invoice_facts(found))
    accounts = ledger.accounts_in(found.info.currency)[:1]
    data = "" if found.opening else documents.ubl.invoice(found, accounts).decode()
    return documents.tax_invoice(found, accounts, copy=copy, xml=data, seal=seal)


def xml(number: str, customer_id: int | None = None) -> bytes:
    """The tax invoice as UBL 2.1. Raises NotFound, also for another customer's and for an opening balance.

    Source: docs/rules/invoices.md I18, I19.
    """
    found = document(number, customer_id)
    if found.opening:
        raise NotFound(f"{number} is no invoice of ours")
    return documents.ubl.invoice(found, ledger.accounts_in(found.info.currency)[:1])


def draft_pdf(found: DraftView) -> bytes:
    """What the draft would look like; it says that it is no tax invoice. Raises NotIssuable when it cannot be one."""
    if found.document is None:
        raise NotIssuable(found.refused)
    return documents.tax_invoice(found.document, (), draft=True)


def credit_note_pdf(number: str, customer_id: int | None = None, *, copy: bool = False) -> bytes:
    """The credit note in the same form. Raises NotFound, also for another customer's."""
    found = crediting.document(number, customer_id)
    seal = proving.seal(found.info.number, proving.credit_note_facts(found))
    return documents.credit_note(found, copy=copy, xml=documents.ubl.credit_note(found).decode(), seal=seal)


def credit_note_xml(number: str, customer_id: int | None = None) -> bytes:
    """The credit note as UBL 2.1. Raises NotFound, also for another customer's."""
    return documents.ubl.credit_note(crediting.document(number, customer_id))
