"""The delivery note: what left, where to, and room for the signature of who takes it."""

from __future__ import annotations

from portal.core.company import Company
from portal.orders.documents.typesetting import company_of, moment_words, typeset
from portal.orders.types.deliveries import DeliveryDetail


def delivery_note(delivery: DeliveryDetail, us: Company) -> bytes:
    """PDF/UA-1 bytes, the same for the same values."""
    info = delivery.info
    facts = [
        ("Number", info.number),
        ("Left", moment_words(info.sent_at)),
        ("Order", info.order_number),
        ("Your PO number", info.po_number),
        ("Sent by", info.sent_by),
    ]
    received = None
    if info.received_at is not None:
        received = {"by": info.receiver, "at": moment_words(info.received_at)}
    values: dict[str, object] = {
        "title": f"Delivery note {info.number}",
        "number": info.number,
        "supplier": company_of(us),
        "customer": info.customer_name,
        "address": list(info.address),
        "facts": [fact for fact in facts if fact[1]],
        "note": info.note,
        "lines": [
            {
                "sku": line.sku,
                "description": line.description,
                "unit": line.unit,
                "quantity": str(line.quantity),
                "ordered": str(line.ordered),
            }
            for line in delivery.lines
        ],
        "received": received,
    }
    return typeset("delivery_note.typ", values, info.sent_at)
