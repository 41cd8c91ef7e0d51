"""The tax invoice, typeset from its values. The words of the law are here, the look is in templates/invoices.

Source: VAT Act 89 of 1991 s 20(4) and (5); docs/rules/invoices.md I4 and I8.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.core import reference
from portal.core.countries import name_of
from portal.core.exchange import HOME
from portal.invoices.documents import values
from portal.invoices.types import InvoiceDocument, InvoiceLine
from portal.ledger.types import BankAccountInfo
from portal.platform import typeset

COPY_WORDS = "Computer-generated copy tax invoice"
OPENING_WORDS = "Balance of an invoice that our earlier system issued. Keep that one for VAT: this is no tax invoice"
DRAFT_WORDS = "This is a draft and no tax invoice"


def tax_invoice(
    document: InvoiceDocument,
    accounts: Sequence[BankAccountInfo],
    *,
    copy: bool = False,
    draft: bool = False,
    xml: str = "",
    seal: typeset.Seal | None = None,
) -> bytes:
    """PDF bytes, the same for the same values. accounts: those the payer may use, printed with the reference.

    copy and draft: it says so on every page. xml: the invoice as UBL, kept inside the file. seal: where it can be proved genuine.
    """
    mark, words = ("DRAFT", DRAFT_WORDS) if draft else ("COPY", COPY_WORDS) if copy else ("", "")
    words = OPENING_WORDS if document.opening else words
    filled = _values(document, accounts, mark, words) | {"xml": xml, "verify": typeset.verify(seal)}
    return typeset.pdf("invoices/invoice.typ", filled, at=document.issued_at)


def _values(document: InvoiceDocument, accounts: Sequence[BankAccountInfo], mark: str, words: str) -> dict[str, object]:
    info, supplier = document.info, document.supplier
    return {
        "title": f"{document.heading} {info.number}" + (f" ({mark.lower()})" if mark else ""),
        "heading": "Draft Invoice" if mark == "DRAFT" else document.heading,
        "keywords": [each for each in (info.number, info.reference) if each],
        "reference": reference.show(info.reference) if info.reference else "",
        "issued": typeset.issued(info.issued_on),
        "due": typeset.long_day(info.due_on),
        "mark": mark,
        "mark_words": words,
        "footer": f"{supplier.name} · VAT no. {supplier.vat_number} · {info.number}",
        "supplier": values.party(supplier),
        "recipient": values.party(document.recipient),
        "delivery": list(document.delivery),
        "facts": _facts(document),
        "discounted": any(line.discount_words for line in document.lines),
        "lines": [_line(line) for line in document.lines],
        "rates": values.rates(document.rates),
        "sums": [("Value without VAT", str(info.net)), ("VAT", str(info.vat)), ("To pay", str(info.total))],
        "total": str(info.total),
        "evidence": values.evidence(info, info.supplied_on or info.issued_on),
        "accounts": [_account(account) for account in accounts],
    }


def _facts(document: InvoiceDocument) -> list[tuple[str, str]]:
    info = document.info
    facts = [
        ("Number", info.number),
        ("Date of issue", typeset.long_day(info.issued_on)),
        ("Date of supply", typeset.long_day(info.supplied_on) if info.supplied_on else ""),
        ("Due", typeset.long_day(info.due_on)),
        ("Your PO number", info.po_number),
        ("Order", info.order_number),
        ("Reference", reference.show(info.reference) if info.reference else ""),
        ("Exported to", name_of(info.export_to) if info.export_to else ""),
        ("Currency", info.currency if info.currency != HOME else ""),
    ]
    return [fact for fact in facts if fact[1]]


def _line(line: InvoiceLine) -> dict[str, str]:
    return {
        "sku": line.sku,
        "description": line.description,
        "quantity": line.quantity_words,
        "price": str(line.unit_price),
        "less": line.discount_words,
        "vat": str(line.vat),
        "net": str(line.net),
        "gross": str(line.gross),
    }


def _account(account: BankAccountInfo) -> dict[str, str]:
    number = typeset.account_number(account.number)
    return {
        "bank": account.bank, "branch": account.branch, "number": number, "holder": account.holder, "bic": account.bic,
    }  # fmt: skip
