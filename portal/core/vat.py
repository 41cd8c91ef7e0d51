"""Value-added tax: rates by date, and the tax of one line in whole cents.

Source: Value-Added Tax Act 89 of 1991; section 66(b) rounds half a cent up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from portal.core.errors import BadInput
from portal.core.money import Money, total

#: First day of each standard rate, in hundredths of a percent, newest first.
STANDARD_RATES = ((date(2018, 4, 1), 1500), (date(1993, 4, 7), 1400))


class VatCode(StrEnum):
    """How a line is taxed. Zero-rated supplies are taxable at nothing; exempt ones are not taxable."""

    STANDARD = "standard"
    ZERO = "zero"
    EXEMPT = "exempt"


#: First day of each rule that rates exported goods at nothing, and the words of it that documents print, newest first.
EXPORT_RULES = ((date(1991, 9, 30), "Value-Added Tax Act 89 of 1991, section 11(1)(a)(i)"),)


class NoRate(BadInput):
    """No rate is known for that day."""


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What one line costs, in whole cents; ``net + vat == gross`` always. The rate is in hundredths of a percent."""

    net: Money
    vat: Money
    gross: Money
    rate: int
    code: VatCode


def rate_on(code: VatCode, day: date) -> int:
    """The rate of a supply made on a day, in hundredths of a percent (1500 is 15 %).

    Raises NoRate for days before 7 April 1993.
    """
    if code is not VatCode.STANDARD:
        return 0
    for first_day, rate in STANDARD_RATES:
        if day >= first_day:
            return rate
    raise NoRate(f"No VAT rate is known for {day.isoformat()}.")


def export_rule(day: date) -> str:
    """The rule by which goods that leave the country are rated at nothing on a day, in words.

    Raises NoRate for days before the Act. Source: docs/rules/foreign-money.md F2.
    """
    for first_day, words in EXPORT_RULES:
        if day >= first_day:
            return words
    raise NoRate(f"No rule for exports is known for {day.isoformat()}.")


def code_for(code: VatCode, abroad: bool, day: date) -> VatCode:
    """How a supply is taxed: what is taxed at home is rated at nothing where it is exported; exempt stays exempt.

    Raises NoRate as `export_rule`.
    """
    if not abroad or code is not VatCode.STANDARD:
        return code
    export_rule(day)
    return VatCode.ZERO


def line_amounts(
    unit_price: Money,
    quantity: Decimal,
    code: VatCode,
    day: date,
    discount: Decimal = Decimal(0),
) -> LineAmounts:
    """Net, tax and gross of one line.

    unit_price: without tax, whole cents. quantity: any exact decimal, negative on a credit note.
    discount: percent off the net, 0 to 100.
    Net and tax are each rounded once, half a cent away from zero, so a credit note mirrors its invoice.
    Raises BadInput for a discount outside 0 to 100 or a quantity that is not a number; NoRate as `rate_on`.
    """
    if not quantity.is_finite():
        raise BadInput("The quantity is not a number. Write it like 2 or 1.5.", field="quantity")
    if not discount.is_finite() or not 0 <= discount <= 100:
        raise BadInput("A discount lies between 0 and 100 percent.", field="discount")
    rate = rate_on(code, day)
    net = half_up(unit_price.cents * Fraction(quantity) * (100 - Fraction(discount)) / 100)
    vat = half_up(Fraction(net * rate, 10_000))
    currency = unit_price.currency
    return LineAmounts(Money(net, currency), Money(vat, currency), Money(net + vat, currency), rate, code)


def half_up(cents: Fraction) -> int:
    """Whole cents; half a cent counts as one, and negative amounts mirror positive ones."""
    rounded = (2 * abs(cents.numerator) + cents.denominator) // (2 * cents.denominator)
    return rounded if cents >= 0 else -rounded


def vat_within(gross: Money, day: date) -> Money:
    """The tax inside an amount that includes it: the tax fraction 15/115, rounded half-up."""
    rate = rate_on(VatCode.STANDARD, day)
    return Money(half_up(Fraction(gross.cents * rate, 10_000 + rate)), gross.currency)


@dataclass(frozen=True, slots=True)
class RateSum:
    """Net and tax of all lines of one code and rate, as the foot of an invoice lists them."""

    code: VatCode
    rate: int
    net: Money
    vat: Money


def by_rate(lines: Iterable[LineAmounts]) -> tuple[RateSum, ...]:
    """Sums of lines of one currency for each code and rate, highest rate first; they add up to the invoice."""
    groups: dict[tuple[int, VatCode], list[LineAmounts]] = {}
    for line in lines:
        groups.setdefault((-line.rate, line.code), []).append(line)
    return tuple(
        RateSum(
            code,
            -rate,
            total((line.net for line in found), found[0].net.currency),
            total((line.vat for line in found), found[0].vat.currency),
        )
        for (rate, code), found in sorted(groups.items())
    )


def taken_back(line: LineAmounts, quantity: Decimal, before: Decimal, now: Decimal) -> LineAmounts:
    """What taking back ``now`` of a line's ``quantity`` lowers it by, when ``before`` of it was taken back earlier.

    The line's own price, discount and rate hold, whatever the rates are by then. Each step is the difference of two
    rounded sums, so that all steps together are exactly the line, in whatever parts it comes back.
    Raises BadInput for more than is left, or for nothing.
    """
    if not 0 < now <= quantity - before:
        raise BadInput(f"At most {quantity - before:f} of this line is left to credit.")
    net = _net_until(line, quantity, before + now) - _net_until(line, quantity, before)
    vat = _vat_until(line, quantity, before + now) - _vat_until(line, quantity, before)
    currency = line.net.currency
    return LineAmounts(Money(net, currency), Money(vat, currency), Money(net + vat, currency), line.rate, line.code)


def _net_until(line: LineAmounts, quantity: Decimal, done: Decimal) -> int:
    return half_up(line.net.cents * Fraction(done) / Fraction(quantity))


def _vat_until(line: LineAmounts, quantity: Decimal, done: Decimal) -> int:
    if done == quantity:
        return line.vat.cents
    return min(line.vat.cents, half_up(Fraction(_net_until(line, quantity, done) * line.rate, 10_000)))
