"""The quote as a paper: what we offer, at which prices, until when."""

from __future__ import annotations

from portal.core import clock
from portal.core.company import Company
from portal.orders.documents.typesetting import company_of, day_words, typeset
from portal.orders.types.quotes import QuoteDetail


def quotation(quote: QuoteDetail, us: Company) -> bytes:
    """PDF/UA-1 bytes of a quote that was sent, the same for the same values."""
    info = quote.info
    if info.sent_at is None or info.valid_until is None:
        raise ValueError("a quote is printed once it is sent")
    values: dict[str, object] = {
        "title": f"Quote {info.number}",
        "number": info.number,
        "supplier": company_of(us),
        "customer": info.customer_name,
        "address": list(quote.address),
        "facts": [
            ("Number", info.number),
            ("Sent", day_words(clock.day_of(info.sent_at))),
            ("Valid until", day_words(info.valid_until)),
            ("Asked by", info.asked_by),
            ("Account", info.customer_code),
            ("Our contact", info.sent_by),
        ],
        "reply": quote.reply,
        "until": day_words(info.valid_until),
        "lines": [
            {
                "sku": line.sku,
                "description": f"{line.description} ({line.discount_words})" if line.discount else line.description,
                "quantity": f"{line.quantity}" if line.unit == "each" else f"{line.quantity} × {line.unit}",
                "price": str(line.unit_price),
                "vat": str(line.vat),
                "gross": str(line.gross),
            }
            for line in quote.lines
        ],
        "net": str(info.net),
        "vat": str(info.vat),
        "total": str(info.total),
    }
    return typeset("quote.typ", values, info.sent_at)
