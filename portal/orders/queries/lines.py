"""Priced lines between rows and values: what stands in a column is said once for orders and quotes."""

from __future__ import annotations

from typing import TypedDict

from portal.core.money import Money
from portal.core.vat import VatCode
from portal.orders.models import OrderLine as OrderRow
from portal.orders.models import QuoteLine as QuoteRow
from portal.orders.types import OrderLine
from portal.orders.types.quotes import QuotedLine


class Facts(TypedDict):
    """What an ordered line and an offered one have in common."""

    product_id: int
    sku: str
    description: str
    quantity: int
    unit: str
    unit_price: Money
    vat_code: VatCode
    rate: int
    net: Money
    vat: Money
    gross: Money


class Columns(TypedDict):
    """The same as the columns of a row."""

    product_id: int
    sku: str
    description: str
    quantity: int
    unit: str
    unit_price_cents: int
    vat_code: str
    vat_rate: int
    net_cents: int
    vat_cents: int
    gross_cents: int


def _facts(row: OrderRow | QuoteRow, currency: str) -> Facts:
    return Facts(
        product_id=row.product_id,
        sku=row.sku,
        description=row.description,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=Money(row.unit_price_cents, currency),
        vat_code=VatCode(row.vat_code),
        rate=row.vat_rate,
        net=Money(row.net_cents, currency),
        vat=Money(row.vat_cents, currency),
        gross=Money(row.gross_cents, currency),
    )


def _columns(line: OrderLine) -> Columns:
    return Columns(
        product_id=line.product_id,
        sku=line.sku,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price_cents=line.unit_price.cents,
        vat_code=line.vat_code.value,
        vat_rate=line.rate,
        net_cents=line.net.cents,
        vat_cents=line.vat.cents,
        gross_cents=line.gross.cents,
    )


def ordered(row: OrderRow, currency: str) -> OrderLine:
    """The value of a line of an order."""
    return OrderLine(**_facts(row, currency))


def offered(row: QuoteRow, currency: str) -> QuotedLine:
    """The value of a line of a quote."""
    before = row.unit_price_cents if row.before_cents is None else row.before_cents
    return QuotedLine(**_facts(row, currency), before=Money(before, currency), discount=row.discount)


def order_row(order_id: int, position: int, line: OrderLine) -> OrderRow:
    """A new line of an order."""
    return OrderRow(order_id=order_id, position=position, **_columns(line))


def quote_row(quote_id: int, position: int, line: QuotedLine) -> QuoteRow:
    """A new line of a quote."""
    more = {"before_cents": line.before.cents, "discount": line.discount}
    return QuoteRow(quote_id=quote_id, position=position, **_columns(line), **more)
