"""Text as people and machines write it: look-alikes, squeezing, counting, lists in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: What scanners, and people who copy from paper, take for each other. Each class has a digit as its head,
#: so folding never turns one digit into another.
LOOK_ALIKES = {"0": "OQD", "1": "ILT", "2": "Z", "5": "S$§", "6": "G", "8": "B"}  # fmt: skip
_FOLDED = {ord(letter): head for head, letters in LOOK_ALIKES.items() for letter in letters}
_SPACES = re.compile(r"\s+")
_NO_LETTER = re.compile(r"[^0-9A-Za-z]+")


def squeeze(text: str) -> str:
    """One space for every run of white space, none at the ends."""
    return _SPACES.sub(" ", text).strip()


def alphanumeric(text: str) -> str:
    """Only letters and digits of ASCII, in capitals: ``inv-2026/00417`` is ``INV202600417``."""
    return _NO_LETTER.sub("", text.upper())


def fold(text: str) -> str:
    """Capitals with every look-alike as its digit: ``INV-2O26`` is ``1NV-2026``. The length stays."""
    if text.isascii():
        return text.upper().translate(_FOLDED)
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text).translate(_FOLDED)


def edits(first: str, second: str, limit: int) -> int:
    """How many letters to change, add, drop or swap with a neighbour to get from one to the other.

    Counts up to ``limit``; anything farther apart is ``limit + 1``.
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, start=1):
        older, before, row = before, row, [i] + [0] * len(second)
        for j, right in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def listed(items: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 invoice``, ``3 invoices``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def slug(text: str) -> str:
    """A name for an address: ``Zandvliet Hydraulics BK`` is ``zandvliet-hydraulics-bk``; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "item"
