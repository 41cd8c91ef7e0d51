"""Our own references: eight symbols without look-alikes, the last of which checks the others."""

from __future__ import annotations

import random
from collections.abc import Container

#: No O I L S B Z Q: each would be read as the digit beside it.
ALPHABET = "0123456789ACDEFGHJKMNPRTUVWXY"
LENGTH = 8
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
#: What can only be meant as another symbol, because it is not in the alphabet itself.
_MEANT = str.maketrans("OQILSBZ", "0011582")
_ENOUGH_LETTERS = 2


def make(source: random.Random | int, taken: Container[str] = ()) -> str:
    """A new reference that none of those taken can be mistaken for.

    source: a random source (``secrets.SystemRandom()`` in production) or a seed number for repeatable data.
    taken: references in use, in canonical form.
    Any two references differ in at least two places, because each is valid and a single
    substitution never leads from one valid reference to another. At least two symbols of the first seven
    are letters, so that amounts, dates and telephone numbers are never references.
    """
    draw = source if isinstance(source, random.Random) else random.Random(source)  # noqa: S311 (a seed is for demo data)
    while True:
        body = "".join(draw.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = body + check_symbol(body)
        if sum(symbol.isalpha() for symbol in body) >= _ENOUGH_LETTERS and code not in taken:
            return code


def check_symbol(body: str) -> str:
    """The eighth symbol for seven: with weights 2, 3, 4 … and 1 for itself the sum is 0 modulo 29.

    29 is prime and all weights differ and are not 0, so every substitution and every swap of neighbours shows.
    """
    weighed = sum(weight * _VALUE[symbol] for weight, symbol in enumerate(body, start=2))
    return ALPHABET[-weighed % len(ALPHABET)]


def normal(text: str) -> str | None:
    """The canonical eight symbols, or None when the text is not one of our references.

    Spaces, dashes and case do not matter; letters outside the alphabet are read as the digit they look like.
    """
    code = "".join(letter for letter in text.upper() if letter not in " -–—\u00a0").translate(_MEANT)
    if len(code) != LENGTH or any(symbol not in _VALUE for symbol in code):
        return None
    return code if check_symbol(code[:-1]) == code[-1] else None


def check(text: str) -> bool:
    """Whether the text is a valid reference of ours, however it is spaced."""
    return normal(text) is not None


def show(code: str) -> str:
    """``7K04 M2X3``: in two groups, for people. What is not of our form comes back as it was."""
    return f"{code[:4]} {code[4:]}" if len(code) == LENGTH and all(symbol in _VALUE for symbol in code) else code
