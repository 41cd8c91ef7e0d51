"""Questions to the invoice tables. Locks are taken in the order of ids."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Subquery, case, exists, false, func, insert, or_, select, true, union
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.errors import BadInput
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.core.reference import normal
from portal.core.vat import VatCode
from portal.invoices.models import Invoice, InvoiceLine, NumberSeries
from portal.invoices.types import OPEN, Filter, InvoiceInfo, Listing, Owing, SortBy, State
from portal.invoices.types import InvoiceLine as Line
from portal.platform.db import db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch

_COLUMNS = (
    Invoice.id,
    Invoice.number,
    Invoice.reference,
    Invoice.customer_id,
    Invoice.customer_code,
    Invoice.recipient_name,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.state,
    Invoice.currency,
    Invoice.net_cents,
    Invoice.vat_cents,
    Invoice.total_cents,
    Invoice.balance_cents,
    Invoice.order_number,
    Invoice.po_number,
    Invoice.proof_under_way,
    Invoice.disputed,
    Invoice.credited_cents,
    Invoice.supplied_on,
    Invoice.export_to,
    Invoice.rate_micros,
    Invoice.rate_day,
    Invoice.rand_cents,
)
_SORTS = {
    SortBy.DUE: Sort(Invoice.due_on, Invoice.id),
    SortBy.DUE_DOWN: Sort(Invoice.due_on, Invoice.id, descending=True),
    SortBy.ISSUED: Sort(Invoice.issued_on, Invoice.id),
    SortBy.ISSUED_DOWN: Sort(Invoice.issued_on, Invoice.id, descending=True),
    SortBy.RECIPIENT: Sort(Invoice.recipient_name, Invoice.id),
}
#: Invoices one kind of search hit may bring.
_MOST_HITS = 200
_NUMBER = re.compile(r"INV-?([0-9]{4})-?([0-9]{1,6})")


def info(row: AnyRow | Invoice) -> InvoiceInfo:
    """The value of a row or of a loaded invoice."""
    currency = row.currency
    return InvoiceInfo(
        id=row.id,
        number=row.number,
        reference=row.reference,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        recipient=row.recipient_name,
        issued_on=row.issued_on,
        due_on=row.due_on,
        state=State(row.state),
        net=Money(row.net_cents, currency),
        vat=Money(row.vat_cents, currency),
        total=Money(row.total_cents, currency),
        balance=Money(row.balance_cents, currency),
        order_number=row.order_number,
        po_number=row.po_number,
        proof_under_way=row.proof_under_way,
        disputed=row.disputed,
        credited=Money(row.credited_cents, currency),
        supplied_on=row.supplied_on,
        export_to=row.export_to or "",
        rate_micros=row.rate_micros,
        rate_day=row.rate_day,
        rand=None if row.rand_cents is None else Money(row.rand_cents, HOME),
    )


def invoice(number: str) -> Invoice | None:
    """An invoice by its number, with all it prints."""
    return db.session.scalar(select(Invoice).where(Invoice.number == number))


def by_ids(ids: Iterable[int]) -> list[InvoiceInfo]:
    """Invoices by id, in the order of ids."""
    return _infos(select(*_COLUMNS).where(Invoice.id.in_(list(ids))).order_by(Invoice.id))


def by_reference(reference: str) -> InvoiceInfo | None:
    """The invoice with this payment reference."""
    found = _infos(select(*_COLUMNS).where(Invoice.reference == reference))
    return found[0] if found else None


def lines_of(invoice_id: int, currency: str) -> tuple[Line, ...]:
    """The lines of an invoice, in their order."""
    rows = db.session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    )
    return tuple(line(row, currency) for row in rows)


def line(row: InvoiceLine, currency: str) -> Line:
    """The value of a line."""
    return Line(
        position=row.position,
        sku=row.sku,
        description=row.description,
        quantity=Decimal(row.quantity_milli).scaleb(-3).normalize(),
        unit=row.unit,
        unit_price=Money(row.unit_price_cents, currency),
        vat_code=VatCode(row.vat_code),
        rate=row.vat_rate,
        net=Money(row.net_cents, currency),
        vat=Money(row.vat_cents, currency),
        gross=Money(row.gross_cents, currency),
        discount=row.discount,
        whole_discount=row.whole_discount,
        id=row.id,
    )


def open_invoices_of(customer_id: int) -> list[InvoiceInfo]:
    """What the customer still has to pay, oldest due first."""
    query = select(*_COLUMNS).where(Invoice.customer_id == customer_id, Invoice.is_open == true())
    return _infos(query.order_by(Invoice.due_on, Invoice.id))


def numbers_taken(numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that an invoice has."""
    return set(db.session.scalars(select(Invoice.number).where(Invoice.number.in_(list(numbers)))))


