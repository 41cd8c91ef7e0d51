"""Writing journals: balanced, once for each event, hashed as they are written, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.ledger import digests, journals, queries
from portal.ledger.errors import AlreadyPosted
from portal.ledger.models import Journal
from portal.ledger.queries import journals as written
from portal.ledger.service import periods
from portal.ledger.types import Draft, InvoicePosting, JournalFilter, JournalInfo, JournalKind
from portal.platform.db import db
from portal.platform.paging import Page

PAGE_SIZE = 50


def post(draft: Draft) -> int:
    """Write one journal with its entries and give its id. Flushes; the caller's transaction commits.

    Every entry is hashed over itself and the journal's head, so that a changed row shows even before the
    journal is sealed. Posting takes no lock that another posting waits for.
    Raises Unbalanced (see journals.check), PeriodClosed for a value date in a closed month, and AlreadyPosted when
    this kind and source has its journal.
    Source: docs/rules/ledger.md L1, L2, L7, L13.
    """
    amount = journals.check(draft)
    periods.demand_open(draft.value_date)
    if queries.posted(draft.kind, draft.source) is not None:
        raise AlreadyPosted(draft.kind, draft.source)
    ids = queries.account_ids([line.account for line in draft.lines])
    row = Journal(
        kind=draft.kind,
        source=draft.source,
        words=" ".join(draft.words.split())[: journals.WORDS_LENGTH].rstrip(),
        value_date=draft.value_date,
        posted_at=clock.now(),
        currency=amount.currency,
        amount_cents=amount.cents,
        line_count=len(draft.lines),
        customer_id=draft.customer_id,
        reverses_id=draft.reverses,
    )
    db.session.add(row)
    db.session.flush()
    queries.write_entries(_entry_rows(row, draft, ids))
    return row.id


def _entry_rows(row: Journal, draft: Draft, ids: dict[str, int]) -> list[dict[str, object]]:
    head = head_of(row)
    rows: list[dict[str, object]] = []
    for number, line in enumerate(draft.lines, start=1):
        debit = line.debit.cents if line.debit else 0
        credit = line.credit.cents if line.credit else 0
        rows.append(
            {
                "journal_id": row.id,
                "line": number,
                "account_id": ids[line.account.code],
                "debit_cents": debit,
                "credit_cents": credit,
                "digest": digests.of_entry(head, number, line.account.code, debit, credit),
            }
        )
    return rows


def head_of(row: Journal) -> digests.Head:
    """The facts of a stored journal that its entries' digests are made over."""
    return digests.Head(
        journal_id=row.id,
        kind=str(row.kind),
        source=row.source,
        words=row.words,
        value_date=row.value_date,
        posted_at=row.posted_at,
        currency=row.currency,
        amount_cents=row.amount_cents,
        line_count=row.line_count,
        customer_id=row.customer_id,
        reverses_id=row.reverses_id,
    )


def post_invoice(number: str, *, customer_id: int, net: Money, vat: Money, day: date) -> int:
    """Book an issued invoice; once for its number. Gives the journal's id. Source: docs/rules/ledger.md L3."""
    return post(journals.invoice(number, customer_id, net, vat, day))


def post_invoices(postings: Sequence[InvoicePosting]) -> None:
    """Book many issued invoices of which none is booked yet; each gets the journal that post_invoice gives it.

    Flushes. For a quiet portal: ids are taken before the rows are written. A number that is booked already makes the
    whole fail, by the unique kind and source. Raises PeriodClosed for a day in a closed month.
    Source: docs/rules/ledger.md L1, L2, L3, L7, L13.
    """
    periods.demand_open(min(each.day for each in postings))
    drafts = [journals.invoice(each.number, each.customer_id, each.net, each.vat, each.day) for each in postings]
    ids = queries.account_ids(list({line.account: None for draft in drafts for line in draft.lines}))
    first = queries.highest_journal() + 1
    rows = [
        Journal(
            id=first + place, kind=draft.kind.value, source=draft.source, words=draft.words,
            value_date=draft.value_date, posted_at=posting.posted_at, currency=draft.lines[0].account.currency,
            amount_cents=journals.check(draft).cents, line_count=len(draft.lines), customer_id=draft.customer_id,
        )
        for place, (draft, posting) in enumerate(zip(drafts, postings, strict=True))
    ]  # fmt: skip
    entries = [entry for row, draft in zip(rows, drafts, strict=True) for entry in _entry_rows(row, draft, ids)]
    queries.write_journals([_plain(row) for row in rows])
    queries.write_entries(entries)


def _plain(row: Journal) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in Journal.__table__.columns}


def post_receipt(
    payment_id: int,
    customer_id: int,
    bank_account_id: int,
    amount: Money,
    allocated: Money,
    value_date: date,
    words: str,
) -> int:
    """Book confirmed money: ``allocated`` of ``amount`` pays invoices, the rest is credit on account.

    Once for each payment. Gives the journal's id. Source: docs/rules/ledger.md L4.
    """
    source = payment_source(payment_id)
    return post(journals.receipt(source, customer_id, bank_account_id, amount, allocated, value_date, words))


def post_allocation(payment_id: int, part: str, customer_id: int, amount: Money, day: date, words: str) -> int:
    """Book that credit left of a payment now pays an invoice; once for each part of a payment.

    part: what tells this use from others of the same payment. Source: docs/rules/ledger.md L5.
    """
    source = f"{payment_source(payment_id)}/{part}"
    return post(journals.allocation(source, customer_id, amount, day, words))


def allocations_of(payment_id: int) -> tuple[int, ...]:
    """The ids of a payment's allocation journals, oldest first, those reversed left out."""
    return tuple(queries.standing_journals(JournalKind.ALLOCATION, f"{payment_source(payment_id)}/"))


def post_reversal(journal_id: int, day: date, words: str) -> int:
    """Book the counter-entry of a journal and give its id.

    Raises NotFound, and AlreadyPosted when it was reversed before. Source: docs/rules/ledger.md L6.
    """
    return post(journals.reversal(journal(journal_id), day, words))


def payment_source(payment_id: int) -> str:
    """How journals name a payment."""
    return f"payment:{payment_id}"


def source_of(search: str) -> str:
    """The source people mean: ``INV-2026-000418`` is its invoice, ``PAY-000012`` its payment; others as typed."""
    text = search.strip()
    if text.upper().startswith("INV-"):
        return f"invoice:{text.upper()}"
    digits = text[4:].lstrip("0")
    if text.upper().startswith("PAY-") and digits.isdigit():
        return payment_source(int(digits))
    return text


def posted(kind: JournalKind, source: str) -> int | None:
    """The id of the journal an event has, None when it was not posted."""
    return queries.posted(kind, source)


def journal(journal_id: int) -> JournalInfo:
    """One journal with its entries. Raises NotFound."""
    found = written.journal(journal_id)
    if found is None:
        raise NotFound(f"no journal {journal_id}")
    return found


def journals_page(
    *,
    kind: JournalKind | None = None,
    source: str = "",
    customer_id: int | None = None,
    after: str | None = None,
    limit: int = PAGE_SIZE,
) -> Page[JournalInfo]:
    """Journals, newest first. source: the beginning of one, like ``invoice:INV-2026``; after: a mark of a page."""
    return journals_list(JournalFilter(kind, source, customer_id), after=after, limit=limit)


def journals_list(wanted: JournalFilter, *, after: str | None = None, limit: int = PAGE_SIZE) -> Page[JournalInfo]:
    """Journals by everything they can be asked for, newest first."""
    return written.journals_page(wanted, after, limit)
