"""What recurs: one job row a period, made by whichever worker notices first."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from portal.core import clock
from portal.platform.db import transaction
from portal.platform.jobs import registry
from portal.platform.jobs.queue import enqueue
from portal.platform.jobs.types import Schedule

EPOCH = datetime(2020, 1, 1, tzinfo=clock.SAST)


def period_of(schedule: Schedule, moment: datetime) -> datetime:
    """When the period began that this moment is in; daily ones begin at their South-African time."""
    if schedule.seconds is not None:
        passed = int((moment - EPOCH).total_seconds()) // schedule.seconds
        return EPOCH + timedelta(seconds=passed * schedule.seconds)
    assert schedule.daily_at is not None  # noqa: S101 - registry.every demands one of the two
    local = moment.astimezone(clock.SAST)
    begun = local.replace(hour=schedule.daily_at.hour, minute=schedule.daily_at.minute, second=0, microsecond=0)
    return begun if begun <= local else begun - timedelta(days=1)


class Clockwork:
    """Remembers which periods it has seen to, so that a tick between them asks the database nothing."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def tick(self, moment: datetime) -> int:
        """Enqueue what has come due; how many periods that was. Periods missed while nobody worked are not made up."""
        due = 0
        for schedule in registry.schedules():
            period = period_of(schedule, moment)
            if self._seen.get(schedule.kind) == period:
                continue
            key = f"{schedule.kind}@{period.isoformat()}"
            transaction(partial(enqueue, schedule.kind, {}, dedupe=key))
            self._seen[schedule.kind] = period
            due += 1
        return due
