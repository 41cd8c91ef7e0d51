"""Sets of a customer's invoices that a payment may have been meant for, kept to the few that people pay on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, combinations

_MOST_PAIRED, _MOST_TRIPLED = 60, 20


def sets_of(balances: Sequence[tuple[str, int]], wanted: int) -> list[tuple[str, ...]]:
    """Sets with exactly the wanted sum: one, two or three invoices, or the oldest in a row; at most four are given.

    balances: invoice and cents, oldest first.
    """
    found: list[tuple[str, ...]] = []
    for count, paid in enumerate(accumulate(cents for _, cents in balances), start=1):
        if paid == wanted:
            found.append(tuple(number for number, _ in balances[:count]))
    for size in (1, 2, 3):
        if len(balances) > (_MOST_TRIPLED if size == 3 else _MOST_PAIRED if size == 2 else 10_000):
            break
        for chosen in combinations(balances, size):
            numbers = tuple(number for number, _ in chosen)
            if sum(cents for _, cents in chosen) == wanted and numbers not in found:
                found.append(numbers)
                if len(found) == 4:
                    return found
    return found
