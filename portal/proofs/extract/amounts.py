"""Amounts of money as banks print them, read strictly: a damaged amount is none.

Source: docs/rules/reading.md, D9 and D12 (nothing is repaired).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.core.money import Money, NotMoney

#: currencies that a South-African bank's notice names; R is the rand
CURRENCIES = ("ZAR", "USD", "EUR", "GBP", "BWP", "NAD", "AUD", "CHF", "ZMW", "SZL", "LSL", "MZN", "CNY", "JPY")
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "R": "ZAR"}
_CURRENCY = rf"(?P<currency>{'|'.join(CURRENCIES)}|US\$|[R$€£](?![A-Z]))"
_NUMBER = r"(?P<number>[0-9]{1,3}(?:[ \u00a0\u202f,.'][0-9]{3})+(?:[.,][0-9]{2})?|[0-9]+(?:[.,][0-9]{2})?)"
_AMOUNT = re.compile(
    rf"(?<![\w.,*/-])-?\s?(?:{_CURRENCY}\s{{0,2}})?{_NUMBER}(?:\s?(?P<after>ZAR|USD|EUR|GBP|BWP|NAD))?(?![\w,/-]|[.']\d| [0-9]{3}(?![0-9])|\s?%)"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount found in text: its money, where in the text, and how it was written."""

    money: Money
    start: int
    end: int
    has_currency: bool
    has_cents: bool


def figures_in(text: str) -> list[Figure]:
    """Every amount that can be read in only one way, left to right."""
    return [figure for match in _AMOUNT.finditer(text) if (figure := _figure(match)) is not None]


def only_figure(text: str) -> Figure | None:
    """The amount when the text is nothing but one amount (signs and a currency around it allowed)."""
    bare = text.strip().strip(":").strip()
    match = _AMOUNT.search(bare)
    if match is None:
        return None
    rest = (bare[: match.start()] + bare[match.end() :]).strip(" .:;()*-–")
    return _figure(match) if not rest else None


def _figure(match: re.Match[str]) -> Figure | None:
    written = match["currency"] or match["after"]
    currency = _SIGNS.get(written, written) if written else "ZAR"
    number = match["number"]
    if match["currency"] and match["number"].startswith("0") and len(number) > 1 and number[1].isdigit():
        return None  # 0776.09 has lost something
    try:
        money = Money.parse(number, currency)
    except NotMoney:
        return None
    cents = bool(re.search(r"[.,][0-9]{2}$", number))
    return Figure(money, match.start(), match.end(), written is not None, cents)
