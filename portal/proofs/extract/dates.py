"""Dates as banks print them. South Africa writes the day before the month; a year of four digits may stand first.

Source: docs/rules/reading.md, D13.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mrt": 3, "maa": 3, "apr": 4, "may": 5, "mei": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "des": 12,
}  # fmt: skip
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "sept", "october",
    "november", "december", "januarie", "februarie", "maart", "mei", "junie", "julie", "augustus", "oktober",
    "desember",
)  # fmt: skip
_NAME = r"(?P<month>" + "|".join(sorted({*_MONTH_NAMES, *_MONTHS}, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>20[0-9]{2})"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_SEP = r"\s?[-/.\u2013]\s?"
#: what may stand before and after a date: no digit, and no mark that would make it part of a longer number
_OPEN, _CLOSE = r"(?<![0-9])(?<![0-9][-/.])", r"(?![0-9])(?![-/.][0-9])"
#: a time of day may follow without a space where the engine lost it
_TIME_GLUED = r"(?=$|[^0-9]|[0-2][0-9][:hH][0-5][0-9])"

YEAR_FIRST, DAY_FIRST, NAMED, SHORT_YEAR, COMPACT = "year first", "day first", "named", "short year", "compact"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (YEAR_FIRST, re.compile(rf"{_OPEN}{_YEAR}{_SEP}{_MONTH}{_SEP}{_DAY}{_TIME_GLUED}(?![-/.][0-9])", re.I)),
    (DAY_FIRST, re.compile(rf"{_OPEN}{_DAY}{_SEP}{_MONTH}{_SEP}{_YEAR}{_TIME_GLUED}(?![-/.][0-9])", re.I)),
    (NAMED, re.compile(rf"{_OPEN}{_DAY}(?:st|nd|rd|th|de|ste)?[\s\-/.,]*{_NAME}[\s\-/.,]*{_YEAR}(?![0-9])", re.I)),
    (NAMED, re.compile(rf"(?<![a-z]){_NAME}\s*{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}(?![0-9])", re.I)),
    (NAMED, re.compile(rf"{_OPEN}{_YEAR}[\s\-/.]*{_NAME}[\s\-/.]*{_DAY}{_CLOSE}", re.I)),
    (SHORT_YEAR, re.compile(rf"{_OPEN}{_DAY}[\s\-/.,']*{_NAME}[\s\-/.,']*(?P<year>[0-9]{{2}})(?![0-9:hH])", re.I)),
    (SHORT_YEAR, re.compile(rf"{_OPEN}{_DAY}{_SEP}{_MONTH}{_SEP}(?P<year>[0-9]{{2}}){_CLOSE}", re.I)),
    (COMPACT, re.compile(rf"{_OPEN}{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12][0-9]|3[01]){_CLOSE}")),
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A day found in text, where in the text, and in which form it was written."""

    day: date
    start: int
    end: int
    form: str


def dates_in(text: str) -> list[Dated]:
    """Every date in a text, left to right; longer forms win where two overlap."""
    found: list[Dated] = []
    for form, pattern in _FORMS:
        for match in pattern.finditer(text):
            taken = any(match.start() < dated.end and dated.start < match.end() for dated in found)
            if not taken and (day := _day(match)) is not None:
                found.append(Dated(day, match.start(), match.end(), form))
    return sorted(found, key=lambda dated: dated.start)


def _day(match: re.Match[str]) -> date | None:
    year = int(match["year"])
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS[month[:3]]
    try:
        return date(year if year > 99 else 2000 + year, number, int(match["day"]))
    except ValueError:
        return None
