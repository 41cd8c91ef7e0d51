"""The words of credit notes: what is asked for, what an invoice has left, what was issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.core.money import Money, total
from portal.core.vat import LineAmounts, taken_back
from portal.invoices.types import InvoiceInfo, InvoiceLine, Party, RateRow, quantity_words


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """What is to be taken off an invoice, and why. quantities: by the position of the line; None for all that is left."""

    number: str
    reason: str
    quantities: Mapping[int, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class LineLeft:
    """One line of an invoice and how much of it credit notes took back already."""

    line: InvoiceLine
    credited: Decimal

    @property
    def left(self) -> Decimal:
        """How much can still be credited."""
        return self.line.quantity - self.credited

    @property
    def left_words(self) -> str:
        """``2 rolls``."""
        return quantity_words(self.left, self.line.unit)

    def part(self, now: Decimal) -> LineAmounts:
        """What crediting so much of it comes to. Raises BadInput for more than is left."""
        line = self.line
        whole = LineAmounts(line.net, line.vat, line.gross, line.rate, line.vat_code)
        return taken_back(whole, line.quantity, self.credited, now)


@dataclass(frozen=True, slots=True)
class Crediting:
    """An invoice with what is left of each line."""

    invoice: InvoiceInfo
    lines: tuple[LineLeft, ...]

    @property
    def left(self) -> Money:
        """What a credit note can take off at most."""
        return self.invoice.total - self.invoice.credited


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one line comes back, for so much money."""

    line: InvoiceLine
    quantity: Decimal
    amounts: LineAmounts

    @property
    def quantity_words(self) -> str:
        """``2 rolls``."""
        return quantity_words(self.quantity, self.line.unit)


@dataclass(frozen=True, slots=True)
class CreditPreview:
    """What a credit note would say and do. freed: what was paid beyond the new total; it becomes credit on account."""

    parts: tuple[Part, ...]
    balance: Money
    freed: Money

    @property
    def net(self) -> Money:
        """Without VAT."""
        return total((part.amounts.net for part in self.parts), self.balance.currency)

    @property
    def vat(self) -> Money:
        """At the rates of the invoice."""
        return total((part.amounts.vat for part in self.parts), self.balance.currency)

    @property
    def total(self) -> Money:
        """What comes off the invoice."""
        return self.net + self.vat


CREDIT_HEADS = (
    "Credit note", "Invoice", "Customer code", "Customer", "Issued", "Without VAT", "VAT", "Total",
    "Became credit on account", "Reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditNoteInfo:
    """An issued credit note as lists and other features see it; amounts are above zero."""

    id: int
    number: str
    invoice_id: int
    invoice_number: str
    customer_id: int
    customer_code: str
    recipient: str
    issued_on: date
    net: Money
    vat: Money
    total: Money
    freed: Money
    reason: str
    #: of a foreign total: its value at the invoice's rate, which is given with its day
    rand: Money | None = None
    rate_micros: int | None = None
    rate_day: date | None = None
    export_to: str = ""

    def cells(self) -> tuple[str | date | Money, ...]:
        """One row of a file, under CREDIT_HEADS."""
        return (
            self.number, self.invoice_number, self.customer_code, self.recipient, self.issued_on, self.net, self.vat,
            self.total, self.freed, self.reason,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditNoteDocument:
    """The whole legal document; printing it needs nothing else."""

    info: CreditNoteInfo
    issued_at: datetime
    invoice_issued_on: date
    supplier: Party
    recipient: Party
    parts: tuple[Part, ...]
    rates: tuple[RateRow, ...]
