"""How pages write money, days, ages, references and account numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.core import clock
from portal.core.money import Money
from portal.platform import filters

NOW = datetime(2026, 3, 16, 12, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Money.zar(1250000), "R\u00a012\u00a0500.00"),
        (Money.zar(-5), "−R\u00a00.05"),
        (Money(120000, "USD"), "USD\u00a01\u00a0200.00"),
        (Decimal("86400"), "R\u00a086\u00a0400.00"),
        ("12500.00", "R\u00a012\u00a0500.00"),
    ],
)
def test_money_is_written_with_no_break_spaces(amount: Money | Decimal | str, shown: str) -> None:
    assert filters.rand(amount) == shown


def test_days_and_moments_are_south_african() -> None:
    late = datetime(2026, 3, 16, 22, 30, tzinfo=UTC)

    assert filters.day(late) == "17\u00a0Mar\u00a02026"
    assert filters.day(date(2026, 3, 16)) == "16\u00a0Mar\u00a02026"
    assert filters.moment(late) == "17\u00a0Mar\u00a02026, 00:30"
    assert filters.day(None) == filters.moment(None) == "–"


def test_a_long_day_names_the_year_only_when_it_is_another() -> None:
    with clock.at(NOW):
        assert filters.longday(date(2026, 3, 17)) == "Tuesday 17\u00a0March"
        assert filters.longday(date(2025, 12, 31)) == "Wednesday 31\u00a0December 2025"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "under 1\u00a0min"), (12, "12\u00a0min"), (60, "1\u00a0h"), (134, "2\u00a0h 14\u00a0min"),
        (1440, "1\u00a0day"), (4000, "2\u00a0days"),
    ],
)  # fmt: skip
def test_ages_are_in_words(minutes: int, words: str) -> None:
    assert filters.age(NOW - timedelta(minutes=minutes), NOW) == words


def test_ago_holds_the_exact_moment_and_turns_into_a_date() -> None:
    with clock.at(NOW):
        assert filters.ago(NOW - timedelta(minutes=5)) == (
            '<time datetime="2026-03-16T12:27:00+00:00" title="16\u00a0Mar\u00a02026, 14:27">5\u00a0min ago</time>'
        )
        assert ">1\u00a0Mar\u00a02026, 14:32<" in filters.ago(NOW - timedelta(days=15))


def test_references_and_accounts_are_in_groups() -> None:
    assert filters.reference("7K04M2X3") == "7K04\u00a0M2X3"
    assert filters.account("62841190736") == "62\u00a08411\u00a090736"
    assert filters.account("1234") == "1234"
    assert filters.masked("62841190736") == "···0736"


def test_shares_sizes_and_counts() -> None:
    assert filters.percent(0.8742) == "87.4\u00a0%"
    assert filters.percent(None) == "–"
    assert filters.filesize(86_400) == "86\u00a0kB"
    assert filters.filesize(2_400_000) == "2.4\u00a0MB"
    assert filters.plural(1, "line") == "1\u00a0line"
    assert filters.plural(3, "reply", "replies") == "3\u00a0replies"