def part_paid_below(cents: int, currency: str, limit: int) -> list[InvoiceInfo]:
    """Open invoices that got money and need at most so much more."""
    query = select(*_COLUMNS).where(
        Invoice.is_open == true(),
        Invoice.state == State.PART_PAID,
        Invoice.balance_cents <= cents,
        Invoice.currency == currency,
    )
    return _infos(query.order_by(Invoice.id).limit(limit))


def open_invoices(currency: str) -> list[InvoiceInfo]:
    """All that anybody still has to pay in a currency, oldest due first."""
    query = select(*_COLUMNS).where(Invoice.is_open == true(), Invoice.currency == currency)
    return _infos(query.order_by(Invoice.due_on, Invoice.id))


def owing(customer_id: int, today: date, soon: int, currency: str) -> Owing:
    """The customer's open invoices of one currency in one sum; soon: how many days ahead count as due soon."""
    overdue = Invoice.due_on < today
    due_soon = Invoice.due_on.between(today, today + timedelta(days=soon))
    balance = Invoice.balance_cents
    row = db.session.execute(
        select(
            func.coalesce(func.sum(balance), 0),
            func.coalesce(func.sum(case((overdue, balance), else_=0)), 0),
            func.coalesce(func.sum(case((due_soon, balance), else_=0)), 0),
            func.coalesce(func.sum(case((Invoice.proof_under_way, balance), else_=0)), 0),
            func.coalesce(func.sum(1), 0),
            func.coalesce(func.sum(case((overdue, 1), else_=0)), 0),
        ).where(Invoice.customer_id == customer_id, Invoice.is_open == true(), Invoice.currency == currency)
    ).one()
    *sums, count, late_count = (int(value) for value in row)
    total, late, soon_sum, under_way = (Money(cents, currency) for cents in sums)
    return Owing(total, late, soon_sum, under_way, count, late_count)


def has_overdue(customer_id: int, today: date) -> bool:
    """Whether anything of the customer's is late."""
    late = exists().where(Invoice.customer_id == customer_id, Invoice.is_open == true(), Invoice.due_on < today)
    return bool(db.session.scalar(select(late)))


def page(asked: Listing) -> Page[InvoiceInfo]:
    """One page of a list. A search reads its hits first; without one, the list names the index it walks."""
    query: AnySelect = select(*_COLUMNS)
    if asked.customer_id is not None:
        query = query.where(Invoice.customer_id == asked.customer_id)
    query = _filtered(query, asked)
    if asked.search:
        hits = _hits(asked)
        query = query.join(hits, hits.c.id == Invoice.id)
    else:
        query = query.with_hint(Invoice, f"FORCE INDEX ({index_for(asked)})", "mysql")
    return fetch(query, _SORTS[asked.sort], asked.after, asked.limit).map(info)


def _filtered(query: AnySelect, asked: Listing) -> AnySelect:
    if asked.filter is Filter.OPEN:
        return query.where(Invoice.is_open == true())
    if asked.filter is Filter.OVERDUE:
        return query.where(Invoice.is_open == true(), Invoice.due_on < asked.today)
    if asked.filter is Filter.PAID:
        return query.where(Invoice.is_open == false(), Invoice.state == State.PAID)
    return query


def index_for(asked: Listing) -> str:
    """The index in which this list stands in its own order; MariaDB does not find it alone (reliability.md E23)."""
    whose = "" if asked.customer_id is None else "_customer"
    if asked.sort is SortBy.RECIPIENT:
        return "ix_invoice_recipient_name" if asked.filter is Filter.ALL else "ix_invoice_open_recipient"
    if asked.filter is Filter.ALL:
        return f"ix_invoice{whose}_issued"
    due = asked.sort in {SortBy.DUE, SortBy.DUE_DOWN}
    return f"ix_invoice{whose}_due" if due else f"ix_invoice{whose}_open_issued"


def _hits(asked: Listing) -> Subquery:
    """Ids of invoices that a search may mean, each way of meaning it by its own index and capped."""
    text = asked.search
    ways = [Invoice.number.in_(_numbers(text, asked.today)), _begins(Invoice.po_number, text)]
    if len(text) > 3 and text.upper().startswith("INV"):
        ways.append(_begins(Invoice.number, text.upper()))
    if (reference := normal(text)) is not None:
        ways.append(Invoice.reference == reference)
    if (amount := _amount(text)) is not None:
        ways.append(Invoice.total_cents == amount.cents)
    if asked.customer_id is None:
        ways += [_begins(Invoice.recipient_name, text), Invoice.customer_code == text.upper()]
    whose = [] if asked.customer_id is None else [Invoice.customer_id == asked.customer_id]
    found = (select(Invoice.id).where(*whose, way).limit(_MOST_HITS).subquery() for way in ways)
    return union(*(select(each.c.id) for each in found)).subquery()


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return column.startswith(text, autoescape=True)


