"""What counts of several prices (docs/rules/prices.md), by the thousand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.service.prices import micros_of
from portal.catalog.types import MICROS, Offer, Price, Rate, Step, converted, price_from
from portal.core.errors import BadInput
from portal.core.money import Money

SHOP = Money.zar(100_00)
CENTS = st.integers(0, 20_000)
OFFERS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 60), CENTS), max_size=8).map(
    lambda rows: [Offer(name, at, Money.zar(cents)) for name, at, cents in rows]
)


def offer(at: int, rand: int, name: str = "Mines") -> Offer:
    return Offer(name, at, Money.zar(rand * 100))


@pytest.mark.parametrize(
    ("quantity", "unit", "name", "steps"),
    [
        (1, 95, "Mines", ((10, 90), (50, 80))),
        (9, 95, "Mines", ((10, 90), (50, 80))),
        (10, 90, "Mines", ((50, 80),)),
        (50, 80, "Mines", ()),
    ],
)
def test_the_step_that_is_reached_counts(
    quantity: int, unit: int, name: str, steps: tuple[tuple[int, int], ...]
) -> None:
    found = price_from(SHOP, [offer(50, 80), offer(1, 95), offer(10, 90)], quantity)

    wanted = tuple(Step(at, Money.zar(rand * 100)) for at, rand in steps)
    assert found == Price(Money.zar(unit * 100), SHOP, name, wanted)


def test_a_list_above_the_shop_costs_nobody_more() -> None:
    assert price_from(SHOP, [offer(1, 120)], 1) == Price(SHOP, SHOP)


def test_a_step_that_is_no_better_is_no_step() -> None:
    assert price_from(SHOP, [offer(1, 90), offer(10, 95), offer(20, 90)], 1).steps == ()


@given(CENTS, OFFERS, st.integers(1, 80), st.integers(1, 80))
def test_more_never_costs_more_a_unit(shop: int, offers: list[Offer], first: int, second: int) -> None:
    fewer, more = sorted((first, second))
    prices = [price_from(Money.zar(shop), offers, quantity).unit for quantity in (fewer, more)]
    assert prices[1] <= prices[0] <= Money.zar(shop)


@given(CENTS, OFFERS, st.integers(1, 80))
def test_the_steps_shown_are_the_prices_charged(shop: int, offers: list[Offer], quantity: int) -> None:
    price = price_from(Money.zar(shop), offers, quantity)
    for step in price.steps:
        assert price_from(Money.zar(shop), offers, step.from_quantity).unit == step.price
        assert price_from(Money.zar(shop), offers, step.from_quantity - 1).unit > step.price


@given(CENTS, OFFERS, st.integers(1, 80))
def test_the_order_in_which_lists_come_changes_nothing(shop: int, offers: list[Offer], quantity: int) -> None:
    there, back = (price_from(Money.zar(shop), each, quantity) for each in (offers, offers[::-1]))
    assert there == back


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_converted_price_is_at_most_half_a_cent_off(cents: int, micros: int) -> None:
    got = converted(Money.zar(cents), micros, "USD").cents
    exact = Decimal(cents) * MICROS / micros
    assert abs(Decimal(got) - exact) <= Decimal("0.5000001")


def test_half_a_cent_rounds_up() -> None:
    assert converted(Money.zar(1), 2 * MICROS, "USD") == Money(1, "USD")


@pytest.mark.parametrize(("written", "micros"), [("18.2145", 18_214_500), ("18,2", 18_200_000), (" 20 ", 20_000_000)])
def test_rates_are_read_as_people_write_them(written: str, micros: int) -> None:
    assert micros_of(written) == micros


@pytest.mark.parametrize("written", ["", "0", "-1", "eighteen", "NaN", "Infinity", "1e3", "18.21456789", "9" * 30])
def test_what_is_no_rate_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        micros_of(written)


def test_a_rate_shows_the_places_it_was_written_with() -> None:
    day = date(2026, 3, 16)
    assert [Rate("USD", day, each).words for each in (18_214_500, 18_000_000)] == ["18.2145", "18.00"]
