"""Amounts and dates as banks write them (docs/rules/bank-statements.md, S4 and S5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007'’ \t"), None)
_DASHES = dict.fromkeys(map(ord, "−–—‐‑"), "-")
_SIDE = re.compile(r"(?P<digits>.*?[0-9.,)])(?P<minus>-?)(?P<side>CR|DR|CT|DT|KT|C|D|K)?(?P<after>[-+]?)")
#: Credit in English and Afrikaans (*krediet*), debit in both.
_CREDIT = frozenset({"C", "CR", "K", "KT", "CT"})
_LARGEST = 10**13
#: no amount and no date is written longer than this
_LONGEST = 60
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mrt": 3, "maa": 3, "mär": 3, "mae": 3, "apr": 4, "may": 5, "mei": 5, "mai": 5,
    "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "des": 12, "dez": 12,
}  # fmt: skip


class Unreadable(ValueError):
    """The text is not what it should be; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as written: whole cents, and whether its sign was said (None: no sign and no letter)."""

    cents: int
    side: int | None


def decimal_mark(texts: Iterable[str]) -> str:
    """Which of ``.`` and ``,`` stands before the cents in these amounts; ``.`` when nothing tells."""
    votes = {".": 0, ",": 0}
    for text in texts:
        if len(text) > _LONGEST:
            continue
        marks = [letter for letter in text if letter in ".,"]
        tail = re.search(r"([.,])([0-9]*)[^0-9.,]*$", text)
        if not marks or tail is None:
            continue
        if len(set(marks)) == 2 or (len(marks) == 1 and len(tail[2]) in (1, 2)):
            votes[tail[1]] += 1
        elif len(marks) > 1:
            votes["," if tail[1] == "." else "."] += 1
    return "," if votes[","] > votes["."] else "."


def amount(text: str, mark: str = ".") -> Amount:
    """Read one amount. mark: what stands before the cents. Raises Unreadable for all that is not an amount."""
    if len(text) > _LONGEST:
        raise Unreadable(f"“{_short(text)}” is not an amount")
    if text.lstrip().startswith("="):
        raise Unreadable(f"“{_short(text)}” is a formula, not an amount")
    plain = text.translate(_DASHES).upper().translate(_SPACES)
    inside = re.fullmatch(r"\((.*)\)", plain)
    plain = _bare(inside[1] if inside else plain)
    found = _SIDE.fullmatch(plain)
    if found is None:
        raise Unreadable(f"“{_short(text)}” is not an amount")
    digits, signs = found["digits"], [sign for sign in (found["minus"], found["after"]) if sign]
    if digits[:1] in "+-":
        signs.append(digits[0])
        digits = _bare(digits[1:])
    if len(signs) + bool(inside) > 1 or "-" in digits:
        raise Unreadable(f"“{_short(text)}” has more than one sign")
    cents = _cents(digits, mark, text)
    negative = bool(inside) or "-" in signs
    if found["side"]:
        way = 1 if found["side"] in _CREDIT else -1
        return Amount(way * cents * (-1 if negative else 1), way)
    if negative:
        return Amount(-cents, -1)
    return Amount(cents, 1 if signs else None)


def _bare(text: str) -> str:
    return re.sub(r"^([-+]?)(?:ZAR|R|USD|US\$|\$|EUR|€|GBP|£)(?=[-+0-9.,])", r"\1", text)


def _cents(digits: str, mark: str, text: str) -> int:
    other = "," if mark == "." else "."
    whole, found, part = digits.rpartition(mark)
    if not found:
        whole, part = digits, ""
    elif mark in whole or (other in part):
        raise Unreadable(f"“{_short(text)}” is not an amount")
    elif len(part) > 2 and part.rstrip("0") and len(part.rstrip("0")) > 2:
        raise Unreadable(f"“{_short(text)}” is not in whole cents")
    groups = whole.split(other)
    regular = all(len(group) == 3 for group in groups[1:]) and (len(groups) == 1 or 1 <= len(groups[0]) <= 3)
    joined = "".join(groups)
    if not regular or not re.fullmatch(r"[0-9]*", joined + part) or not (joined or part):
        raise Unreadable(f"“{_short(text)}” is not an amount")
    cents = int(joined or 0) * 100 + int(part[:2].ljust(2, "0"))
    if cents > _LARGEST:
        raise Unreadable(f"“{_short(text)}” is larger than any amount")
    return cents


def _short(text: str) -> str:
    shown = text.strip()
    return shown if len(shown) <= 30 else f"{shown[:29]}…"


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of one file are to be read.

    month_first: ``03/14/2026``. first and last: the period the file states. today: dates without a year are not later.
    """

    month_first: bool = False
    first: date | None = None
    last: date | None = None
    today: date = date.max


