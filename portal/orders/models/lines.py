"""What every priced line of this feature holds, whether ordered or offered."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column


class PricedLine:
    """A product, how much of it, and its price and VAT of the day. vat_rate: hundredths of a percent."""

    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    sku: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(30))
    unit_price_cents: Mapped[int] = mapped_column(BigInteger)
    vat_code: Mapped[str] = mapped_column(String(12))
    vat_rate: Mapped[int]
    net_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    gross_cents: Mapped[int] = mapped_column(BigInteger)
