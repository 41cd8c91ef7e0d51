"""Sets of amounts with a given sum, kept to the few that people pay on purpose.

Among many amounts some set nearly always fits by accident: fifteen invoices have 32 767 sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations

#: Sets larger than this are only looked at when they are the oldest invoices in a row.
_MOST_CHOSEN = 3
#: With more amounts than this the pairs and triples are left out: accidents would be likely.
_MOST_AMOUNTS = 40


def only_set(amounts: Sequence[int], wanted: int) -> tuple[int, ...] | None:
    """Places of the only set whose sum is wanted: up to three amounts, or the first ones in a row.

    amounts: whole cents above 0, oldest invoice first. None when no set fits or more than one does.
    """
    found = set(_sets(amounts, wanted))
    return found.pop() if len(found) == 1 else None


def is_usual(chosen: tuple[int, ...]) -> bool:
    """Whether people pay such a set without naming it: one invoice, or the oldest ones in a row."""
    return len(chosen) == 1 or chosen == tuple(range(len(chosen)))


def _sets(amounts: Sequence[int], wanted: int) -> Iterator[tuple[int, ...]]:
    for count, paid in enumerate(accumulate(amounts), start=1):
        if paid == wanted:
            yield tuple(range(count))
    most = _MOST_CHOSEN if len(amounts) <= _MOST_AMOUNTS else 1
    for size in range(1, most + 1):
        for chosen in combinations(range(len(amounts)), size):
            if sum(amounts[place] for place in chosen) == wanted:
                yield chosen
