"""What is signed of an invoice or a credit note, and the code that proves it (docs/rules/verifying.md)."""

from __future__ import annotations

import hashlib
import json

from portal.invoices.types import InvoiceDocument
from portal.invoices.types.credit import CreditNoteDocument
from portal.platform import config, signing, typeset

#: (what it is, how it reads): shown to whoever checks, in this order.
Facts = tuple[tuple[str, str], ...]


def invoice_facts(document: InvoiceDocument) -> Facts:
    """Everything that may not be another on a genuine invoice; its lines as one digest."""
    info = document.info
    return (
        ("Document", f"{document.heading} {info.number}"),
        ("Issued", typeset.long_day(info.issued_on)),
        ("From", f"{document.supplier.name}, VAT no. {document.supplier.vat_number}"),
        ("To", document.recipient.name),
        ("Due", typeset.long_day(info.due_on)),
        ("Payment reference", info.reference),
        ("Value without VAT", str(info.net)),
        ("VAT", str(info.vat)),
        ("Total", str(info.total)),
        *((("Value in rand", str(info.rand)),) if info.rand is not None else ()),
        ("Digest of its lines", _digest([[line.description, str(line.quantity), line.gross.plain] for line in document.lines])),
    )  # fmt: skip


def credit_note_facts(document: CreditNoteDocument) -> Facts:
    """The same of a credit note."""
    info = document.info
    lines = [[part.line.description, str(part.quantity), part.amounts.gross.plain] for part in document.parts]
    return (
        ("Document", f"Credit Note {info.number}"),
        ("Issued", typeset.long_day(info.issued_on)),
        ("From", f"{document.supplier.name}, VAT no. {document.supplier.vat_number}"),
        ("To", document.recipient.name),
        ("Lowers", info.invoice_number),
        ("Value without VAT", str(info.net)),
        ("VAT", str(info.vat)),
        ("Credited", str(info.total)),
        *((("Value in rand", str(info.rand)),) if info.rand is not None else ()),
        ("Digest of its lines", _digest(lines)),
    )


def seal(name: str, facts: Facts) -> typeset.Seal:
    """Where a document is proved genuine. name: its number, or for what has none its facts in short."""
    base = config.current().base_url
    code = signing.sign(name, flat(facts))
    return typeset.Seal(f"{base}/verify/{code}", f"{base.partition('://')[2]}/verify")


def flat(facts: Facts) -> list[str]:
    """The facts as they are signed."""
    return [part for fact in facts for part in fact]


def _digest(lines: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).hexdigest()[:32]
