"""Foreign money and its value in rand, in whole cents; a rate is whole millionths of a rand for one unit.

Source: docs/rules/foreign-money.md.
"""

from __future__ import annotations

from fractions import Fraction

from portal.core.money import Money
from portal.core.vat import half_up

#: The currency of our books and of our VAT returns.
HOME = "ZAR"
#: Rates are whole millionths of a rand for one unit of the other currency.
MICROS = 1_000_000


def in_rand(amount: Money, micros: int) -> Money:
    """What foreign money is worth at a rate, half a cent rounded up. Rand stay what they are."""
    if amount.currency == HOME:
        return amount
    return Money(half_up(Fraction(amount.cents * micros, MICROS)), HOME)


def part_of(value: Money, part: Money, whole: Money) -> Money:
    """The value of a part of something whose whole has a value: ``value × part ÷ whole``, half a cent rounded up.

    A function of the part alone. Steps are valued as differences of it, so that all steps together are exactly
    the whole, in whatever parts and in whatever order they come, and back again. Source: foreign-money F5.
    """
    if part.currency != whole.currency:
        raise ValueError(f"{part.currency} is no part of {whole.currency}")
    if not part:
        return Money.zero(value.currency)
    return Money(half_up(Fraction(value.cents * part.cents, whole.cents)), value.currency)


def rate_words(micros: int) -> str:
    """``18.2145``: at least two places, at most six."""
    whole, part = divmod(micros, MICROS)
    return f"{whole}.{f'{part:06d}'.rstrip('0').ljust(2, '0')}"
