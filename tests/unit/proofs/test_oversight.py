"""Draws are even and for ever the same; the interval around a rate is Wilson's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.proofs.types.oversight import Accepted, Opinion, Rate, draw_of


def test_a_draw_is_the_same_every_time() -> None:
    assert (draw_of("prf_0123456789ac"), draw_of("prf_0123456789ad")) == (7924, 923)


@pytest.mark.parametrize("share", [100, 500, 5_000])
def test_draws_fall_below_a_share_as_often_as_it_says(share: int) -> None:
    drawn = sum(draw_of(f"prf_{number:012d}") < share for number in range(20_000))
    assert drawn == pytest.approx(2 * share, rel=0.15)


@pytest.mark.parametrize(
    ("wrong", "looked", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 100, 0.0, 0.0370), (1, 1, 0.2065, 1.0), (1, 100, 0.0018, 0.0545), (5, 10, 0.2366, 0.7634)],
)
def test_the_interval_is_wilson_s(wrong: int, looked: int, low: float, high: float) -> None:
    assert Rate(looked, wrong).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 100_000), st.data())
def test_the_interval_holds_the_rate_and_stays_between_none_and_all(looked: int, data: st.DataObject) -> None:
    rate = Rate(looked, data.draw(st.integers(0, looked)))
    low, high = rate.interval
    assert rate.rate is not None and 0.0 <= low <= rate.rate <= high <= 1.0


def test_a_rate_of_nothing_is_not_known() -> None:
    assert Rate(0, 0).rate is None


@pytest.mark.parametrize(
    ("change", "agrees"),
    [
        ({}, True),
        ({"invoices": ("B", "A")}, True),
        ({"accept": False}, False),
        ({"amount": Money.zar(1)}, False),
        ({"paid_on": date(2026, 3, 2)}, False),
        ({"invoices": ("A",)}, False),
        ({"amount": None}, False),
    ],
)
def test_an_opinion_agrees_when_it_is_the_same_in_everything(change: dict[str, object], agrees: bool) -> None:
    day = date(2026, 3, 1)
    seen = {"accept": True, "amount": Money.zar(100), "paid_on": day, "invoices": ("A", "B"), **change}
    assert Opinion(**seen).agrees_with(Accepted(Money.zar(100), day, ("A", "B"))) is agrees
