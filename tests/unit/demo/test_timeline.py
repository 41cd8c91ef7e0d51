"""Deeds happen in the order of their moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core import clock
from portal.demo.timeline import Timeline, in_office, weekday, weekdays_after

END = datetime(2026, 3, 14, 12, tzinfo=UTC)


def test_deeds_happen_in_order_each_at_its_own_moment() -> None:
    timeline, seen = Timeline(END), []
    for hours in (3, 1, 2):
        timeline.plan(END - timedelta(hours=hours), lambda: seen.append(clock.now()))

    timeline.run()

    assert seen == [END - timedelta(hours=hours) for hours in (3, 2, 1)]


def test_a_deed_may_lead_to_another() -> None:
    timeline, seen = Timeline(END), []
    later = END - timedelta(hours=1)
    timeline.plan(END - timedelta(hours=2), lambda: timeline.plan(later, lambda: seen.append(clock.now())))

    timeline.run()

    assert seen == [later]


def test_deeds_of_one_moment_keep_their_order() -> None:
    timeline, seen = Timeline(END), []
    for word in "abc":
        timeline.plan(END, lambda word=word: seen.append(word))

    timeline.run()

    assert seen == ["a", "b", "c"]


def test_nothing_happens_after_the_end() -> None:
    timeline, seen = Timeline(END), []
    timeline.plan(END + timedelta(seconds=1), lambda: seen.append("late"))

    timeline.run()

    assert seen == []


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (date(2026, 3, 13), 1, date(2026, 3, 16)),  # Friday
        (date(2026, 3, 13), 2, date(2026, 3, 17)),
        (date(2026, 3, 14), 1, date(2026, 3, 16)),  # Saturday
        (date(2026, 3, 16), 2, date(2026, 3, 18)),
    ],
)
def test_banks_skip_weekends(day: date, number: int, then: date) -> None:
    assert weekdays_after(day, number) == then


def test_the_office_is_closed_on_sunday() -> None:
    assert weekday(date(2026, 3, 15)) == date(2026, 3, 16)
    assert in_office(date(2026, 3, 15), 30) == datetime(2026, 3, 16, 8, 0, tzinfo=clock.SAST)
