"""Whatever is changed in a written row, its digest is another."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from portal.ledger import digests

HEAD = digests.Head(
    journal_id=1, kind="receipt", source="payment:1", words="Receipt", value_date=date(2026, 3, 16),
    posted_at=datetime(2026, 3, 16, 8, 0, 0, 123456, tzinfo=UTC), currency="ZAR", amount_cents=100, line_count=2,
    customer_id=7, reverses_id=None,
)  # fmt: skip
OTHER = {
    "journal_id": 2, "kind": "invoice", "source": "payment:2", "words": "Receipt.", "value_date": date(2026, 3, 17),
    "posted_at": HEAD.posted_at + timedelta(microseconds=1), "currency": "USD", "amount_cents": 101, "line_count": 3,
    "customer_id": 8, "reverses_id": 1,
}  # fmt: skip


def test_the_same_facts_have_the_same_digest_for_ever() -> None:
    known = "50af8d89dd29dd4f20101f9cf40c50f7856bb9c785f9f175438a5bc3d1c32803"

    assert digests.of_entry(HEAD, 1, "bank:1:ZAR", 100, 0) == known


@pytest.mark.parametrize("name", [each.name for each in fields(digests.Head)])
def test_every_fact_of_the_journal_counts(name: str) -> None:
    changed = replace(HEAD, **{name: OTHER[name]})

    assert digests.of_entry(changed, 1, "bank:1:ZAR", 100, 0) != digests.of_entry(HEAD, 1, "bank:1:ZAR", 100, 0)


@pytest.mark.parametrize("line", [(2, "bank:1:ZAR", 100, 0), (1, "bank:2:ZAR", 100, 0), (1, "bank:1:ZAR", 101, 0), (1, "bank:1:ZAR", 0, 100)])  # fmt: skip
def test_every_fact_of_the_line_counts(line: tuple[int, str, int, int]) -> None:
    assert digests.of_entry(HEAD, *line) != digests.of_entry(HEAD, 1, "bank:1:ZAR", 100, 0)


def test_the_zone_a_moment_is_written_in_does_not_count() -> None:
    local = replace(HEAD, posted_at=HEAD.posted_at.astimezone(timezone(timedelta(hours=2))))

    assert digests.of_entry(local, 1, "bank:1:ZAR", 100, 0) == digests.of_entry(HEAD, 1, "bank:1:ZAR", 100, 0)


def test_a_link_holds_what_came_before_it_in_place() -> None:
    journal = digests.of_journal(1, ["a", "b"])

    assert journal != digests.of_journal(1, ["b", "a"])
    assert journal != digests.of_journal(1, ["a"])
    assert digests.of_link(digests.GENESIS, 1, journal) != digests.of_link("1" * 64, 1, journal)
    assert digests.of_link(digests.GENESIS, 1, journal) != digests.of_link(digests.GENESIS, 2, journal)