_YEAR_FIRST = re.compile(r"([0-9]{4})([-/. ]?)([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})[-/. ]*([^\W\d_]{3,9})\.?[-/., ]*([0-9]{4}|'?[0-9]{2})?")
_NAME_FIRST = re.compile(r"([^\W\d_]{3,9})\.?[-/. ]*([0-9]{1,2})(?:st|nd|rd|th)?(?:[-/., ]+([0-9]{4}))?")
_NO_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})\.?")
_CLOCK = re.compile(
    r"[T ]+[0-9]{1,2}[:h.][0-9]{2}(?:[:.][0-9]{2})?(?:\.[0-9]+)?(?: ?[AP]M)?(?:Z|[+-][0-9:]{4,6})?$", re.I
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|maa|din|woe|don|vry|son)[a-z]*[,. ]+(?=[0-9])", re.I)
_SERIAL = re.compile(r"[34][0-9]{4}|5[0-4][0-9]{3}")


def day(text: str, how: Dates) -> date:
    """Read one date. Raises Unreadable, also for days that no calendar has."""
    if len(text) > _LONGEST:
        raise Unreadable(f"“{_short(text)}” is not a date")
    plain = _WEEKDAY.sub("", _CLOCK.sub("", text.strip())).strip()
    try:
        year, month, number = _parts(plain, how)
        if year is None:
            return _with_year(month, number, how)
        return date(year if year > 99 else 2000 + year, month, number)
    except (ValueError, OverflowError):
        raise Unreadable(f"“{_short(text)}” is not a date") from None


def is_day(text: str, how: Dates) -> bool:
    """Whether the text can be read as a date."""
    try:
        day(text, how)
    except Unreadable:
        return False
    return True


def _parts(text: str, how: Dates) -> tuple[int | None, int, int]:
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _YEAR_LAST.fullmatch(text):
        one, two = int(found[1]), int(found[3])
        return int(found[4]), *((one, two) if how.month_first else (two, one))
    if found := _NAMED.fullmatch(text):
        return _year(found[3]), _month(found[2]), int(found[1])
    if found := _NAME_FIRST.fullmatch(text):
        return _year(found[3]), _month(found[1]), int(found[2])
    if found := _NO_YEAR.fullmatch(text):
        one, two = int(found[1]), int(found[2])
        return None, *((one, two) if how.month_first else (two, one))
    if _SERIAL.fullmatch(text):  # days since 1899-12-30, as spreadsheets count
        found_day = date(1899, 12, 30) + timedelta(days=int(text))
        return found_day.year, found_day.month, found_day.day
    raise ValueError(text)


def _year(text: str | None) -> int | None:
    return int(text.lstrip("'")) if text else None


def _month(name: str) -> int:
    number = _MONTHS.get(name.lower()[:3])
    if number is None:
        raise ValueError(name)
    return number


def _with_year(month: int, number: int, how: Dates) -> date:
    """The year that puts the day into the stated period, and without one the latest that is not after today."""
    latest = how.last or how.today
    for year in range(min(latest.year, 2200), 1999, -1):
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found <= latest:
            return found
    raise ValueError(number)


def month_first(texts: Iterable[str]) -> bool:
    """Whether numbered dates can only be read with the month first, as some spreadsheets write them."""
    second, first = False, False
    for text in texts:
        plain = _CLOCK.sub("", text[:_LONGEST].strip())
        if found := _YEAR_LAST.fullmatch(plain) or _NO_YEAR.fullmatch(plain):
            numbers = (found[1], found[3]) if found.re is _YEAR_LAST else (found[1], found[2])
            first, second = first or int(numbers[0]) > 12, second or int(numbers[1]) > 12
    return second and not first


def plain_words(text: str) -> str:
    """A heading without accents, marks and case, for comparing."""
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", flat.lower()).strip()
