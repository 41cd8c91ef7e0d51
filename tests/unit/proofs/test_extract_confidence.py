"""Scores become the share of such values that are right."""

from __future__ import annotations

from itertools import pairwise

import pytest

from portal.proofs.extract import meant


def test_a_confidence_grows_with_its_score_and_is_never_lower():
    scores = [at / 1000 for at in range(1001)]
    assert all(meant(low) <= meant(high) for low, high in pairwise(scores))
    assert all(meant(score) >= score - 0.0006 for score in scores)


@pytest.mark.parametrize("bar", [0.2, 0.45, 0.5, 0.6])
def test_no_score_is_carried_over_a_bar_of_the_verdict(bar: float):
    assert all(meant(at / 1000) <= bar for at in range(int(bar * 1000) + 1))


@pytest.mark.parametrize(
    ("score", "share"), [(0.0, 0.0), (0.7, 0.75), (0.85, 0.935), (0.99, 0.99), (1.0, 1.0), (1.2, 1.0)]
)
def test_scores_between_are_joined_by_straight_lines(score: float, share: float):
    assert meant(score) == share