def _numbers(text: str, today: date) -> list[str]:
    """Invoice numbers a few digits may mean: ``418`` is that of this year or the last."""
    whole = _NUMBER.fullmatch(text.upper().replace(" ", ""))
    if whole:
        return [f"INV-{whole[1]}-{int(whole[2]):06d}"]
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return [f"INV-{year}-{int(text):06d}" for year in (today.year, today.year - 1)]
    return []


def _amount(text: str) -> Money | None:
    try:
        return Money.parse(text)
    except BadInput:
        return None


def lock(ids: Iterable[int]) -> list[Invoice]:
    """Invoices by id, in that order, read afresh and kept until the transaction ends."""
    rows = db.session.scalars(
        select(Invoice)
        .where(Invoice.id.in_(sorted(ids)))
        .order_by(Invoice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.version += 1
    return list(rows)


def take_number(series: str, year: int) -> int:
    """The next number of a series in a year, from 1. The row stays locked, so a rollback gives the number back."""
    row = _lock_series(series, year)
    if row is None:
        with contextlib.suppress(IntegrityError), db.session.begin_nested():
            db.session.add(NumberSeries(series=series, year=year, last=0))
        row = _lock_series(series, year)
    if row is None:
        raise AssertionError(f"the series {series} {year} can neither be made nor found")
    row.last += 1
    row.version += 1
    db.session.flush()
    return row.last


def take_numbers(series: str, year: int, count: int) -> int:
    """As many numbers of a series at once; gives the last of them. The row stays locked, like for one."""
    last = take_number(series, year) + count - 1
    row = _lock_series(series, year)
    if row is None:
        raise AssertionError(f"the series {series} {year} cannot be found")
    row.last = last
    db.session.flush()
    return last


def numbers_given(series: str) -> int:
    """How many numbers of a series were given out, in all years."""
    return int(db.session.scalar(select(func.sum(NumberSeries.last)).where(NumberSeries.series == series)) or 0)


def highest_id() -> int:
    """The newest invoice's id; zero when there is none."""
    return db.session.scalar(select(func.max(Invoice.id))) or 0


def references_taken(references: Sequence[str]) -> set[str]:
    """Those of some references that invoices have."""
    taken: set[str] = set()
    for start in range(0, len(references), 500):
        some = references[start : start + 500]
        taken |= set(db.session.scalars(select(Invoice.reference).where(Invoice.reference.in_(some))))
    return taken


def write(invoices: Sequence[dict[str, object]], lines: Sequence[dict[str, object]]) -> None:
    """Rows of invoices with their ids, and their lines."""
    db.session.execute(insert(Invoice), invoices)
    db.session.execute(insert(InvoiceLine), lines)


def _lock_series(series: str, year: int) -> NumberSeries | None:
    return db.session.scalar(
        select(NumberSeries)
        .where(NumberSeries.series == series, NumberSeries.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def reference_taken(reference: str) -> bool:
    """Whether an invoice has this payment reference."""
    return bool(db.session.scalar(select(exists().where(Invoice.reference == reference))))


def state_disagrees(limit: int) -> list[InvoiceInfo]:
    """Invoices whose state, open mark and balance do not say the same."""
    balance, wanted = Invoice.balance_cents, Invoice.total_cents - Invoice.credited_cents
    by_balance = case(
        (wanted == 0, State.CREDITED), (balance == 0, State.PAID), (balance == wanted, State.ISSUED),
        else_=State.PART_PAID,
    )  # fmt: skip
    wrong = or_(
        Invoice.state != by_balance,
        Invoice.is_open != Invoice.state.in_([state.value for state in OPEN]),
    )
    return _infos(select(*_COLUMNS).where(wrong).limit(limit))


def lines_disagree(newest: int, limit: int) -> list[str]:
    """Numbers among the newest invoices whose lines do not add up to them."""
    first = db.session.scalar(select(func.coalesce(func.max(Invoice.id), 0))) or 0
    query = (
        select(Invoice.number)
        .outerjoin(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.id > first - newest)
        .group_by(Invoice.id, Invoice.number, Invoice.net_cents, Invoice.vat_cents)
        .having(
            or_(
                func.coalesce(func.sum(InvoiceLine.net_cents), 0) != Invoice.net_cents,
                func.coalesce(func.sum(InvoiceLine.vat_cents), 0) != Invoice.vat_cents,
            )
        )
    )
    return list(db.session.scalars(query.limit(limit)))


def series_counts(series: str, column: InstrumentedAttribute[str]) -> list[tuple[int, int, int, str]]:
    """For each year: the last number given out, how many documents carry one, and the highest number."""
    rows = db.session.execute(select(NumberSeries.year, NumberSeries.last).where(NumberSeries.series == series))
    found = []
    for year, last in rows.all():
        of_year = column.startswith(f"{series}-{year}-")
        count, highest = db.session.execute(select(func.count(), func.max(column)).where(of_year)).one()
        found.append((year, last, int(count), highest or ""))
    return found


def _infos(query: AnySelect) -> list[InvoiceInfo]:
    return [info(row) for row in db.session.execute(query)]
