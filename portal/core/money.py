"""Money as whole cents with its currency. There is no float anywhere near it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.core.errors import BadInput

NBSP = "\u00a0"
_SPACES = dict.fromkeys(map(ord, "\t\u00a0\u202f\u2009\u2007'"), " ")
_DIGITS = re.compile(r"[0-9]+")
#: R 99 999 999 999.99; keeps every sum of a few million documents inside 64 bits
_LARGEST_CENTS = 10**13


class NotMoney(BadInput):
    """The text is not an amount of money in whole cents."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in whole cents of one currency (ISO 4217 code)."""

    cents: int
    currency: str = "ZAR"

    def __post_init__(self) -> None:
        if isinstance(self.cents, bool) or not isinstance(self.cents, int):
            raise TypeError("money is made of whole cents")
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise ValueError(f"not a currency code: {self.currency!r}")

    @classmethod
    def zar(cls, cents: int) -> Money:
        """Rand, given in whole cents."""
        return cls(cents, "ZAR")

    @classmethod
    def zero(cls, currency: str = "ZAR") -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str = "ZAR") -> Money:
        """Read what a person or a bank wrote: ``12500``, ``R 12 500.00``, ``12.500,00``, ``ZAR12,500``.

        Raises NotMoney for fractions of a cent, exponents, NaN, words, foreign digits and
        anything that could be read in two ways.
        Source: design.md 5 and 6 (South-African formats).
        """
        return cls(_cents_of(text, currency), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __mul__(self, count: int) -> Money:
        if isinstance(count, bool) or not isinstance(count, int):
            raise TypeError("money is multiplied by whole numbers; core.vat rounds fractions")
        return Money(self.cents * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.cents <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.cents > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.cents >= self._same(other)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        sign = "−" if self.cents < 0 else ""
        whole, part = divmod(abs(self.cents), 100)
        grouped = f"{whole:,}".replace(",", NBSP)
        symbol = "R" if self.currency == "ZAR" else self.currency
        return f"{sign}{symbol}{NBSP}{grouped}.{part:02d}"

    @property
    def plain(self) -> str:
        """``12500.00``: for copy buttons, CSV and JSON."""
        sign = "-" if self.cents < 0 else ""
        whole, part = divmod(abs(self.cents), 100)
        return f"{sign}{whole}.{part:02d}"

    @property
    def decimal(self) -> Decimal:
        """The amount in units of the currency, exactly."""
        return Decimal(self.cents).scaleb(-2)

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"not money: {other!r}")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.cents


def total(amounts: Iterable[Money], currency: str = "ZAR") -> Money:
    """The sum of amounts of one currency; zero of that currency when there are none."""
    found = Money.zero(currency)
    for amount in amounts:
        found += amount
    return found


def _cents_of(text: str, currency: str) -> int:
    if not isinstance(text, str):
        raise TypeError("money is read from text")
    sign, rest = _bare(text.upper().replace("−", "-").translate(_SPACES).strip(), currency)
    if not rest.isascii() or not re.fullmatch(r"[0-9][0-9., ]*", rest):
        raise _refusal(text)
    whole, part = _split(rest)
    if whole is None or len(part) > 2 or (part and not _DIGITS.fullmatch(part)):
        raise _refusal(text)
    cents = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    if cents > _LARGEST_CENTS:
        raise _refusal(text)
    return sign * cents


def _refusal(text: str) -> NotMoney:
    return NotMoney(f"“{text.strip()[:40]}” is not an amount. Write it like 12 500.00.")


def _bare(text: str, currency: str) -> tuple[int, str]:
    """Sign and digits of ``-R 12.50``, ``R -12.50`` or ``ZAR12.50``; one sign, one symbol at most of each kind."""
    sign = -1 if text.startswith("-") else 1
    rest = text.removeprefix("-").lstrip()
    for symbol in (currency, "R") if currency == "ZAR" else (currency,):
        rest = rest.removeprefix(symbol).lstrip()
    if sign == 1 and rest.startswith("-"):
        return -1, rest[1:].lstrip()
    return sign, rest


def _split(digits: str) -> tuple[str | None, str]:
    """Whole part and cents of ``1,234.56``; the whole part is None when the writing is ambiguous."""
    digits = re.sub(r" *([.,]) *", r"\1", re.sub(r" +", " ", digits))
    if " " in digits:
        return _split_spaced(digits)
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits, ""
    last = max(digits.rfind("."), digits.rfind(","))
    head, tail = digits[:last], digits[last + 1 :]
    grouping = {mark for mark in head if mark in ".,"}
    if digits[last] in grouping or (not grouping and len(tail) == 3 and len(marks) == 1):
        # every mark is a thousands mark: 1,234,567 or 12,500
        groups = re.split(r"[.,]", digits)
        one_kind = len(set(marks)) == 1
        if digits[last] == "." and len(marks) == 1:
            return None, ""  # 12.500 is twelve thousand five hundred or twelve and a half: nobody knows
        return ("".join(groups), "") if one_kind and _grouped(groups) else (None, "")
    groups = re.split(r"[.,]", head)
    if len(grouping) > 1 or not tail or (grouping and not _grouped(groups)):
        return None, ""
    return "".join(groups), tail


def _split_spaced(digits: str) -> tuple[str | None, str]:
    """The same where spaces stand between thousands, as in ``12 500,00``; then no other mark may."""
    mark = "." if "." in digits else ","
    head, found, tail = digits.partition(mark)
    groups = head.split(" ")
    if not _grouped(groups) or (found and not re.fullmatch(r"[0-9]{1,2}", tail)):
        return None, ""
    return "".join(groups), tail


def _grouped(groups: list[str]) -> bool:
    first, *others = groups
    return 1 <= len(first) <= 3 and not first.startswith("0") and all(len(group) == 3 for group in others)
