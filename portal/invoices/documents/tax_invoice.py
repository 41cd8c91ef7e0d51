"""The tax invoice, typeset from its values. The words of the law are here, the look is in templates/invoices.

Source: VAT Act 89 of 1991 s 20(4); docs/rules/invoices.md I4 and I8.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import typst

from portal.core import reference
from portal.core.money import NBSP
from portal.invoices.types import InvoiceDocument, InvoiceLine, Party, RateRow
from portal.ledger.types import BankAccountInfo
from portal.platform import fonts

_TEMPLATE = Path(__file__).resolve().parents[3] / "templates" / "invoices" / "invoice.typ"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
COPY_WORDS = "Computer-generated copy tax invoice"


def tax_invoice(document: InvoiceDocument, accounts: Sequence[BankAccountInfo], *, copy: bool = False) -> bytes:
    """PDF/UA-1 bytes, the same for the same values. accounts: those the payer may use, printed with the reference."""
    values = json.dumps(_values(document, accounts, copy), ensure_ascii=False)
    made = typst.compile(
        str(_TEMPLATE),
        sys_inputs={"data": values},
        font_paths=[str(fonts.FOLDER)],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        timestamp=int(document.issued_at.timestamp()),
    )
    return bytes(made)


def _values(document: InvoiceDocument, accounts: Sequence[BankAccountInfo], copy: bool) -> dict[str, object]:
    info, supplier = document.info, document.supplier
    return {
        "title": f"Tax Invoice {info.number}" + (" (copy)" if copy else ""),
        "number": info.number,
        "reference": reference.show(info.reference),
        "issued": {"year": info.issued_on.year, "month": info.issued_on.month, "day": info.issued_on.day},
        "due": _day(info.due_on),
        "copy": copy,
        "copy_words": COPY_WORDS,
        "footer": f"{supplier.name} · VAT no. {supplier.vat_number} · {info.number}",
        "supplier": _party(supplier),
        "recipient": _party(document.recipient),
        "delivery": list(document.delivery),
        "facts": _facts(document),
        "lines": [_line(line) for line in document.lines],
        "rates": [_rate(found) for found in document.rates],
        "net": str(info.net),
        "vat": str(info.vat),
        "total": str(info.total),
        "accounts": [_account(account) for account in accounts],
    }


def _facts(document: InvoiceDocument) -> list[tuple[str, str]]:
    info = document.info
    facts = [
        ("Number", info.number),
        ("Date of issue", _day(info.issued_on)),
        ("Due", _day(info.due_on)),
        ("Your PO number", info.po_number),
        ("Order", info.order_number),
        ("Reference", reference.show(info.reference)),
    ]
    return [fact for fact in facts if fact[1]]


def _party(party: Party) -> dict[str, object]:
    return {
        "name": party.name,
        "address": list(party.address),
        "vat_number": party.vat_number,
        "registration": party.registration,
        "code": party.code,
        "email": party.email,
        "phone": party.phone,
    }


def _line(line: InvoiceLine) -> dict[str, str]:
    return {
        "sku": line.sku,
        "description": line.description,
        "quantity": line.quantity_words,
        "price": str(line.unit_price),
        "vat": str(line.vat),
        "net": str(line.net),
        "gross": str(line.gross),
    }


def _rate(found: RateRow) -> dict[str, str]:
    return {
        "rate": found.words,
        "net": str(found.net),
        "vat": str(found.vat),
        "gross": str(found.net + found.vat),
    }


def _account(account: BankAccountInfo) -> dict[str, str]:
    number = account.number
    grouped = NBSP.join((number[:2], number[2:6], number[6:])) if len(number) >= 9 else number
    return {"bank": account.bank, "branch": account.branch, "number": grouped, "holder": account.holder}


def _day(day: date) -> str:
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]}{NBSP}{day.year}"
