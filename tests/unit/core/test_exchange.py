"""Foreign money in rand: half a cent up, and parts that are the whole whatever order they come in."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.countries import COUNTRIES, currency_of, is_abroad, name_of
from portal.core.exchange import MICROS, in_rand, part_of, rate_words
from portal.core.money import Money, total
from portal.core.vat import NoRate, VatCode, code_for, export_rule, line_amounts

DAY = date(2026, 3, 1)
cents = st.integers(1, 10**11)
rates = st.integers(1, 10**9)


def usd(amount: int) -> Money:
    return Money(amount, "USD")


@given(cents, rates)
def test_the_value_in_rand_is_the_exact_one_rounded_half_up(amount: int, micros: int) -> None:
    exact = Decimal(amount) * micros / MICROS
    assert Decimal("-0.5") < Decimal(in_rand(usd(amount), micros).cents) - exact <= Decimal("0.5")


def test_half_a_cent_is_one_and_rand_are_rand() -> None:
    assert in_rand(usd(1), MICROS // 2) == Money.zar(1)
    assert in_rand(Money.zar(7), 1) == Money.zar(7)


@given(cents, rates, st.lists(st.integers(1, 10**6), max_size=8))
def test_steps_there_and_back_are_the_whole_in_any_order(amount: int, micros: int, steps: list[int]) -> None:
    """Balances wander; what each step moves in rand adds up to where they stand, and at the end to nothing."""
    whole, rand = usd(amount), in_rand(usd(amount), micros)
    moved, balance = Money.zar(0), whole
    for step in steps:
        after = usd(step % (amount + 1))
        moved += part_of(rand, after, whole) - part_of(rand, balance, whole)
        balance = after
    assert rand + moved == part_of(rand, balance, whole)
    assert rand + moved + (part_of(rand, usd(0), whole) - part_of(rand, balance, whole)) == Money.zar(0)


def test_parts_of_another_currency_are_no_parts() -> None:
    with pytest.raises(ValueError, match="is no part of"):
        part_of(Money.zar(100), Money.zar(1), usd(10))


def drift(chance: random.Random) -> int:
    """Cents by which a random dollar invoice and its rand disagree, when it is paid and credited in random parts."""
    price, count = usd(chance.randint(1, 500_000)), Decimal(chance.randint(1, 9_999)).scaleb(-chance.choice((0, 1, 3)))
    lines = [
        line_amounts(price, count, code_for(VatCode.STANDARD, True, DAY), DAY, Decimal(chance.choice((0, 0, 5))))
        for _ in range(chance.randint(1, 3))
    ]
    net, vat, gross = (total((getattr(line, name) for line in lines), "USD") for name in ("net", "vat", "gross"))
    if not gross:
        return 0
    micros = chance.randint(5_000_000, 40_000_000)
    rand, balance = in_rand(gross, micros), gross
    receivable, exchange, bank = rand, Money.zar(0), Money.zar(0)
    for last in (*[False] * chance.randint(0, 2), True):
        part = balance if last else usd(chance.randint(0, balance.cents))
        came = in_rand(part, chance.randint(5_000_000, 40_000_000))
        released = part_of(rand, balance, gross) - part_of(rand, balance - part, gross)
        receivable, bank, exchange = receivable - released, bank + came, exchange + came - released
        balance -= part
    wrong = abs(vat.cents) + abs((net - gross).cents) + abs(receivable.cents)
    return wrong + abs((bank - exchange - rand).cents)


def test_thousands_of_random_dollar_invoices_do_not_drift_a_cent() -> None:
    chance = random.Random(360)
    assert sum(drift(chance) for _ in range(2_000)) == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_thousand_random_dollar_invoices_do_not_drift_a_cent() -> None:
    chance = random.Random(20261128)
    assert sum(drift(chance) for _ in range(100_000)) == 0


def test_an_export_is_rated_at_nothing_by_the_rule_of_its_day_and_exempt_stays_exempt() -> None:
    assert code_for(VatCode.STANDARD, True, DAY) is VatCode.ZERO
    assert code_for(VatCode.STANDARD, False, DAY) is VatCode.STANDARD
    assert code_for(VatCode.EXEMPT, True, DAY) is VatCode.EXEMPT
    assert "section 11(1)(a)" in export_rule(DAY)
    with pytest.raises(NoRate):
        code_for(VatCode.STANDARD, True, date(1991, 9, 29))


def test_countries_have_two_letters_a_name_and_a_currency() -> None:
    assert len(COUNTRIES) == 249
    assert all(
        code.isalpha() and code.isupper() and len(code) == 2 and name.strip() == name
        for code, name in COUNTRIES.items()
    )
    assert (currency_of("ZA"), currency_of("BW"), is_abroad("ZA"), is_abroad("LS")) == ("ZAR", "USD", False, True)
    assert (name_of("CI"), name_of("XX")) == ("Côte d’Ivoire", "XX")


@pytest.mark.parametrize(("micros", "words"), [(18_214_500, "18.2145"), (18_000_000, "18.00"), (1, "0.000001")])
def test_a_rate_has_two_to_six_places(micros: int, words: str) -> None:
    assert rate_words(micros) == words
