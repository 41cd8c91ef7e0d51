"""SWIFT MT940: tags between colons, one :61: for each entry and its words in the :86: that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from portal.banking.errors import StatementRefused
from portal.banking.statements.bytes_of import text_of
from portal.banking.statements.one_account import chosen, prove
from portal.banking.statements.written import Unreadable, amount
from portal.banking.types import ReadLine, Statement
from portal.core.money import Money
from portal.core.text import squeeze

_FIELD = re.compile(r"^:([0-9]{2}[A-Z]?):", re.MULTILINE)
_ENTRY = re.compile(
    r"(?P<value>[0-9]{6})(?P<booked>[0-9]{4})?(?P<side>R?[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>[0-9]+(?:,[0-9]*)?)"
    r"(?P<kind>[A-Z][A-Z0-9]{3})(?P<reference>[^\n]*)"
)
_BALANCE = re.compile(r"(?P<side>[CD])(?P<day>[0-9]{6})(?P<currency>[A-Z]{3})(?P<amount>[0-9]+,[0-9]*)")
_SUBFIELD = re.compile(r"\?([0-9]{2})")
#: A line of SWIFT holds this many letters; a full one goes on without a space.
_LINE = 65
_WAYS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}


def is_mt940(text: str) -> bool:
    """Whether a text holds the tags of MT940."""
    return bool(re.search(r"^:(?:20|25|28C?):", text, re.MULTILINE) and re.search(r"^:60[FM]:", text, re.MULTILINE))


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    text: str


def read(content: bytes, account: str | None) -> Statement:
    """Read the statement of an account. Raises StatementRefused with the number of the entry that is wrong."""
    text = text_of(content)
    parts = [prove(_statement(tags)) for tags in _messages(text)]
    if not parts:
        raise StatementRefused("The file holds no statement.")
    numbered: list[Statement] = []
    before = 0
    for part in parts:
        lines = tuple(replace(line, row=before + line.row) for line in part.lines)
        numbered.append(replace(part, lines=lines))
        before += len(lines)
    return chosen(numbered, account)


def _messages(text: str) -> Iterator[list[_Tag]]:
    tags: list[_Tag] = []
    found = list(_FIELD.finditer(text))
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        value = re.split(r"\n-\}|\n-$|\n\{1:", text[match.end() : end], maxsplit=1, flags=re.MULTILINE)[0]
        if match[1] == "20" and tags:
            yield tags
            tags = []
        tags.append(_Tag(match[1], value.strip("\n")))
    if tags:
        yield tags


def _statement(tags: list[_Tag]) -> Statement:
    account: str | None = None
    opening: Money | None = None
    closing: Money | None = None
    lines: list[ReadLine] = []
    for at, tag in enumerate(tags):
        if tag.name == "25":
            account = tag.text.split("\n")[0].strip().rpartition("/")[2] or None
        elif tag.name in ("60F", "60M"):
            opening = _balance(tag.text)
        elif tag.name in ("62F", "62M"):
            closing = _balance(tag.text)
        elif tag.name == "61":
            currency = opening.currency if opening else "ZAR"
            words = tags[at + 1].text if at + 1 < len(tags) and tags[at + 1].name == "86" else ""
            lines.append(_line(tag.text, words, len(lines) + 1, currency))
    currency = opening.currency if opening else "ZAR"
    return Statement("mt940", account, currency, opening, closing, tuple(lines))


def _balance(text: str) -> Money:
    found = _BALANCE.match(text.strip())
    if found is None:
        raise StatementRefused(f"“{text.strip()[:30]}” is not a balance: the file was changed or cut off.")
    return Money(_WAYS[found["side"]] * amount(found["amount"], ",").cents, found["currency"])


def _line(text: str, words: str, row: int, currency: str) -> ReadLine:
    found = _ENTRY.match(text)
    if found is None:
        raise StatementRefused(f"Entry {row}: “{text[:40]}” is not an entry.", row)
    try:
        cents = amount(found["amount"], ",").cents
        on = _day(found["value"], found["booked"])
    except (Unreadable, ValueError):
        raise StatementRefused(f"Entry {row}: “{text[:40]}” has no readable date or amount.", row) from None
    reference = squeeze(found["reference"].split("//")[0])
    if reference.upper() in ("NONREF", "NOREF", "NOTPROVIDED"):
        reference = ""
    more = squeeze(text[found.end() :])
    money = Money(_WAYS[found["side"]] * cents, currency)
    return ReadLine(row, on, money, Money.zero(currency), _words(words) or more, reference, None)


def _day(value: str, booked: str | None) -> date:
    """The day it was booked; its year is that of the value date, or the one beside it at the turn of the year."""
    valued = date(2000 + int(value[:2]), int(value[2:4]), int(value[4:]))
    if not booked:
        return valued
    month, number = int(booked[:2]), int(booked[2:])
    days = [
        date(year, month, number) for year in (valued.year, valued.year + 1, valued.year - 1) if _is_day(year, booked)
    ]
    return min(days, key=lambda day: abs((day - valued).days), default=valued)


def _is_day(year: int, booked: str) -> bool:
    try:
        date(year, int(booked[:2]), int(booked[2:]))
    except ValueError:
        return False
    return True


def _words(text: str) -> str:
    lines = text.split("\n")
    joined = lines[0]
    for before, line in pairwise(lines):
        joined += line if len(before) >= _LINE else f" {line}"
    if re.match(r"[0-9]{3}\?|\?[0-9]{2}", joined):
        pieces = _SUBFIELD.split(joined)
        told = zip(pieces[1::2], pieces[2::2], strict=False)
        joined = " ".join(words for code, words in told if code[0] in "236" and code not in ("30", "31"))
    return squeeze(joined)
