"""Deeds in the order of their moments; each may lead to later ones."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from portal.core import clock

Deed = Callable[[], object]


class Timeline:
    """What is planned. Nothing happens after `end`: that is still to come."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self._planned: list[tuple[datetime, int, Deed]] = []
        self._number = 0

    def plan(self, moment: datetime, deed: Deed) -> None:
        """Let something happen at a moment, unless the story ends before. Equal moments keep their order."""
        if moment <= self.end:
            heapq.heappush(self._planned, (moment, self._number, deed))
            self._number += 1

    def run(self) -> None:
        """Let everything happen, each deed with the clock at its moment."""
        while self._planned:
            moment, _, deed = heapq.heappop(self._planned)
            with clock.at(moment):
                deed()


def in_office(day: date, minutes: int) -> datetime:
    """A moment that many minutes after 07:30 on that day, or on the Monday after a weekend."""
    return datetime.combine(weekday(day), time(7, 30), clock.SAST) + timedelta(minutes=minutes)


def weekday(day: date) -> date:
    """The day itself, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def weekdays_after(day: date, number: int) -> date:
    """So many weekdays later: when money that was sent is seen at another bank."""
    for _ in range(number):
        day = weekday(day + timedelta(days=1))
    return day
