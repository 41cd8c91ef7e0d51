"""Finding invoices: by name, by page, by what is still to pay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.vat import LineAmounts, by_rate
from portal.invoices import queries
from portal.invoices.models import Invoice, PartyJson
from portal.invoices.types import (
    Filter,
    InvoiceDocument,
    InvoiceInfo,
    InvoiceLine,
    Listing,
    Owing,
    Party,
    RateRow,
    SortBy,
    rate_words,
)
from portal.ledger import service as ledger
from portal.platform.paging import Page, asked_for

#: Days ahead that a customer's page calls "due this week".
SOON_DAYS = 7
PAGE = 25


def by_number(number: str, customer_id: int | None = None) -> InvoiceInfo:
    """One invoice. customer_id: whose it must be; None for staff. Raises NotFound, also for another customer's."""
    return queries.info(invoice_row(number, customer_id))


def by_id(invoice_id: int) -> InvoiceInfo:
    """One invoice by id. Raises NotFound."""
    found = queries.by_ids([invoice_id])
    if not found:
        raise NotFound(f"no invoice {invoice_id}")
    return found[0]


def by_ids(ids: Iterable[int]) -> list[InvoiceInfo]:
    """Invoices by id, in the order of ids; unknown ones are left out."""
    return queries.by_ids(ids)


def by_reference(reference: str) -> InvoiceInfo:
    """The invoice with this payment reference (canonical form). Raises NotFound."""
    found = queries.by_reference(reference)
    if found is None:
        raise NotFound("no invoice with that reference")
    return found


def open_of(customer_id: int) -> list[InvoiceInfo]:
    """What the customer still has to pay, oldest due first."""
    return queries.open_invoices_of(customer_id)


def all_open(currency: str = "ZAR") -> list[InvoiceInfo]:
    """What all customers together still have to pay, oldest due first: the world a bank statement is matched with."""
    return queries.open_invoices(currency)


def owing(customer_id: int, currency: str = "ZAR") -> Owing:
    """What the customer's open invoices add up to: in all, overdue, due within seven days, with a proof under way."""
    return queries.owing(customer_id, clock.today(), SOON_DAYS, currency)


def has_overdue(customer_id: int) -> bool:
    """Whether the customer has an open invoice whose due day is past."""
    return queries.has_overdue(customer_id, clock.today())


def list_page(
    customer_id: int | None,
    filter: Filter = Filter.OPEN,  # noqa: A002 - the word on the page
    search: str = "",
    after: str | None = None,
    *,
    sort: SortBy = SortBy.DUE,
    limit: int = PAGE,
) -> Page[InvoiceInfo]:
    """One page of invoices; nothing is counted and nothing skipped over.

    customer_id: None for those of all customers (staff). search: a number or the end of one, a PO number's beginning,
    a reference, a total, and for staff a recipient's name or code; at most 200 hits of each kind.
    The list of all stands by day of issue only; asked for by due day, it comes newest first.
    """
    asked = Listing(customer_id, clock.today(), filter, asked_for(search), sort, after, limit)
    if filter is Filter.ALL and sort in {SortBy.DUE, SortBy.DUE_DOWN}:
        asked = replace(asked, sort=SortBy.ISSUED_DOWN)
    return queries.page(asked)


def document(number: str, customer_id: int | None = None) -> InvoiceDocument:
    """The whole document as it was issued. Raises NotFound, also for another customer's."""
    row = invoice_row(number, customer_id)
    lines = queries.lines_of(row.id, row.currency)
    return replace(assembled(row, lines), opening=_is_opening(row, lines))


def _is_opening(row: Invoice, lines: tuple[InvoiceLine, ...]) -> bool:
    """The ledger knows; it is asked only where the document looks like one: a single line of no product."""
    alone = len(lines) == 1 and not lines[0].sku and not row.order_number
    return alone and ledger.is_opening(row.number)


def assembled(row: Invoice, lines: tuple[InvoiceLine, ...]) -> InvoiceDocument:
    """The document of a row and its lines."""
    return InvoiceDocument(
        info=queries.info(row),
        issued_at=row.issued_at,
        supplier=party(row.supplier),
        recipient=party(row.recipient),
        delivery=tuple(row.delivery),
        lines=lines,
        rates=tuple(
            RateRow(rate_words(found.code, found.rate), found.net, found.vat, found.code, found.rate)
            for found in by_rate(_amounts(line) for line in lines)
        ),
    )


def party(kept: PartyJson) -> Party:
    """A party as it was kept with the invoice."""
    return Party(
        name=kept["name"],
        address=tuple(kept["address"]),
        vat_number=kept["vat_number"],
        registration=kept["registration"],
        email=kept["email"],
        phone=kept["phone"],
        code=kept["code"],
        country=kept.get("country", ""),
    )


def _amounts(line: InvoiceLine) -> LineAmounts:
    return LineAmounts(line.net, line.vat, line.gross, line.rate, line.vat_code)


def invoice_row(number: str, customer_id: int | None) -> Invoice:
    """The row of an invoice. Raises NotFound, also for another customer's."""
    row = queries.invoice(number)
    if row is None or (customer_id is not None and row.customer_id != customer_id):
        raise NotFound(f"no invoice {number}")
    return row
