"""The credit note, typeset from its values: both parties, reason, the invoice it lowers, value and VAT.

Source: VAT Act 89 of 1991 s 21(3); docs/rules/invoices.md I13.
"""

from __future__ import annotations

from portal.invoices.documents import values
from portal.invoices.types.credit import CreditNoteDocument, Part
from portal.platform import typeset

COPY_WORDS = "Computer-generated copy credit note"


def credit_note(
    document: CreditNoteDocument, *, copy: bool = False, xml: str = "", seal: typeset.Seal | None = None
) -> bytes:
    """PDF bytes, the same for the same values. xml and seal as in `tax_invoice`."""
    filled = _values(document, copy) | {"xml": xml, "verify": typeset.verify(seal)}
    return typeset.pdf("invoices/credit_note.typ", filled, at=document.issued_at)


def _values(document: CreditNoteDocument, copy: bool) -> dict[str, object]:
    info, supplier = document.info, document.supplier
    return {
        "title": f"Credit Note {info.number}" + (" (copy)" if copy else ""),
        "heading": "Credit Note",
        "keywords": [info.number, info.invoice_number],
        "issued": typeset.issued(info.issued_on),
        "mark": "COPY" if copy else "",
        "mark_words": COPY_WORDS,
        "footer": f"{supplier.name} · VAT no. {supplier.vat_number} · {info.number}",
        "supplier": values.party(supplier),
        "recipient": values.party(document.recipient),
        "facts": [
            ("Number", info.number),
            ("Date of issue", typeset.long_day(info.issued_on)),
            ("Tax Invoice", info.invoice_number),
            ("Its date", typeset.long_day(document.invoice_issued_on)),
        ],
        "reason": info.reason,
        "lines": [_line(part) for part in document.parts],
        "rates": values.rates(document.rates),
        "sums": [("Value without VAT", str(info.net)), ("VAT", str(info.vat)), ("Credited", str(info.total))],
        "evidence": values.evidence(info, document.invoice_issued_on),
        "effect": _effect(document),
    }


def _effect(document: CreditNoteDocument) -> str:
    info = document.info
    words = f"{info.invoice_number} is lowered by {info.total}."
    if info.freed:
        words += f" {info.freed} of it was paid already and is credit on your account."
    return words


def _line(part: Part) -> dict[str, str]:
    return {
        "sku": part.line.sku,
        "description": part.line.description,
        "quantity": part.quantity_words,
        "price": str(part.line.unit_price),
        "net": str(part.amounts.net),
        "vat": str(part.amounts.vat),
        "gross": str(part.amounts.gross),
    }
