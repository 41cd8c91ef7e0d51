"""How long decisions take: medians, so that a lunch in the middle of one does not count.

Source: docs/rules/review.md, Q11.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from portal.core import clock
from portal.core.identity import Identity
from portal.proofs.queries import desk as desks
from portal.proofs.types.review import Clock, Pace

#: whoever took longer went away in between
LONGEST_S = 1800
_WEEK = timedelta(days=7)


def seconds_of(measured: int | None, opened: int | None) -> int | None:
    """From opening to deciding, in whole seconds; None when that cannot be or nobody measured.

    measured: seconds during which the page was looked at, as the browser counted them.
    opened: when the server sent the page, in seconds since 1970, where the browser counts nothing.
    """
    taken = measured
    if taken is None and opened is not None:
        taken = int(clock.now().timestamp()) - opened
    return taken if taken is not None and 0 <= taken <= LONGEST_S else None


def clock_of(me: Identity) -> Clock:
    """This person's pace today and in seven days, and everybody's in seven days."""
    rows = desks.measured(clock.now() - _WEEK)
    mine = [(moment, taken) for user_id, moment, taken in rows if user_id == me.user_id]
    today = [taken for moment, taken in mine if clock.day_of(moment) == clock.today()]
    return Clock(_pace(today), _pace([taken for _, taken in mine]), _pace([taken for _, _, taken in rows]))


def _pace(taken: Sequence[int]) -> Pace:
    return Pace(round(median(taken)) if taken else None, len(taken))
