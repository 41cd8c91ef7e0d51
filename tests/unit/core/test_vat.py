from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import BadInput
from portal.core.money import Money, total
from portal.core.vat import NoRate, VatCode, by_rate, line_amounts, rate_on, vat_within

TODAY = date(2026, 11, 21)
prices = st.integers(0, 10**9).map(Money.zar)
quantities = st.decimals(Decimal(-1000), Decimal(1000), places=3)
codes = st.sampled_from(VatCode)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1993, 4, 7), 1400),
        (date(2018, 3, 31), 1400),
        (date(2018, 4, 1), 1500),
        (TODAY, 1500),
    ],
)
def test_the_standard_rate_follows_the_day_of_supply(day, expected):
    assert rate_on(VatCode.STANDARD, day) == expected


def test_before_the_first_known_rate_there_is_none():
    with pytest.raises(NoRate):
        rate_on(VatCode.STANDARD, date(1993, 4, 6))


@pytest.mark.parametrize("code", [VatCode.ZERO, VatCode.EXEMPT])
def test_zero_rated_and_exempt_lines_carry_no_tax(code):
    line = line_amounts(Money.zar(100_00), Decimal(3), code, TODAY)

    assert (line.net, line.vat, line.gross) == (Money.zar(300_00), Money.zar(0), Money.zar(300_00))


@pytest.mark.parametrize(
    ("price", "quantity", "net", "vat"),
    [
        (10, "1", 10, 2),  # 1.5 cents of tax count as 2
        (3, "1", 3, 0),  # 0.45 cents do not
        (1, "0.5", 1, 0),  # half a cent of net counts
        (19_99, "3", 59_97, 9_00),  # 8.9955
        (10, "-1", -10, -2),  # a credit note mirrors its invoice
    ],
)
def test_half_a_cent_is_rounded_up(price, quantity, net, vat):
    line = line_amounts(Money.zar(price), Decimal(quantity), VatCode.STANDARD, TODAY)

    assert (line.net.cents, line.vat.cents) == (net, vat)


def test_a_discount_lowers_the_net_before_tax():
    line = line_amounts(Money.zar(200_00), Decimal(2), VatCode.STANDARD, TODAY, discount=Decimal("12.5"))

    assert (line.net, line.vat) == (Money.zar(350_00), Money.zar(52_50))


@pytest.mark.parametrize("discount", ["-0.01", "100.01", "NaN"])
def test_a_discount_outside_its_range_is_refused(discount):
    with pytest.raises(BadInput):
        line_amounts(Money.zar(1), Decimal(1), VatCode.STANDARD, TODAY, discount=Decimal(discount))


@given(prices, quantities, codes, st.decimals(0, 100, places=2))
def test_net_and_tax_are_the_gross_and_nearest_to_the_exact_values(price, quantity, code, discount):
    line = line_amounts(price, quantity, code, TODAY, discount)

    exact_net = price.cents * quantity * (100 - discount) / 100
    assert line.net + line.vat == line.gross
    assert abs(line.net.cents - exact_net) <= Decimal("0.5")
    assert abs(line.vat.cents * 10_000 - line.net.cents * line.rate) <= 5_000


@given(prices, quantities, codes)
def test_a_credit_note_takes_back_exactly_its_invoice(price, quantity, code):
    charged = line_amounts(price, quantity, code, TODAY)
    taken_back = line_amounts(price, -quantity, code, TODAY)

    assert charged.gross + taken_back.gross == Money.zar(0)


@given(st.lists(st.tuples(prices, quantities, codes), max_size=30))
def test_the_sums_by_rate_add_up_to_the_lines_without_drift(drafts):
    lines = [line_amounts(price, quantity, code, TODAY) for price, quantity, code in drafts]

    sums = by_rate(lines)

    assert total(group.net + group.vat for group in sums) == total(line.gross for line in lines)
    assert len({(group.rate, group.code) for group in sums}) == len(sums)


@given(st.integers(1, 10**10).map(Money.zar))
def test_the_tax_within_a_gross_amount_is_fifteen_of_a_hundred_and_fifteen(gross):
    assert abs(vat_within(gross, TODAY).cents * 115 - gross.cents * 15) * 2 <= 115
