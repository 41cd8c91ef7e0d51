"""What a payment is by all that was told of it."""

from __future__ import annotations

from itertools import combinations

import pytest

from portal.payments.types import PaymentState
from portal.payments.types.online import Told, aim

ALL = [set(each) for size in range(6) for each in combinations(Told, size)]


def test_settled_money_wins_over_everything_that_was_told_before_it() -> None:
    assert aim({Told.PENDING, Told.FAILED, Told.SETTLED}) is PaymentState.CONFIRMED


@pytest.mark.parametrize("back", [Told.REFUNDED, Told.DISPUTED])
def test_money_that_went_back_is_taken_back(back: Told) -> None:
    assert aim({Told.SETTLED, back}) is PaymentState.REVERSED
    assert aim({Told.SETTLED, Told.FAILED, Told.PENDING, back}) is PaymentState.REVERSED


@pytest.mark.parametrize("told", [each for each in ALL if Told.SETTLED not in each])
def test_nothing_becomes_money_that_was_never_settled(told: set[Told]) -> None:
    assert aim(told) is (PaymentState.REJECTED if Told.FAILED in told else PaymentState.PENDING)
