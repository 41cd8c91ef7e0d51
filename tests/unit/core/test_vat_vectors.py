"""Random invoices by the thousand, and by the million: lines, discounts, rates and what comes back never drift a cent."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from portal.core.money import Money, total
from portal.core.vat import LineAmounts, VatCode, by_rate, half_up, line_amounts, taken_back

DAY = date(2026, 3, 1)
CODES = (VatCode.STANDARD, VatCode.STANDARD, VatCode.STANDARD, VatCode.ZERO, VatCode.EXEMPT)


def one_line(chance: random.Random) -> tuple[LineAmounts, Decimal]:
    quantity = Decimal(chance.randint(1, 250_000)).scaleb(-chance.choice((0, 1, 2, 3)))
    discount = Decimal(chance.choice((0, 0, 0, chance.randint(0, 10_000)))).scaleb(-2)
    price = Money.zar(chance.randint(0, 1_000_000))
    return line_amounts(price, quantity, chance.choice(CODES), DAY, discount), quantity


def drift(chance: random.Random) -> int:
    """Cents by which a random invoice, its foot and its credit notes disagree; 0 is right."""
    lines = [one_line(chance) for _ in range(chance.randint(1, 4))]
    amounts = [line for line, _ in lines]
    net, vat, gross = (total(getattr(line, name) for line in amounts) for name in ("net", "vat", "gross"))
    foot = by_rate(amounts)
    wrong = abs((net + vat - gross).cents)
    wrong += abs((total(each.net for each in foot) - net).cents) + abs((total(each.vat for each in foot) - vat).cents)
    line, quantity = lines[0]
    back = _parts(line, quantity, chance)
    wrong += abs((total(each.net for each in back) - line.net).cents)
    wrong += abs((total(each.vat for each in back) - line.vat).cents)
    return wrong + sum(each.net.cents < 0 or each.vat.cents < 0 for each in back)


def _parts(line: LineAmounts, quantity: Decimal, chance: random.Random) -> list[LineAmounts]:
    done, found = Decimal(0), []
    for _ in range(chance.randint(0, 2)):
        part = (quantity - done) * chance.randint(1, 999) / 1000
        part = part.quantize(Decimal("0.001"))
        if 0 < part < quantity - done:
            found.append(taken_back(line, quantity, done, part))
            done += part
    return [*found, taken_back(line, quantity, done, quantity - done)]


def test_thousands_of_random_invoices_do_not_drift_a_cent() -> None:
    chance = random.Random(360)
    assert sum(drift(chance) for _ in range(5_000)) == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_million_random_invoices_do_not_drift_a_cent() -> None:
    chance = random.Random(20260301)
    assert sum(drift(chance) for _ in range(1_000_000)) == 0


def test_the_tax_of_a_first_part_is_its_own_rate_rounded_half_up() -> None:
    line = line_amounts(Money.zar(33_33), Decimal(3), VatCode.STANDARD, DAY)
    part = taken_back(line, Decimal(3), Decimal(0), Decimal(1))
    assert (part.net, part.vat) == (Money.zar(33_33), Money.zar(half_up(Fraction(3333 * 15, 100))))


def test_another_rate_of_today_changes_nothing_of_what_comes_back() -> None:
    line = line_amounts(Money.zar(100_00), Decimal(2), VatCode.STANDARD, date(2018, 3, 1))
    assert taken_back(line, Decimal(2), Decimal(0), Decimal(1)).vat == Money.zar(14_00)
