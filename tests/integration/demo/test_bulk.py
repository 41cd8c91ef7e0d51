"""Many invoices at once: as honest as one at a time, the same for the same seed, gone on with where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.demo import bulk, names
from portal.invoices import service as invoices
from portal.invoices.errors import NotIssuable
from portal.invoices.models import Invoice, InvoiceLine
from portal.ledger import service as ledger
from portal.ledger.models import Entry, Journal, Seal
from portal.platform.db import db, transaction
from portal.platform.models import Mail

STORY = date(2026, 9, 1)


@pytest.fixture
def quiet(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal with a bank account, and small chunks."""
    ours = names.OUR_ACCOUNTS[0]
    transaction(lambda: ledger.add_bank_account(ours.bank, ours.branch, ours.number, ours.holder, primary=True))
    monkeypatch.setattr(bulk, "CHUNK", 30)


def fill(wanted: int) -> int:
    return bulk.fill(bulk.Bulk(wanted, 7, STORY), lambda _count: None)


def facts() -> list[tuple[Any, ...]]:
    columns = (Invoice.number, Invoice.reference, Invoice.customer_code, Invoice.issued_on, Invoice.total_cents, Invoice.state)  # fmt: skip
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Invoice.number))]


def test_every_invariant_holds_and_every_digest_and_seal_is_right(quiet: None) -> None:
    assert fill(100) == 100

    assert [held.invariant for held in ledger.self_check() if held.broken] == []
    assert ledger.verify().problems == ()
    issued, journals, seals = (
        db.session.scalar(select(func.count()).select_from(table)) for table in (Invoice, Journal, Seal)
    )
    receipts = journals - issued
    assert (issued, receipts > 0, seals) == (100, True, journals)
    assert db.session.scalar(select(func.count(InvoiceLine.id))) >= 100
    assert db.session.scalar(select(func.count(Entry.id))) == 3 * 100 + 2 * receipts
    assert db.session.scalars(select(Mail.id)).all() == []


def test_numbers_follow_the_days_without_gaps_and_some_are_paid(quiet: None) -> None:
    fill(100)

    found = facts()
    days = [row[3] for row in found]
    assert days == sorted(days)
    assert (days[0].year, days[-1].year) == (2021, 2025)
    for year in range(2021, 2026):
        of_year = [row[0] for row in found if row[3].year == year]
        assert of_year == [f"INV-{year}-{number:06d}" for number in range(1, len(of_year) + 1)]
    assert {row[5] for row in found} == {"paid", "issued"}


def test_a_load_that_was_cut_short_goes_on_where_it_stopped(quiet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut(Exception):
        pass

    def cut(count: int) -> None:
        if count >= 60:
            raise Cut

    with pytest.raises(Cut):
        bulk.fill(bulk.Bulk(90, 7, STORY), cut)
    assert fill(90) == 30
    assert fill(90) == 0
    assert len(facts()) == 90
    assert ledger.verify().problems == ()


def test_the_amounts_are_the_same_for_the_same_seed(quiet: None, applications: Callable[[str], Any]) -> None:
    fill(60)
    first = facts()
    drafts = [bulk._draft(Random("7 bulk 0"), 1, STORY).lines for _ in range(2)]

    assert drafts[0] == drafts[1]
    assert len({row[1] for row in first}) == 60


def test_nothing_is_issued_in_bulk_without_our_facts(quiet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.content import service as content
    from portal.core.company import Company

    monkeypatch.setattr(content, "company", lambda: Company("Ours"))
    with pytest.raises(NotIssuable):
        fill(30)
    assert invoices.how_many() == 0
