"""The one set of amounts with a given sum."""

from __future__ import annotations

from collections.abc import Sequence

#: Sums looked at before giving up: a few milliseconds. Giving up means that nobody knows whether the set is the only one.
_MOST_STEPS = 20_000


def only_sum(amounts: Sequence[int], wanted: int) -> tuple[int, ...] | None:
    """Places of the only set of amounts (whole cents, above 0) whose sum is wanted.

    None when there is no such set, more than one, or too many to look through.
    """
    order = sorted((place for place in range(len(amounts)) if 0 < amounts[place] <= wanted), key=lambda p: -amounts[p])
    rest = [0] * (len(order) + 1)
    for at in range(len(order) - 1, -1, -1):
        rest[at] = rest[at + 1] + amounts[order[at]]
    found: list[tuple[int, ...]] = []
    steps = 0
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, wanted, ())]
    while waiting:
        at, left, chosen = waiting.pop()
        steps += 1
        if steps > _MOST_STEPS or len(found) > 1:
            return None
        if left == 0:
            found.append(chosen)
        elif at < len(order) and rest[at] >= left:
            waiting.append((at + 1, left, chosen))
            if amounts[order[at]] <= left:
                waiting.append((at + 1, left - amounts[order[at]], (*chosen, order[at])))
    return tuple(sorted(found[0])) if len(found) == 1 else None
