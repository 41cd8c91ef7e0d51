"""Sets of a customer's invoices that a payment may have been meant for, kept to the few that people pay on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

_MOST_TRIPLED = 25
_MOST_FOUND = 4


def sets_of(balances: Sequence[tuple[str, int]], wanted: int) -> list[tuple[str, ...]]:
    """Sets with exactly the wanted sum: one, two or three invoices, or the oldest in a row; at most four are given.

    balances: invoice and cents, oldest first.
    """
    found: dict[tuple[str, ...], None] = {}
    for each in _sets(balances, wanted):
        found.setdefault(each)
        if len(found) == _MOST_FOUND:
            break
    return list(found)


def _sets(balances: Sequence[tuple[str, int]], wanted: int) -> Iterator[tuple[str, ...]]:
    for number, cents in balances:
        if cents == wanted:
            yield (number,)
    for count, paid in enumerate(accumulate(cents for _, cents in balances), start=1):
        if paid == wanted:
            yield tuple(number for number, _ in balances[:count])
        if paid >= wanted:
            break
    yield from _pairs(balances, wanted)
    if len(balances) <= _MOST_TRIPLED:
        for at, (number, cents) in enumerate(balances):
            for pair in _pairs(balances[at + 1 :], wanted - cents):
                yield (number, *pair)


def _pairs(balances: Sequence[tuple[str, int]], wanted: int) -> Iterator[tuple[str, ...]]:
    """Two that have the sum, found in one pass."""
    seen: dict[int, list[str]] = {}
    for number, cents in balances:
        for other in seen.get(wanted - cents, ()):
            yield (other, number)
        seen.setdefault(cents, []).append(number)
