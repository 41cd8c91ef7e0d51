"""Amounts in words, English and Afrikaans."""

from __future__ import annotations

from portal.core.money import Money

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = (
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_ONES_AF = (
    "nul", "een", "twee", "drie", "vier", "vyf", "ses", "sewe", "agt", "nege", "tien", "elf", "twaalf",
    "dertien", "veertien", "vyftien", "sestien", "sewentien", "agtien", "negentien",
)  # fmt: skip
_TENS_AF = (
    "nul", "tien", "twintig", "dertig", "veertig", "vyftig", "sestig", "sewentig", "tagtig", "negentig",
)  # fmt: skip


def in_english(amount: Money) -> str:
    """``Twelve thousand five hundred rand and five cents``."""
    rand, cents = divmod(abs(amount.cents), 100)
    text = f"{_english(rand)} rand and {_english(cents)} {'cent' if cents == 1 else 'cents'}"
    return text[0].upper() + text[1:]


def in_afrikaans(amount: Money) -> str:
    """``Twaalfduisend vyfhonderd rand en vyf sent``."""
    rand, cents = divmod(abs(amount.cents), 100)
    text = f"{_afrikaans(rand)} rand en {_afrikaans(cents)} sent"
    return text[0].upper() + text[1:]


def _english(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    for size, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            head, rest = divmod(number, size)
            joint = " and " if rest and rest < 100 else " " if rest else ""
            return f"{_english(head)} {name}{joint}{_english(rest) if rest else ''}"
    raise AssertionError(number)


def _afrikaans(number: int) -> str:
    if number < 20:
        return _ONES_AF[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{_ONES_AF[ones]}-en-{_TENS_AF[tens]}" if ones else _TENS_AF[tens]
    for size, name in ((10**6, " miljoen"), (1000, "duisend"), (100, "honderd")):
        if number >= size:
            head, rest = divmod(number, size)
            joint = " en " if rest and rest < 100 else " " if rest else ""
            return f"{_afrikaans(head)}{name}{joint}{_afrikaans(rest) if rest else ''}"
    raise AssertionError(number)
