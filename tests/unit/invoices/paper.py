"""An invoice on paper: values without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from portal.core.money import Money, total
from portal.core.vat import VatCode, by_rate, line_amounts
from portal.invoices.types import InvoiceDocument, InvoiceInfo, InvoiceLine, Party, RateRow, State, rate_words

DAY = date(2026, 3, 1)


def a_line(position: int, description: str, cents: int, count: int, code: VatCode = VatCode.STANDARD) -> InvoiceLine:
    amounts = line_amounts(Money.zar(cents), Decimal(count), code, DAY)
    return InvoiceLine(
        position, f"SKU-{position}", description, Decimal(count), "roll", Money.zar(cents), code, amounts.rate,
        amounts.net, amounts.vat, amounts.gross,
    )  # fmt: skip


def an_invoice(lines: tuple[InvoiceLine, ...] = (), due_on: date = date(2026, 3, 31)) -> InvoiceInfo:
    lines = lines or (a_line(1, "Hydraulic hose", 4_350_00, 2),)
    net, vat = total(line.net for line in lines), total(line.vat for line in lines)
    return InvoiceInfo(
        1, "INV-2026-000418", "7K04M2X3", 1, "MPD014", "Marikana Plant & Drilling (Pty) Ltd", DAY, due_on,
        State.ISSUED, net, vat, net + vat, net + vat, "ORD-2026-000731", "PO 88123", False, False,
    )  # fmt: skip


def a_document(*lines: InvoiceLine, recipient: str = "Marikana Plant & Drilling (Pty) Ltd") -> InvoiceDocument:
    info = an_invoice(lines)
    kept = lines or (a_line(1, "Hydraulic hose", 4_350_00, 2),)
    rates = by_rate(line_amounts(line.unit_price, line.quantity, line.vat_code, DAY) for line in kept)
    return InvoiceDocument(
        info,
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        Party("360Degree Supply (Pty) Ltd", ("12 Kloof Street", "Rustenburg", "0299"), "4590271834", "2011/004512/07"),
        Party(recipient, ("Plot 7, R104", "Marikana", "0284"), "4111222333", code="MPD014"),
        ("Plot 7, R104", "Marikana"),
        kept,
        tuple(RateRow(rate_words(found.code, found.rate), found.net, found.vat) for found in rates),
    )
