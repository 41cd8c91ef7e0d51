"""What a score is worth: the share of values with such a score that are right.

Source: docs/rules/reading.md, D17.
"""

from __future__ import annotations

from itertools import pairwise

#: score → share right, with straight lines between. Up to 0.6 nothing is lifted: below it lie the bars of the verdict
#: (docs/rules/verdict.md, V9), and no value may be carried over one of them by a table.
TABLE = ((0.0, 0.0), (0.6, 0.6), (0.7, 0.75), (0.8, 0.9), (0.9, 0.97), (0.99, 0.99), (1.0, 1.0))


def meant(score: float) -> float:
    """The confidence that a score means; grows with it and is never lower."""
    for (low, low_share), (high, share) in pairwise(TABLE):
        if score <= high:
            return round(low_share + (share - low_share) * (max(score, low) - low) / (high - low), 3)
    return 1.0
